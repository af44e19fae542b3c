import type { Problem } from "../components/manifest/problem";
import type { ProjectModel } from "../components/manifest/model";
import type { Settings } from "../components/settings/definitions";
import type { StepEvent } from "../local/toolchain/steps";
import type { Aws } from "./aws";
import type { CommandSpec, ParsedArguments } from "./cli";
import type { Deployment } from "./deployment";
import type { Engine, EngineOptions } from "./engine";
import type { ExitCode } from "./exitCodes";
import type { LakeClient } from "./lake/client";
import type { LockOwner } from "./lock";
import type { PipelineClient } from "./pipeline/client";
import type { PushEvent } from "./pipeline/push";
import type { Fired } from "./schedules";
import type { Terminal } from "./terminal";

/** What commands use of a running local environment. */
export interface LocalHandle {
    readonly endpoint: string;
    readonly registry: string;
    readonly dockerHost: string;
    /** Folder of `pulumi`, the providers and `aws`. */
    readonly bin: string;
    /** A Python that has pyarrow, where there is one. */
    readonly python?: string;
    /** Everything that `local:env` exports. */
    readonly variables: Readonly<Record<string, string>>;
}

export type Providers = "standin" | "official";

/** What was stopped and what the next start finds again, in words. */
export interface StopSummary {
    readonly stopped: readonly string[];
    readonly kept: readonly string[];
}

/** The settings and manifests of this checkout, validated. With problems, the rest holds what was readable. */
export interface CheckReport {
    readonly problems: readonly Problem[];
    /** Absent when only settings were asked for. */
    readonly model?: ProjectModel;
    /** By stack. */
    readonly settings: Readonly<Record<string, Settings>>;
}

/** Everything outside this program that commands touch. Tests put fakes in its place. */
export interface Ports {
    startLocal(options: { readonly report: (step: StepEvent) => void; readonly providers?: Providers }): Promise<LocalHandle>;
    runningLocal(): Promise<LocalHandle | undefined>;
    stopLocal(purge: boolean): Promise<StopSummary>;
    openEngine(options: Omit<EngineOptions, "root">): Promise<Engine>;
    /** The engine with the seed of `bootstrap/` as its program. */
    openSeed(options: Omit<EngineOptions, "root">): Promise<Engine>;
    /** Asks a person, yes or no; undefined where nobody can answer. */
    confirm(question: string): Promise<boolean | undefined>;
    lockOwners(stack: string, environment: NodeJS.ProcessEnv): Promise<readonly LockOwner[]>;
    /** Reads files only. Without `manifests` the settings alone. */
    check(options: { readonly stacks: readonly string[]; readonly manifests: boolean }): Promise<CheckReport>;
    aws(variables: Readonly<Record<string, string>>): Promise<Aws>;
    /** The sample data lake with these variables. */
    lake(variables: Readonly<Record<string, string>>): Promise<LakeClient>;
    /** Kills the busiest container that runs a function for this checkout; answers its id, undefined where none runs. */
    killContainer(dockerHost: string, functionName: string): Promise<string | undefined>;
    /** CodePipeline with these variables, or with the caller's own environment where there are none. */
    pipelines(variables: Readonly<Record<string, string>>, region: string): Promise<PipelineClient>;
    /** Tells the embedded AWS of a git push; answers the ids of the runs that it started, of whatever pipeline. */
    push(endpoint: string, event: PushEvent): Promise<readonly string[]>;
    /** Has the embedded AWS run the schedules of a function now. */
    fire(endpoint: string, functionName: string): Promise<Fired>;
    /** Applies to the embedded AWS what every account needs once, where that is not there yet. */
    ensureSeed(context: Context, local: LocalHandle): Promise<void>;
    /** What a self-update of this stack would touch, as targets of the engine; `recorded` is its state, if it has one. */
    deliveryTargets(settings: Settings, recorded: Deployment | undefined): Promise<readonly string[]>;
    /** Runs a program with the terminal's streams and waits for its end. */
    runInteractive(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number>;
    /** Runs a program and collects what it prints. */
    capture(command: string, args: readonly string[]): Promise<{ readonly status: number; readonly output: string }>;
}

export interface Context {
    readonly root: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly terminal: Terminal;
    /** Aborted by Ctrl-C and termination signals. */
    readonly signal: AbortSignal;
    /** Runs work that ends in order by itself when the signal is aborted; anything else is cut off. */
    readonly shield: <Result>(work: () => Promise<Result>) => Promise<Result>;
    /** Milliseconds. */
    readonly now: () => number;
    readonly ports: Ports;
}

export interface Command {
    readonly spec: CommandSpec;
    run(context: Context, args: ParsedArguments): Promise<ExitCode>;
}

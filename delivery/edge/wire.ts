import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostname } from "node:os";
import type { EngineStack } from "../../automation/engine";
import { unknownStack } from "../../automation/stack";
import { InvalidInputError } from "../../components/manifest/problem";
import type { Settings } from "../../components/settings/definitions";
import { readStackFile } from "../../components/settings/stackFile";
import type { Documents } from "../documents";
import type { DeliveryEnvironment, Having } from "../environment";
import { type RecordKeys, recordKeys } from "../keys";
import type { Project } from "../../components/project";
import type { RegistryPort } from "../registry";
import type { AlarmsPort } from "../canary";
import type { FunctionsPort } from "../functions";
import type { Clock, GitPort, LockPort, Log, PipelinePort, RecordsPort, StatePort } from "../ports";
import type { StepContext } from "../step";
import type { RecordedState } from "./backend";

type Module<Exports> = () => Exports;

// Loaded when first used: each of these SDKs costs a build a tenth of a second or more.
const documents: Module<typeof import("./documents")> = () => require("./documents");
const backend: Module<typeof import("./backend")> = () => require("./backend");
const builds: Module<typeof import("./builds")> = () => require("./builds");
const git: Module<typeof import("./git")> = () => require("./git");
const lock: Module<typeof import("./lock")> = () => require("./lock");
const pipeline: Module<typeof import("./pipeline")> = () => require("./pipeline");
const records: Module<typeof import("./records")> = () => require("./records");
const alarms: Module<typeof import("./alarms")> = () => require("./alarms");
const functions: Module<typeof import("./functions")> = () => require("./functions");
const registry: Module<typeof import("./registry")> = () => require("./registry");
const state: Module<typeof import("./state")> = () => require("./state");
const targets: Module<typeof import("../targets")> = () => require("../targets");
const project: Module<typeof import("../../components/project")> = () => require("../../components/project");
const resources: Module<typeof import("../../app/resources")> = () => require("../../app/resources");
const program: Module<() => Promise<Record<string, unknown>>> = () => require("../../index");
const automationEngine: Module<typeof import("../../automation/automationEngine")> = () => require("../../automation/automationEngine");

/** The stack's settings, from its file. @throws InvalidInputError with all problems. */
export function settingsOf(root: string, stack: string): Settings {
    const { settings, problems } = readStackFile(root, stack);
    if (settings === undefined) {
        throw new InvalidInputError(problems);
    }
    return settings;
}

export function documentsOf({ recordsBucket, region, endpoint }: Having<"recordsBucket">): Documents {
    return documents().bucketDocuments({ bucket: recordsBucket, region, endpoint });
}

export function gitOf({ root }: Pick<StepContext, "root">): GitPort {
    return git().gitPort(root);
}

export function pipelineOf({ pipeline: name, region }: Having<"pipeline">): PipelinePort {
    return pipeline().pipelinePort(name, region);
}

export function recordsOf(store: Documents, keys: RecordKeys): RecordsPort {
    return records().recordsPort(store, keys);
}

export function registryOf({ region }: DeliveryEnvironment): RegistryPort {
    return registry().registryPort(region);
}

/** Images and functions of this checkout. @throws InvalidInputError with all problems. */
export function projectOf(root: string, settings: Settings): Project {
    return project().loadProject(root, settings, resources().RESOURCES);
}

export function functionsOf({ region }: DeliveryEnvironment): FunctionsPort {
    return functions().functionsPort(region);
}

export function alarmsOf({ region }: DeliveryEnvironment): AlarmsPort {
    return alarms().alarmsPort(region);
}

/** Everything about the stack's state. */
export interface StateEdge {
    /** The recorded state, without an engine. */
    read(): Promise<RecordedState | undefined>;
    version(): Promise<string | undefined>;
    /** @param variables for the program. */
    open(variables: Readonly<Record<string, string>>): Promise<EngineStack>;
    readonly port: StatePort;
    readonly lock: LockPort;
}

export function stateOf({ root, environment, signal, now }: StepContext<"stack" | "backendUrl" | "recordsBucket">): StateEdge {
    const { stack, backendUrl, region } = environment;
    const settings = settingsOf(root, stack);
    const { project } = settings;
    const place = backend().statePlace(backendUrl, project, stack, environment);
    const store = documents().bucketDocuments(place);
    const read = (): Promise<RecordedState | undefined> => backend().readState(store, place.stateKey);
    const open = async (variables: Readonly<Record<string, string>>): Promise<EngineStack> => {
        if ((await backend().stateVersion(store, place.stateKey)) === undefined) {
            throw unknownStack(stack);
        }
        const opened = await automationEngine().openInlineStack({ stack, program: () => program()(), workDir: root, variables });
        return { ...opened, run: (kind, options) => withVariables(variables, () => opened.run(kind, options)) };
    };
    return {
        read,
        version: () => backend().stateVersion(store, place.stateKey),
        open,
        port: state().statePort({ open, read: async () => (await read())?.deployment, targets: (recorded) => targets().deliveryTargets(settings, targets().missingRepositories(root, settings, recorded)), signal }),
        lock: lock().lockPort({
            state: store,
            folder: place.lockFolder,
            records: documentsOf(environment),
            keys: recordKeys(stack),
            buildFinished: builds().buildFinished(region),
            now,
        }),
    };
}

/** The stack's program runs in this process, and reads its variables here. */
async function withVariables<Result>(variables: Readonly<Record<string, string>>, run: () => Promise<Result>): Promise<Result> {
    const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, variables);
    try {
        return await run();
    } finally {
        for (const [name, value] of before) {
            if (value === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = value;
            }
        }
    }
}

/** The build that runs this; outside of CodeBuild one that CodeBuild does not know, so that nobody takes it for ended. */
export function buildIdOf({ buildId }: DeliveryEnvironment): string {
    return buildId ?? `by-hand:${hostname().replace(/[^A-Za-z0-9-]/g, "-")}-${process.pid}`;
}

export function clockOf({ now, signal }: Pick<StepContext, "now" | "signal">): Clock {
    return { now, sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }) };
}

export function logOf({ terminal }: Pick<StepContext, "terminal">): Log {
    return { say: (line) => terminal.line(line) };
}

/** A file below `.delivery/`. */
export function outputPath(root: string, ...names: readonly string[]): string {
    return join(root, ".delivery", ...names);
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Context, LocalHandle, Ports } from "../../automation/context";
import type { Deployment } from "../../automation/deployment";
import type { Engine, EngineStack, FoundStack, OperationKind, OperationOptions } from "../../automation/engine";
import { emptyProgress, type Progress, reduceProgress } from "../../automation/progress";
import { runCommandLine } from "../../automation/run";
import { Terminal, type TextStream } from "../../automation/terminal";

/** Events of a real engine run, recorded once and cut to the fields that are read. */
export function recorded(name: string): EngineEvent[] {
    return readFileSync(join(__dirname, "fixtures", `${name}.jsonl`), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
}

/** Folds events with a clock that moves one second an event. */
export function folded(events: readonly EngineEvent[]): Progress {
    return events.reduce((progress, event, index) => reduceProgress(progress, event, index * 1000), emptyProgress);
}

export class Recorder implements TextStream {
    text = "";

    constructor(
        readonly isTTY = false,
        readonly columns = 100,
        readonly rows = 24,
    ) {}

    write(text: string): void {
        this.text += text;
    }

    get lines(): string[] {
        return this.text.split("\n").slice(0, -1);
    }
}

export function plainTerminal(json = false): { terminal: Terminal; stdout: Recorder; stderr: Recorder } {
    const stdout = new Recorder();
    const stderr = new Recorder();
    return { terminal: new Terminal({ stdout, stderr, json, environment: {} }), stdout, stderr };
}

export const emptyState: Deployment = { version: 3, deployment: { resources: [] } };

/** An engine that plays events and keeps a list of what was asked of it. */
export class FakeEngine implements Engine, FoundStack {
    readonly calls: string[] = [];
    exists = true;
    state: Deployment = emptyState;
    events: readonly EngineEvent[] = [];
    /** Thrown by the next operation, once. */
    failure?: Error;
    onRun?: (kind: OperationKind, options: OperationOptions) => void;

    get recorded(): Deployment {
        return this.state;
    }

    async select(stack: string): Promise<FoundStack | undefined> {
        this.calls.push(`select ${stack}`);
        return this.exists ? this : undefined;
    }

    async create(stack: string): Promise<EngineStack> {
        this.calls.push(`create ${stack}`);
        return this;
    }

    async run(kind: OperationKind, options: OperationOptions): Promise<void> {
        this.calls.push(options.targets === undefined ? kind : `${kind} ${options.targets.join(" ")}`);
        this.onRun?.(kind, options);
        this.events.forEach(options.onEvent);
        const { failure } = this;
        this.failure = undefined;
        if (failure !== undefined) {
            throw failure;
        }
    }

    async exportState(): Promise<Deployment> {
        this.calls.push("export");
        return this.state;
    }

    async importState(state: Deployment): Promise<void> {
        this.calls.push("import");
        this.state = state;
    }

    async cancel(): Promise<void> {
        this.calls.push("cancel");
    }
}

export const handle: LocalHandle = {
    endpoint: "http://127.0.0.1:4566",
    registry: "127.0.0.1:5000",
    dockerHost: "unix:///var/run/docker.sock",
    bin: "/checkout/.local/bin",
    variables: { AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
};

/** Ports of which every one fails that a test does not give: nothing outside is touched by accident. */
export function fakePorts(given: Partial<Ports>): Ports {
    const refuse = (name: string) => (): never => {
        throw new Error(`${name} was called`);
    };
    return {
        startLocal: refuse("startLocal"),
        runningLocal: refuse("runningLocal"),
        stopLocal: refuse("stopLocal"),
        openEngine: refuse("openEngine"),
        openSeed: refuse("openSeed"),
        confirm: refuse("confirm"),
        lockOwners: async () => [],
        check: refuse("check"),
        aws: refuse("aws"),
        lake: refuse("lake"),
        killContainer: refuse("killContainer"),
        pipelines: refuse("pipelines"),
        push: refuse("push"),
        fire: refuse("fire"),
        ensureSeed: refuse("ensureSeed"),
        deliveryTargets: refuse("deliveryTargets"),
        runInteractive: refuse("runInteractive"),
        capture: refuse("capture"),
        ...given,
    };
}

export interface Outcome {
    readonly status: number;
    readonly out: string;
    readonly err: string;
    /** The last line of stdout as JSON. */
    readonly json: () => Record<string, unknown>;
}

/** Runs one command line against fakes. */
export async function runWith(root: string, ports: Partial<Ports>, argv: readonly string[], surroundings: Partial<Pick<Context, "signal" | "environment">> = {}): Promise<Outcome> {
    const stdout = new Recorder();
    const stderr = new Recorder();
    const status = await runCommandLine(argv, {
        root,
        environment: {},
        signal: new AbortController().signal,
        shield: (work) => work(),
        now: () => 0,
        ports: fakePorts(ports),
        stdout,
        stderr,
        ...surroundings,
    });
    return { status, out: stdout.text, err: stderr.text, json: () => JSON.parse(stdout.lines.at(-1) ?? "") };
}

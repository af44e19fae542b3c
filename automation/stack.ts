import { hostname } from "node:os";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { quote } from "../components/manifest/problem";
import { applyPending, outputsOf, pendingOperations, type PendingOperation, planPending, resourcesOf } from "./deployment";
import { type Engine, EngineError, type EngineStack, type OperationKind } from "./engine";
import { ExitCode } from "./exitCodes";
import { badInput, CommandFailure } from "./failure";
import { describeOwner, isRunningEngine, isStale, type LockOwner } from "./lock";
import { changesOf, nameOfUrn, type Progress, type ResourceChanges, shortType } from "./progress";
import { ProgressDisplay } from "./progressDisplay";
import { changesText, failureLines, warningLines } from "./progressLines";
import type { Terminal } from "./terminal";
import { cleanLines, count } from "./text";

/** What an operation on a stack needs from outside. */
export interface StackPorts {
    readonly engine: Engine;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
    /** Keeps the program alive until the engine has ended. */
    readonly shield: <Result>(work: () => Promise<Result>) => Promise<Result>;
    readonly now: () => number;
    readonly lockOwners: (stack: string) => Promise<readonly LockOwner[]>;
    /** Whether creating this stack would change its committed settings file. */
    readonly wouldWriteKey: (stack: string) => boolean;
    /** The id that the resource of an unfinished create has if it exists; undefined where doing it again does no harm. */
    readonly identityOf: (operation: PendingOperation) => Promise<string | undefined>;
    /** @default the process table */
    readonly isEngine?: (pid: number) => boolean;
    /** @default this machine's name */
    readonly host?: string;
}

export interface StackRequest {
    readonly kind: OperationKind;
    readonly stack: string;
    /** Whether the stack's resources live in the emulator, where a look-up is free and nothing is precious. */
    readonly emulated: boolean;
    /** Resource operations at once. */
    readonly parallel: number;
    /** Patterns of URNs; all resources when absent. */
    readonly targets?: readonly string[];
    /** Settings file instead of the stack's own, absolute. */
    readonly configFile?: string;
    /** Told every event of the engine as well. */
    readonly onEvent?: (event: EngineEvent) => void;
}

export interface StackResult {
    readonly outcome: "succeeded" | "failed" | "interrupted";
    readonly changes: ResourceChanges;
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly progress: Progress;
}

/** Engine width at which a bound of parallel builds can be reached and other resources still pass by. */
export function engineWidth(maxParallelBuilds: number): number {
    return Math.max(64, maxParallelBuilds + 32);
}

/**
 * Runs one operation to its end and shows it. Before anything changes: a lock left by a dead engine of this machine is
 * removed, and operations that an earlier engine left unfinished are settled; both are said.
 * Throws a failure where nothing was run: 2 unknown stack, 3 locked, 4 unfinished operations on a real account.
 */
export async function runStack(request: StackRequest, ports: StackPorts): Promise<StackResult> {
    const { kind, stack: name } = request;
    const { stack, leftSomething } = await openStack(request, ports);
    await clearStaleLock(name, stack, ports);
    return ports.shield(async () => {
        if (kind !== "preview" && leftSomething) {
            await settlePending(request, stack, ports);
        }
        ports.signal.throwIfAborted();
        return operate(request, stack, ports);
    });
}

/** Selects the stack; `up` and `preview` create it when its backend does not know it yet. Tells whether an earlier update left operations without an end. */
async function openStack(
    { kind, stack: name }: StackRequest,
    { engine, wouldWriteKey, terminal }: StackPorts,
): Promise<{ readonly stack: EngineStack; readonly leftSomething: boolean }> {
    const found = await engine.select(name);
    if (found !== undefined) {
        return { stack: found, leftSomething: pendingOperations(found.recorded).length > 0 };
    }
    if (kind === "destroy" || kind === "refresh") {
        throw unknownStack(name);
    }
    if (wouldWriteKey(name)) {
        throw badInput({
            given: `Stack ${quote(name)} does not exist yet, and Pulumi.${name}.yaml names no key for its secrets.`,
            allowed: "The key is chosen once, by a person, and committed; commands never change settings files.",
            next: `run "pulumi stack init ${name} --secrets-provider=awskms://…" once and commit Pulumi.${name}.yaml.`,
        });
    }
    terminal.line(`Stack ${quote(name)} is new: created.`);
    return { stack: await engine.create(name), leftSomething: false };
}

/** The failure for a stack that has a settings file but no state. */
export function unknownStack(name: string): CommandFailure {
    return badInput({
        given: `Stack ${quote(name)} has no state in the backend that is in use.`,
        allowed: "A stack gets its state by its first update.",
        next: `check PULUMI_BACKEND_URL, or run "npm run up -- ${name}" first.`,
    });
}

async function clearStaleLock(name: string, stack: EngineStack, ports: StackPorts): Promise<void> {
    const owners = await ports.lockOwners(name);
    if (owners.length === 0) {
        return;
    }
    if (!isStale(owners, ports.host ?? hostname(), ports.isEngine ?? isRunningEngine)) {
        throw locked(name, owners.map(describeOwner).join("; "));
    }
    await stack.cancel();
    ports.terminal.line(`Found a lock of an engine that no longer runs (${owners.map(describeOwner).join("; ")}): removed.`);
}

function locked(name: string, owner: string): CommandFailure {
    return new CommandFailure(ExitCode.locked, {
        given: `Stack ${quote(name)} is locked by ${owner}.`,
        allowed: "One update of a stack runs at a time.",
        next: `wait for it to end. If you know that it is dead, run "pulumi cancel --stack ${name}" and start again.`,
    });
}

async function settlePending({ kind, stack: name, emulated, parallel }: StackRequest, stack: EngineStack, ports: StackPorts): Promise<void> {
    const { terminal, identityOf, signal } = ports;
    const state = await stack.exportState();
    const operations = pendingOperations(state);
    if (operations.length === 0) {
        return;
    }
    const plan = planPending(operations, emulated, emulated ? await identitiesOf(operations, identityOf) : new Map());
    if (plan.blocked.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `An earlier update of stack ${quote(name)} was killed and left ${count(plan.blocked.length, "operation")} unfinished:\n${lines(plan.blocked)}`,
            allowed: "Whether these resources exist is not known to the state; going on could create them twice or lose them.",
            next: `look each of them up in the account, then run "pulumi refresh --stack ${name}", which asks what to do with each, and start again.`,
        });
    }
    terminal.line(`Found ${count(operations.length, "unfinished operation")} of an update that was killed:`);
    cleanLines(lines(operations)).forEach((line) => terminal.line(line));
    try {
        await stack.importState(applyPending(state, plan));
        if (plan.adopt.length > 0) {
            const before = plan.adopt.map(({ urn }) => urn);
            await stack.run("refresh", { parallel, signal, onEvent: () => undefined, targets: before });
            const present = new Set(resourcesOf(await stack.exportState()).map(({ urn }) => urn));
            const kept = before.filter((urn) => present.has(urn));
            const found = kept.length === 0 ? "none exists" : `these exist and are kept: ${kept.map(nameOfUrn).join(", ")}`;
            terminal.line(`Settled: of ${count(before.length, "resource")} looked up, ${found}.`);
        }
    } catch (error) {
        throw error instanceof EngineError && error.reason === "locked" ? locked(name, "another update") : error;
    }
    if (plan.drop.length > 0) {
        terminal.line(`Settled: ${count(plan.drop.length, "operation")} will be done again by this ${kind} where needed.`);
    }
}

async function identitiesOf(operations: readonly PendingOperation[], identityOf: StackPorts["identityOf"]): Promise<ReadonlyMap<PendingOperation, string>> {
    const pairs = await Promise.all(operations.map(async (operation) => [operation, await identityOf(operation)] as const));
    return new Map(pairs.flatMap(([operation, id]) => (id === undefined ? [] : [[operation, id]])));
}

/** Runs one operation on an open stack, without looking at locks and at what earlier ones left; shows it as it goes on. */
export async function operate(
    { kind, stack: name, parallel, targets, configFile, onEvent }: Omit<StackRequest, "emulated">,
    stack: EngineStack,
    ports: Pick<StackPorts, "terminal" | "signal" | "now" | "lockOwners">,
): Promise<StackResult> {
    const { terminal, signal, now } = ports;
    const display = new ProgressDisplay(terminal, now, kind);
    let failure: EngineError | undefined;
    const announce = (): void => terminal.line(`Interrupted: the engine ends what is in flight and starts nothing new. Once more ends it at once.`);
    signal.addEventListener("abort", announce, { once: true });
    try {
        const tell = (event: EngineEvent): void => {
            display.onEvent(event);
            onEvent?.(event);
        };
        await stack.run(kind, { parallel, signal, onEvent: tell, targets, configFile });
    } catch (error) {
        if (!(error instanceof EngineError)) {
            throw error;
        }
        failure = error;
    } finally {
        signal.removeEventListener("abort", announce);
        display.close();
    }
    const { progress } = display;
    if (failure?.reason === "locked") {
        throw locked(name, (await ports.lockOwners(name)).map(describeOwner).join("; ") || "another update");
    }
    const changes = changesOf(progress.counts);
    warningLines(progress, terminal.colors).forEach((line) => terminal.line(line));
    if (failure !== undefined) {
        const reasons = failureLines(progress, terminal.colors);
        const shown = reasons.length > 0 || signal.aborted ? reasons : cleanLines(failure.message);
        shown.forEach((line) => terminal.error(line));
    }
    if (signal.aborted || (failure !== undefined && !progress.ended)) {
        await sayWhatIsLeft(name, stack, terminal);
    }
    const verb = { up: "up", preview: "preview (nothing was changed)", destroy: "destroy", refresh: "refresh" }[kind];
    const verdict = signal.aborted ? "interrupted" : failure === undefined ? "succeeded" : "failed";
    terminal.line(`${verb} of stack ${name} ${verdict}: ${changesText(changes)}.`);
    return { outcome: verdict, changes, outputs: progress.outputs, progress };
}

async function sayWhatIsLeft(name: string, stack: EngineStack, terminal: Terminal): Promise<void> {
    const state = await stack.exportState();
    const pending = pendingOperations(state);
    const recorded = count(resourcesOf(state).filter(({ custom }) => custom).length, "resource");
    terminal.line(
        pending.length === 0
            ? `State: ${recorded} recorded, nothing unfinished. The same command goes on from here.`
            : `State: ${recorded} recorded, ${count(pending.length, "operation")} unfinished; the next "npm run up -- ${name}" settles them.`,
    );
}

export interface RecordedStack {
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly resources: number;
    /** Operations without an end. */
    readonly pending: number;
}

/** Outputs and counts of a stack as recorded, without running the program. */
export async function readStack(name: string, ports: Pick<StackPorts, "engine">): Promise<RecordedStack> {
    const state = (await ports.engine.select(name))?.recorded;
    if (state === undefined) {
        throw unknownStack(name);
    }
    return { outputs: outputsOf(state), resources: resourcesOf(state).length, pending: pendingOperations(state).length };
}

function lines(operations: readonly PendingOperation[]): string {
    return operations.map(({ operation, type, urn }) => `  ${operation} ${shortType(type)} ${nameOfUrn(urn)}`).join("\n");
}

import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Deployment } from "./deployment";

export type OperationKind = "up" | "preview" | "destroy" | "refresh";

export interface OperationOptions {
    /** Resource operations at once. */
    readonly parallel: number;
    readonly signal: AbortSignal;
    readonly onEvent: (event: EngineEvent) => void;
    /** URNs; all resources when absent. */
    readonly targets?: readonly string[];
    /** Settings file instead of the stack's own, absolute. */
    readonly configFile?: string;
}

/** Why the engine refused or failed. `locked`: another update; `failed`: everything else, with what it printed to stderr. */
export class EngineError extends Error {
    constructor(
        readonly reason: "locked" | "failed",
        message: string,
    ) {
        super(message);
        this.name = "EngineError";
    }
}

/** The operations on one stack that the commands are made of. Tests put a fake in its place. */
export interface EngineStack {
    /** @throws {EngineError} */
    run(kind: OperationKind, options: OperationOptions): Promise<void>;
    /** Secrets stay encrypted. */
    exportState(): Promise<Deployment>;
    /** @throws {EngineError} */
    importState(state: Deployment): Promise<void>;
    /** Removes every lock of the stack. */
    cancel(): Promise<void>;
}

/** A stack that the backend has, with its state when it was looked for. */
export interface FoundStack extends EngineStack {
    /** As `exportState`; to be asked again before something is made of it, because another update may have run since. */
    readonly recorded: Deployment;
}

export interface Engine {
    /** Undefined when the backend has no such stack. */
    select(stack: string): Promise<FoundStack | undefined>;
    create(stack: string): Promise<EngineStack>;
}

export interface EngineOptions {
    readonly root: string;
    /** Added to our own environment for every engine process. */
    readonly variables: Readonly<Record<string, string>>;
    /** Folder of the `pulumi` to use; the first one on PATH when absent. */
    readonly bin?: string;
    /** A quicker way to a stack's state than asking the engine; undefined where it cannot tell. @default none */
    readonly recorded?: (stack: string) => Promise<Deployment | undefined>;
}

import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Deployment, outputsOf, pendingOperations, type PendingOperation as Pending } from "../../automation/deployment";
import { EngineError, type EngineStack } from "../../automation/engine";
import { stringMember } from "../../automation/json";
import { AFTER_VARIABLE, COMMIT_OUTPUT, COMMIT_VARIABLE, MOVED, SCOPE_VARIABLE } from "../commitOutput";
import { type DeliveryChange, LockedError, MovedError, NotPropagatedError, type PendingOperation, type StatePort } from "../ports";
import { changesIn, errorsIn } from "./engineEvents";

export interface StatePortOptions {
    /** Opens the stack with more variables for the program. */
    readonly open: (variables: Readonly<Record<string, string>>) => Promise<EngineStack>;
    /** The recorded state, without an engine; undefined for a stack without any. */
    readonly read: () => Promise<Deployment | undefined>;
    /** Target patterns of the delivery's scope, in view of the recorded state. */
    readonly targets: (recorded: Deployment | undefined) => readonly string[];
    readonly signal: AbortSignal;
}

const DOCKER_IMAGE = "docker:index/image:Image";
/** Resources at once; the scope is small. */
const PARALLEL = 32;

/** What CodePipeline, CodeBuild and EventBridge say of a role that IAM has not told them of yet. */
const NOT_PROPAGATED = /(?:is not authorized to perform:? (?:sts:)?AssumeRole|role defined .* cannot be assumed|cannot be assumed by|not authorized to perform AssumeRole on role)/i;

/** The stack's state through the engine, limited to what a self-update may touch. */
export function statePort({ open, read, targets, signal }: StatePortOptions): StatePort {
    const run = async (kind: "preview" | "refresh" | "up", variables: Readonly<Record<string, string>>): Promise<DeliveryChange> => {
        const scope = targets(await read());
        const stack = await open({ ...variables, [SCOPE_VARIABLE]: "delivery" });
        const events: EngineEvent[] = [];
        try {
            await stack.run(kind, { parallel: PARALLEL, signal, targets: scope, onEvent: (event) => events.push(event) });
        } catch (error) {
            throw translated(error, events);
        }
        return changesIn(events, scope);
    };
    return {
        lastApplied: async () => {
            const deployment = await read();
            const commit = deployment && stringMember(outputsOf(deployment), COMMIT_OUTPUT);
            return commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : undefined;
        },
        pendingOperations: async () => {
            const deployment = await read();
            return deployment === undefined ? [] : pendingOperations(deployment).map(pendingOf);
        },
        clearPendingImages: async () => {
            const stack = await open({});
            try {
                await stack.importState(withoutPendingImages(await stack.exportState()));
            } catch (error) {
                throw translated(error, []);
            }
        },
        refreshDelivery: async () => {
            await run("refresh", {});
        },
        previewDelivery: () => run("preview", {}),
        applyDelivery: async ({ commit, after }) => {
            await run("up", { [COMMIT_VARIABLE]: commit, [AFTER_VARIABLE]: after ?? "" });
        },
    };
}

/** The state with every pending operation but the creates of images: a push that happened is found again by its key. */
export function withoutPendingImages(state: Deployment): Deployment {
    const kept = pendingOperations(state).filter((operation) => !isPendingImage(operation));
    const pending = kept.map(({ operation, resource }) => ({ type: operation, resource }));
    return { ...state, deployment: { ...state.deployment, pending_operations: pending } };
}

function isPendingImage({ operation, type }: Pending): boolean {
    return operation === "creating" && type === DOCKER_IMAGE;
}

function pendingOf({ urn, type, operation }: Pending): PendingOperation {
    const kinds: readonly PendingOperation["kind"][] = ["creating", "updating", "deleting", "reading", "importing"];
    // A kind that is not known is one that nobody may pass over.
    return { urn, type, kind: kinds.find((kind) => kind === operation) ?? "updating" };
}

function translated(error: unknown, events: readonly EngineEvent[]): unknown {
    if (!(error instanceof EngineError)) {
        return error;
    }
    const said = errorsIn(events);
    const text = said.length > 0 ? said.join("\n") : error.message;
    if (error.reason === "locked") {
        return new LockedError(error.message);
    }
    if (text.includes(MOVED)) {
        return new MovedError(text);
    }
    return NOT_PROPAGATED.test(text) ? new NotPropagatedError(text) : new EngineError("failed", text);
}

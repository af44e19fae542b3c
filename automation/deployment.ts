import { isRecord, stringMember } from "./json";

/** An operation that the engine had begun and never reported the end of. */
export interface PendingOperation {
    readonly urn: string;
    readonly type: string;
    readonly operation: string;
    /** As the engine recorded it, for writing back. */
    readonly resource: Readonly<Record<string, unknown>>;
}

/** A stack's exported state, with secrets still encrypted. Only the parts that are read are typed. */
export interface Deployment {
    readonly version: number;
    readonly deployment: Readonly<Record<string, unknown>>;
}

const dockerImage = "docker:index/image:Image";

/** Checks what `pulumi stack export` printed. */
export function parseDeployment(text: string): Deployment {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value.version !== "number") {
        throw new Error(`the exported state has no format version: ${text.slice(0, 80)}`);
    }
    // A stack that was never updated has no deployment at all.
    return { version: value.version, deployment: isRecord(value.deployment) ? value.deployment : {} };
}

/** Reads the file in which a self-managed backend keeps a stack's state. @throws where it is none. */
export function parseCheckpoint(text: string): Deployment {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value.version !== "number" || !isRecord(value.checkpoint)) {
        throw new Error(`the state's file has another form than expected: ${text.slice(0, 80)}`);
    }
    const { latest } = value.checkpoint;
    return { version: value.version, deployment: isRecord(latest) ? latest : {} };
}

export function pendingOperations({ deployment }: Deployment): PendingOperation[] {
    return list(deployment.pending_operations).map((entry) => {
        const resource = isRecord(entry.resource) ? entry.resource : {};
        return {
            urn: stringMember(resource, "urn") ?? "",
            type: stringMember(resource, "type") ?? "",
            operation: stringMember(entry, "type") ?? "unknown",
            resource,
        };
    });
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly custom: boolean;
    readonly outputs: Readonly<Record<string, unknown>>;
}

export function resourcesOf({ deployment }: Deployment): StateResource[] {
    return list(deployment.resources).map((entry) => ({
        urn: stringMember(entry, "urn") ?? "",
        type: stringMember(entry, "type") ?? "",
        id: stringMember(entry, "id"),
        custom: entry.custom === true,
        outputs: isRecord(entry.outputs) ? entry.outputs : {},
    }));
}

/** What the program exported at its last run; an empty record for a stack that was never updated. */
export function outputsOf(deployment: Deployment): Readonly<Record<string, unknown>> {
    return resourcesOf(deployment).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** What to do about pending operations before an update. */
export interface PendingPlan {
    /** Leave the state: nothing can have been lost (images are found again by key), or nothing is known of them. */
    readonly drop: readonly PendingOperation[];
    /** Creates whose resource may exist: they enter the state under this id, and a refresh decides whether it does. */
    readonly adopt: readonly (PendingOperation & { readonly id: string })[];
    /** Not ours to decide: the update stops and a person looks. */
    readonly blocked: readonly PendingOperation[];
}

/**
 * Pending creates of images are dropped everywhere: a push that happened is found by its key, one that did not is done
 * again. In the emulator every other create is looked up, updates and deletes are repeated by the next update. On a real
 * account anything else blocks, because only a person can tell whether the resource exists.
 */
export function planPending(operations: readonly PendingOperation[], emulated: boolean, identities: ReadonlyMap<PendingOperation, string>): PendingPlan {
    const drop: PendingOperation[] = [];
    const adopt: (PendingOperation & { id: string })[] = [];
    const blocked: PendingOperation[] = [];
    for (const operation of operations) {
        const create = operation.operation === "creating";
        if (create && operation.type === dockerImage) {
            drop.push(operation);
        } else if (!emulated) {
            blocked.push(operation);
        } else {
            const id = create ? identities.get(operation) : undefined;
            if (id === undefined) {
                drop.push(operation);
            } else {
                adopt.push({ ...operation, id });
            }
        }
    }
    return { drop, adopt, blocked };
}

/** The state without any pending operation and with the adopted resources at its end, after all they depend on. */
export function applyPending(state: Deployment, plan: PendingPlan): Deployment {
    const resources = list(state.deployment.resources);
    const known = new Set(resources.map((resource) => resource.urn));
    const adopted = plan.adopt.filter(({ urn }) => !known.has(urn)).map(({ resource, id }) => ({ ...resource, id, outputs: {} }));
    const { pending_operations: _settled, ...rest } = state.deployment;
    return { ...state, deployment: { ...rest, resources: [...resources, ...adopted] } };
}

function list(value: unknown): Record<string, unknown>[] {
    return Array.isArray(value) ? value.filter(isRecord) : [];
}

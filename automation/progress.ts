import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

/** How many of a resource's passing status lines are kept, to be shown when it fails. */
const keptStatusLines = 30;

export interface ResourceProgress {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly op: string;
    /** False for components, which only group others. */
    readonly custom: boolean;
    readonly state: "running" | "done" | "failed";
    /** Milliseconds, by the clock of whoever received the event: the engine's own time stamps are whole seconds. */
    readonly startedAt: number;
    readonly endedAt?: number;
    /** Latest passing lines of the provider (build steps), oldest first. */
    readonly status: readonly string[];
    /** The cloud resource stays although it left the state. */
    readonly retained: boolean;
}

export interface Diagnostic {
    /** Absent for what concerns the program or the engine as a whole. */
    readonly urn?: string;
    readonly severity: "info" | "warning" | "error";
    readonly message: string;
}

/** The resource counts of a result, as commands print and return them. */
export interface ResourceChanges {
    readonly created: number;
    readonly updated: number;
    readonly replaced: number;
    readonly deleted: number;
    readonly unchanged: number;
}

/** Everything known of a running or finished operation. Only ever changed by `reduceProgress`. */
export interface Progress {
    readonly resources: ReadonlyMap<string, ResourceProgress>;
    readonly diagnostics: readonly Diagnostic[];
    /** By engine operation, from the events; the engine's own counts replace them at the end. */
    readonly counts: Readonly<Record<string, number>>;
    /** Whether the engine said its last word; without it the counts are what was seen until it vanished. */
    readonly ended: boolean;
    /** What the program exported, secrets masked by the engine. */
    readonly outputs: Readonly<Record<string, unknown>>;
}

export const emptyProgress: Progress = { resources: new Map(), diagnostics: [], counts: {}, ended: false, outputs: {} };

/** What is new after one more engine event. Unknown kinds of event change nothing. */
export function reduceProgress(progress: Progress, event: EngineEvent, now: number): Progress {
    if (event.resourcePreEvent) {
        return started(progress, event.resourcePreEvent.metadata, now);
    }
    if (event.resOutputsEvent) {
        return ended(progress, event.resOutputsEvent.metadata, "done", now);
    }
    if (event.resOpFailedEvent) {
        return ended(progress, event.resOpFailedEvent.metadata, "failed", now);
    }
    if (event.diagnosticEvent) {
        return diagnosed(progress, event.diagnosticEvent);
    }
    if (event.policyEvent) {
        const { resourceUrn, policyName, message, enforcementLevel } = event.policyEvent;
        const severity = enforcementLevel === "mandatory" ? "error" : "warning";
        return withDiagnostic(progress, { urn: resourceUrn, severity, message: `policy ${policyName}: ${message}` });
    }
    if (event.summaryEvent) {
        return { ...progress, counts: { ...event.summaryEvent.resourceChanges }, ended: true };
    }
    return progress;
}

/** Folds engine operations into the five counts; the two halves of a replacement are one replacement. */
export function changesOf(counts: Readonly<Record<string, number | undefined>>): ResourceChanges {
    const of = (...ops: string[]): number => ops.reduce((sum, op) => sum + (counts[op] ?? 0), 0);
    return {
        created: of("create", "import"),
        updated: of("update"),
        replaced: of("replace", "import-replacement"),
        deleted: of("delete"),
        unchanged: of("same"),
    };
}

/** Whether anything was changed, or would be. */
export function changesAnything(changes: ResourceChanges): boolean {
    return changes.created + changes.updated + changes.replaced + changes.deleted > 0;
}

/** Last part of a URN: the logical name. */
export function nameOfUrn(urn: string): string {
    return urn.split("::").slice(3).join("::") || urn;
}

/** `aws:lambda/function:Function` → `lambda Function`, `docker:index/image:Image` → `docker Image`. */
export function shortType(type: string): string {
    const [pkg = type, module = "", name = type] = type.split(":");
    const group = module.split("/")[0];
    return `${group === "" || group === "index" ? pkg : group} ${name}`;
}

/** Failed resources, sorted by name. */
export function failures(progress: Progress): ResourceProgress[] {
    return [...progress.resources.values()].filter(({ state }) => state === "failed").sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Custom resources in flight, longest first. */
export function inFlight(progress: Progress): ResourceProgress[] {
    return [...progress.resources.values()].filter(isWork).sort((a, b) => a.startedAt - b.startedAt);
}

/** Whether this entry is work somebody may wait for: no component, no provider, nothing that stays the same. */
export function isWork(resource: ResourceProgress): boolean {
    return resource.state === "running" && isShown(resource);
}

/** Whether an entry deserves a line of its own. */
export function isShown(resource: ResourceProgress): boolean {
    return resource.custom && !quietOps.has(resource.op) && !resource.type.startsWith("pulumi:providers:");
}

// `replace` is the engine's logical middle between the two real operations.
const quietOps: ReadonlySet<string> = new Set(["same", "replace", "read", "refresh", "discard", "remove-pending-replace"]);

// Only the creation of the new half makes a replacement a fact; its other steps are kept under names that nobody counts.
const countedAs: Readonly<Record<string, string>> = { replace: "replace-logical", "create-replacement": "replace" };

function started(progress: Progress, metadata: StepEventMetadata, now: number): Progress {
    const state = metadata.new ?? metadata.old;
    return withResource(progress, {
        urn: metadata.urn,
        type: metadata.type,
        name: nameOfUrn(metadata.urn),
        op: metadata.op,
        custom: state?.custom === true,
        state: "running",
        startedAt: now,
        status: [],
        retained: metadata.old?.retainOnDelete === true,
    });
}

function ended(progress: Progress, metadata: StepEventMetadata, state: "done" | "failed", now: number): Progress {
    const known = progress.resources.get(keyOf(metadata.urn, metadata.op)) ?? started(emptyProgress, metadata, now).resources.values().next().value;
    if (known === undefined) {
        return progress;
    }
    const next = withResource(progress, { ...known, state, endedAt: now });
    const outputs = metadata.type === "pulumi:pulumi:Stack" && metadata.new ? { outputs: metadata.new.outputs } : {};
    // Components report their end a second time when they register their outputs. The engine's counts leave out providers.
    if (state === "failed" || known.state === "done" || metadata.type.startsWith("pulumi:providers:")) {
        return { ...next, ...outputs };
    }
    const counted = countedAs[metadata.op] ?? metadata.op;
    return { ...next, ...outputs, counts: { ...next.counts, [counted]: (next.counts[counted] ?? 0) + 1 } };
}

function diagnosed(progress: Progress, event: NonNullable<EngineEvent["diagnosticEvent"]>): Progress {
    // The engine also sends `debug`, which its type does not name.
    const severity: string = event.severity;
    if (severity !== "info" && severity !== "info#err" && severity !== "warning" && severity !== "error") {
        return progress;
    }
    const message = event.message.trimEnd();
    if (event.ephemeral !== true) {
        return withDiagnostic(progress, { urn: event.urn, severity: severity === "info#err" ? "info" : severity, message });
    }
    const resource = [...progress.resources.values()].find(({ urn, state }) => urn === event.urn && state === "running");
    return resource === undefined || message === ""
        ? progress
        : withResource(progress, { ...resource, status: [...resource.status, message].slice(-keptStatusLines) });
}

function withDiagnostic(progress: Progress, diagnostic: Diagnostic): Progress {
    return diagnostic.message === "" ? progress : { ...progress, diagnostics: [...progress.diagnostics, diagnostic] };
}

function withResource(progress: Progress, resource: ResourceProgress): Progress {
    return { ...progress, resources: new Map(progress.resources).set(keyOf(resource.urn, resource.op), resource) };
}

// One resource passes through several operations when it is replaced.
function keyOf(urn: string, op: string): string {
    return `${urn} ${op}`;
}

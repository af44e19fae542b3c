import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { cleanText } from "../../automation/text";
import type { DeliveryChange, ResourceChange } from "../ports";

const OPERATIONS: Readonly<Record<string, ResourceChange["operation"]>> = {
    create: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    delete: "delete",
    "delete-replaced": "replace",
    read: "read",
    "read-replacement": "replace",
    import: "import",
    "import-replacement": "replace",
};

/** What an operation would do to resources in scope, and what the program wants of all of them. */
export function changesIn(events: readonly EngineEvent[], targets: readonly string[]): DeliveryChange {
    const inScope = scopeOf(targets);
    const steps = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent === undefined ? [] : [resourcePreEvent.metadata])).filter(({ urn }) => inScope(urn));
    const changes = new Map<string, ResourceChange>();
    const desired = new Map<string, Readonly<Record<string, unknown>>>();
    for (const step of steps) {
        // The engine writes null for a side that there is not, and for empty inputs.
        if (step.new) {
            desired.set(step.urn, step.new.inputs ?? {});
        }
        const change = changeOf(step);
        if (change !== undefined) {
            // A replacement comes as several steps: together they have both sides.
            const known = changes.get(step.urn);
            changes.set(step.urn, { ...known, ...change, protect: change.protect || known?.protect === true });
        }
    }
    return {
        changes: [...changes.values()].sort(byUrn),
        desired: [...desired].map(([urn, inputs]) => ({ urn, inputs })).sort(byUrn),
    };
}

/** The texts of all errors, without what the engine says beside the real reason. */
export function errorsIn(events: readonly EngineEvent[]): string[] {
    return events
        .flatMap(({ diagnosticEvent }) => (diagnosticEvent?.severity === "error" ? [cleanText(diagnosticEvent.message).trim()] : []))
        .filter((text) => text !== "" && !/^(?:update|preview) failed$/.test(text));
}

function changeOf({ op, urn, type, old, new: wanted }: StepEventMetadata): ResourceChange | undefined {
    const operation = OPERATIONS[op];
    return operation === undefined
        ? undefined
        : {
              urn,
              type,
              operation,
              protect: old?.protect === true,
              ...(old ? { before: old.inputs ?? {} } : {}),
              ...(wanted ? { after: wanted.inputs ?? {} } : {}),
          };
}

/** Whether a URN is among the targets, which may hold `*` (no colon-separated part is crossed) and `**`. */
export function scopeOf(targets: readonly string[]): (urn: string) => boolean {
    const forms = targets.map((target) => {
        const parts = target.split("**").map((part) => part.split("*").map(escaped).join("[^:]*"));
        return new RegExp(`^${parts.join(".*")}$`);
    });
    return (urn) => forms.some((form) => form.test(urn));
}

function escaped(text: string): string {
    return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}

function byUrn(a: { readonly urn: string }, b: { readonly urn: string }): number {
    return a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0;
}

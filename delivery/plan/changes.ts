import type { EngineEvent } from "@pulumi/pulumi/automation";
import { nameOfUrn, shortType } from "../../automation/progress";
import { changesIn } from "../edge/engineEvents";
import type { ResourceChange } from "../ports";
import type { ScannedResource } from "../security/resource";

/** What an update would do. */
export interface PlannedChanges {
    readonly changes: readonly ResourceChange[];
    /** Every resource as the program wants it. */
    readonly desired: readonly ScannedResource[];
}

/** Of a preview's events everything, whatever part of the stack it belongs to. */
export function plannedChanges(events: readonly EngineEvent[]): PlannedChanges {
    const { changes, desired } = changesIn(events, ["**"]);
    const resources = desired.map(({ urn, inputs }) => ({ type: typeOf(urn), name: nameOfUrn(urn), inputs }));
    return { changes: changes.filter(({ operation }) => operation !== "read"), desired: resources };
}

/** `lambda Function ping`, as progress shows it. */
export function describeChange({ urn, type }: Pick<ResourceChange, "urn" | "type">): string {
    return `${shortType(type)} ${nameOfUrn(urn)}`;
}

/** The last of the types that a URN holds, which are those of the parents and its own. */
function typeOf(urn: string): string {
    return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

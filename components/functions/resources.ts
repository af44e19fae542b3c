import * as pulumi from "@pulumi/pulumi";
import { ResourceKind } from "../manifest/model";
import { ATTRIBUTES, Reference, splitReferences } from "../manifest/references";

/** A resource of the application, as manifests can refer to it. */
export interface ResourceHandle {
    readonly kind: ResourceKind;
    readonly name: pulumi.Input<string>;
    readonly arn: pulumi.Input<string>;
    /** Queues only. */
    readonly url?: pulumi.Input<string>;
    /** Tables with a stream only. */
    readonly streamArn?: pulumi.Input<string>;
}

/** Handles by the name that manifests use. */
export type ResourceHandles = Readonly<Record<string, ResourceHandle>>;

/** Replaces `${raw.name}` and its like. Manifests were validated before, so an unknown name is a fault of the program. */
export function resolveReferences(text: string, handles: ResourceHandles): pulumi.Output<string> {
    const parts = splitReferences(text).map((part) => (typeof part === "string" ? part : attributeOf(part, handles)));
    return pulumi.all(parts).apply((resolved) => resolved.join(""));
}

/** The handle of a name that a manifest uses. */
export function handleOf(resource: string, handles: ResourceHandles): ResourceHandle {
    const handle = handles[resource];
    if (handle === undefined) {
        const known = Object.keys(handles).sort().join(", ");
        throw new Error(`The application declares no resource "${resource}"; it declares ${known}. Declare it in app/infrastructure.ts.`);
    }
    return handle;
}

function attributeOf({ resource, attribute }: Reference, handles: ResourceHandles): pulumi.Input<string> {
    const handle = handleOf(resource, handles);
    const value = attribute === "name" || attribute === "arn" || attribute === "url" ? handle[attribute] : undefined;
    if (value === undefined) {
        const allowed = Object.keys(ATTRIBUTES[handle.kind]).join(", ");
        throw new Error(`A ${handle.kind} has no "${attribute}" to refer to; allowed for "${resource}": ${allowed}. Change the reference.`);
    }
    return value;
}

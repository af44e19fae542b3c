import * as pulumi from "@pulumi/pulumi";
import { ResourceKind } from "../manifest/model";
import { ATTRIBUTES, Reference, splitReferences } from "../manifest/references";

/** Events of a bucket's new objects for a queue, whose policy lets the bucket in. */
export interface QueueEvents {
    readonly queueArn: pulumi.Input<string>;
    /** Beginning of the keys; must not overlap with another one of the bucket. */
    readonly prefix: string;
}

/** A resource of the application, as manifests can refer to it. */
export interface ResourceHandle {
    readonly kind: ResourceKind;
    readonly name: pulumi.Input<string>;
    readonly arn: pulumi.Input<string>;
    /** Queues only. */
    readonly url?: pulumi.Input<string>;
    /** Buckets only: queues that get an event for each object that is put. Here, because a bucket has one configuration for all who listen. @default none */
    readonly queueEvents?: readonly QueueEvents[];
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
    const member = attribute === "database" ? "name" : attribute;
    const value = Object.hasOwn(ATTRIBUTES[handle.kind], attribute) && (member === "name" || member === "arn" || member === "url") ? handle[member] : undefined;
    if (value === undefined) {
        const allowed = Object.keys(ATTRIBUTES[handle.kind]).join(", ");
        throw new Error(`A ${handle.kind} has no "${attribute}" to refer to; allowed for "${resource}": ${allowed}. Change the reference.`);
    }
    return value;
}

import * as pulumi from "@pulumi/pulumi";
import { ResourceKind } from "../manifest/model";

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

/** Attributes that `${name.attribute}` may ask for, per kind. */
export const REFERENCE_ATTRIBUTES: Readonly<Record<ResourceKind, readonly ("name" | "arn" | "url")[]>> = {
    bucket: ["name", "arn"],
    queue: ["name", "arn", "url"],
    stateMachine: ["name", "arn"],
    table: ["name", "arn"],
};

const REFERENCE = /\$\{([^}.]+)\.([^}]+)\}/g;

/** Replaces `${raw.name}` and its like. Manifests were validated before, so an unknown name is a fault of the program. */
export function resolveReferences(text: string, handles: ResourceHandles): pulumi.Output<string> {
    const references = [...text.matchAll(REFERENCE)];
    return pulumi
        .all(references.map(([, resource, attribute]) => pulumi.output(attributeOf(resource, attribute, handles))))
        .apply((values) => references.reduce((result, [reference], index) => result.replace(reference, () => values[index]), text));
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

function attributeOf(resource: string, attribute: string, handles: ResourceHandles): pulumi.Input<string> {
    const handle = handleOf(resource, handles);
    const value = attribute === "name" || attribute === "arn" || attribute === "url" ? handle[attribute] : undefined;
    if (value === undefined) {
        const allowed = REFERENCE_ATTRIBUTES[handle.kind].join(", ");
        throw new Error(`A ${handle.kind} has no "${attribute}" to refer to; allowed for "${resource}": ${allowed}.`);
    }
    return value;
}

import * as pulumi from "@pulumi/pulumi";

/**
 * Remembers the options of every resource below a parent. Mocks are shown inputs only, while `ignoreChanges` and
 * `retainOnDelete` are what keeps an image from being built or deleted again.
 */
export class ResourceOptions {
    private readonly seen = new Map<string, pulumi.CustomResourceOptions>();

    /** To be given to the parent. */
    readonly transformation: pulumi.ResourceTransformation = ({ type, name, opts }) => {
        this.seen.set(`${type} ${name}`, { ...opts });
        return undefined;
    };

    /** The options of the one resource of a type and name; fails if there is none. */
    of(type: string, name: string): pulumi.CustomResourceOptions {
        const options = this.seen.get(`${type} ${name}`);
        if (options === undefined) {
            throw new Error(`No ${type} "${name}" was declared; declared: ${[...this.seen.keys()].sort().join(", ")}`);
        }
        return options;
    }
}

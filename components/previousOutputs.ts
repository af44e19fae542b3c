import * as pulumi from "@pulumi/pulumi";

/** What the engine writes into outputs of resources that a targeted update did not create. */
export const UNKNOWN_MARKERS: readonly string[] = ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

/** What an output has beyond its declared type (@pulumi/pulumi, output.ts). */
interface Awaitable<T> {
    promise(): Promise<T>;
}

/** The outputs of this stack's last update; of a stack that was never updated, none. One for each run of the program. */
export class PreviousOutputs {
    private made?: pulumi.StackReference;

    /** Declared when it is first asked for: a program that asks for nothing has no such resource. */
    private get reference(): pulumi.StackReference {
        const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
        return (this.made ??= new pulumi.StackReference("own-outputs", { name }));
    }

    /** The plain value of one output; undefined where there is none, or a secret one. */
    async get(name: string): Promise<unknown> {
        return (await this.reference.getOutputDetails(name)).value;
    }

    /**
     * All outputs, to be written once more by an update that declares a part of the stack only. Left out are those that hold
     * the engine's unknown marker anywhere: the next whole update writes them.
     */
    async all(): Promise<Record<string, unknown>> {
        const outputs = await (this.reference.outputs as unknown as Awaitable<Readonly<Record<string, unknown>> | undefined>).promise();
        const entries = Object.keys(outputs ?? {}).map(async (name): Promise<[string, unknown][]> => {
            const { value, secretValue }: { value?: unknown; secretValue?: unknown } = await this.reference.getOutputDetails(name);
            if (holdsUnknown(secretValue ?? value)) {
                return [];
            }
            return [[name, secretValue === undefined ? value : pulumi.secret(secretValue)]];
        });
        return Object.fromEntries((await Promise.all(entries)).flat());
    }
}

/** In an update, the SDK has turned the marker into nothing already. */
function holdsUnknown(value: unknown): boolean {
    if (typeof value === "object" && value !== null) {
        return Object.values(value).some(holdsUnknown);
    }
    return value === undefined || (typeof value === "string" && UNKNOWN_MARKERS.includes(value));
}

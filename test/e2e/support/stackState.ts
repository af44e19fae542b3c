import { assertSuccess, type Checkout } from "./checkout";
import type { Clients } from "./clients";
import { stateObjects } from "./untouched";

interface RawResource {
    readonly urn: string;
    readonly type: string;
    readonly inputs?: unknown;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly delete?: boolean;
}

interface RawDeployment {
    readonly resources?: readonly RawResource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: RawResource }[];
}

/** What the program exported for its images and functions. */
export interface StackOutputs {
    readonly images: Readonly<Record<string, { readonly key: string; readonly digest: string }>>;
    readonly functions: Readonly<Record<string, { readonly imageUri: string; readonly version: string }>>;
}

/** A stack's state as `pulumi stack export` prints it. */
export interface StackState {
    /** `creating URN`, sorted. */
    readonly pending: readonly string[];
    readonly resources: readonly RawResource[];
    readonly outputs: StackOutputs;
}

export async function exportState(checkout: Checkout, stack = "local"): Promise<StackState> {
    const { stdout } = assertSuccess(await checkout.local("pulumi", ["stack", "export", "--stack", stack]));
    const { resources = [], pending_operations: pending } = (JSON.parse(stdout) as { deployment: RawDeployment }).deployment;
    const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
    return {
        // The engine writes null, an empty list or nothing where there is none.
        pending: (pending ?? []).map(({ type, resource }) => `${type} ${resource.urn}`).sort(),
        resources,
        outputs: (outputs ?? { images: {}, functions: {} }) as unknown as StackOutputs,
    };
}

/** Objects of the backend that hold a stack locked. */
export async function lockObjects(clients: Clients): Promise<string[]> {
    return (await stateObjects(clients)).filter((object) => object.startsWith(".pulumi/locks/"));
}

/** What marks an encrypted value in a state; each encryption of the same value gives another text. */
const SECRET = "4dabf18193072939515e22adb298388d";

/**
 * URN and inputs of every resource, with names in place of what differs from build to build: keys, digests and versions.
 * Without the images' own resources: an image that a killed run had pushed already is adopted by its key, not registered
 * again. That it is the same image is seen in the functions' inputs and in the registry.
 */
export function comparable({ resources, outputs }: StackState): string[] {
    const names = [
        ...Object.entries(outputs.images).flatMap(([name, { key, digest }]) => [[digest, `<digest of ${name}>`], [key, `<key of ${name}>`], [key.slice(0, 12), `<key of ${name}>`]]),
    ];
    return resources
        .filter(({ type }) => type !== "docker:index/image:Image")
        .map((resource) => {
            const owner = Object.entries(outputs.functions).find(([name]) => resource.urn.endsWith(`::${name}-alias`) || resource.urn.endsWith(`::${name}-smoke-test`));
            const inputs = JSON.stringify(resource.inputs ?? {}, (_key, value: unknown) => (isSecret(value) ? "<secret>" : sorted(value)));
            const text = `${resource.urn} ${resource.delete === true ? "to be deleted " : ""}${owner === undefined ? inputs : inputs.replaceAll(`"${owner[1].version}"`, `"<version of ${owner[0]}>"`)}`;
            return names.reduce((done, [from, to]) => done.replaceAll(from, to), text);
        })
        .sort();
}

function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.hasOwn(value, SECRET);
}

function sorted(value: unknown): unknown {
    const plain = typeof value === "object" && value !== null && !Array.isArray(value);
    return plain ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

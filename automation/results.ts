import { isRecord, stringMember } from "./json";
import type { Progress, ResourceChanges } from "./progress";

export interface FunctionResult {
    readonly name: string;
    readonly imageUri: string;
    readonly version: string;
    readonly alias: string;
}

export interface ImageResult {
    readonly name: string;
    readonly key: string;
    readonly digest: string;
    /** Whether this run built it. */
    readonly built: boolean;
}

/** The one JSON document of `local` and `up`. */
export interface UpDocument {
    readonly stack: string;
    readonly images: readonly ImageResult[];
    readonly functions: readonly FunctionResult[];
    readonly resources: ResourceChanges;
    readonly seconds: Readonly<Record<string, number>>;
}

// What the engine writes in the place of a value that it does not know: in previews, and for resources left out of a targeted update.
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const buildingOps: ReadonlySet<string> = new Set(["create", "create-replacement", "update"]);

/** Functions among a stack's outputs, sorted by name. Entries that are not known (yet) are left out. */
export function functionsOf(outputs: Readonly<Record<string, unknown>>): FunctionResult[] {
    return entries(outputs.functions).flatMap(([name, value]) => {
        const [imageUri, version, alias] = ["imageUri", "version", "alias"].map((key) => known(value, key));
        return imageUri === undefined || version === undefined || alias === undefined ? [] : [{ name, imageUri, version, alias }];
    });
}

/** Images among a stack's outputs, sorted by name, and whether each was built by the run that `progress` describes. */
export function imagesOf(outputs: Readonly<Record<string, unknown>>, progress: Progress): ImageResult[] {
    const built = new Set(
        [...progress.resources.values()]
            .filter(({ type, op, state }) => type === "docker:index/image:Image" && state === "done" && buildingOps.has(op))
            .map(({ name }) => name),
    );
    return entries(outputs.images).flatMap(([name, value]) => {
        const [key, digest] = ["key", "digest"].map((member) => known(value, member));
        // An image's resource is named after it and the first 12 digits of its key.
        return key === undefined || digest === undefined ? [] : [{ name, key, digest, built: built.has(`${name}-${key.slice(0, 12)}`) }];
    });
}

/** `sha256:0123456789ab` of an image address by digest; the whole address when it has none. */
export function shortDigest(imageUri: string): string {
    const digest = /sha256:[0-9a-f]{12}/.exec(imageUri);
    return digest === null ? imageUri : digest[0];
}

/** Last part of an alias ARN. */
export function aliasName(alias: string): string {
    return alias.split(":").at(-1) ?? alias;
}

function entries(value: unknown): [string, unknown][] {
    return isRecord(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
}

function known(value: unknown, key: string): string | undefined {
    const member = stringMember(value, key);
    return member === undefined || member.includes(unknownValue) ? undefined : member;
}

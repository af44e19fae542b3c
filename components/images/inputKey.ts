import { createHash } from "node:crypto";
import { Architecture } from "../manifest/model";
import { StagedEntry } from "./staging";

/** Raised whenever the canonical list below changes its form; every image is then built once more. */
export const KEY_FORMAT = 1;

export type ImageKind = "layer" | "function";

/** Everything that can change an image's content, and nothing else. */
export interface KeyInputs {
    readonly kind: ImageKind;
    readonly platform: Platform;
    readonly target?: string;
    /** Build arguments given by people; the layer's address and the source date are not among them. */
    readonly buildArguments: Readonly<Record<string, string>>;
    /** Name of a base image → `sha256:…`. Only those that the Dockerfile declares. */
    readonly baseDigests: Readonly<Record<string, string>>;
    /** The common layer's key, for functions that copy it. */
    readonly layerKey?: string;
    readonly entries: readonly StagedEntry[];
}

export type Platform = "linux/amd64" | "linux/arm64";

/** Docker's name of a Lambda architecture. */
export function platformOf(architecture: Architecture): Platform {
    return architecture === "arm64" ? "linux/arm64" : "linux/amd64";
}

/**
 * The image's tag: 32 hex digits of SHA-256 over a canonical list. Two checkouts, machines, users or stacks with the
 * same sources get the same key; see docs/architecture.md for what is left out on purpose.
 */
export function inputKey(inputs: KeyInputs): string {
    const canonical = [
        ["format", KEY_FORMAT],
        ["kind", inputs.kind],
        ["platform", inputs.platform],
        ["target", inputs.target ?? ""],
        ["arguments", sortedEntries(inputs.buildArguments)],
        ["bases", sortedEntries(inputs.baseDigests)],
        ["layer", inputs.layerKey ?? ""],
        ["files", [...inputs.entries].sort(byPath).map((entry) => [entry.path, entry.type, entry.content])],
    ];
    return createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, 32);
}

function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
    return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function byPath(a: StagedEntry, b: StagedEntry): number {
    return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

import * as path from "node:path";

import { readIfPresent, writeAtomically } from "./files";
import { type DockerEngine } from "./docker";
import { type CheckoutPaths } from "./paths";

/** What the last successful start found and chose, in `.local/running.json`. */
export interface RunningNote {
    readonly engine: DockerEngine;
    /** Folder of the emulator's Python environment. */
    readonly python: string;
    readonly providers: "standin" | "official";
    /** Hash of all that the start depends on; another one means that a start has something to do. */
    readonly key: string;
}

export function readRunningNote(paths: CheckoutPaths): RunningNote | undefined {
    try {
        const value = JSON.parse(readIfPresent(file(paths)) ?? "") as Partial<RunningNote>;
        const isWhole = typeof value.python === "string" && typeof value.key === "string" && typeof value.engine?.dockerHost === "string" && value.providers !== undefined;
        return isWhole ? (value as RunningNote) : undefined;
    } catch {
        return undefined;
    }
}

export function writeRunningNote(paths: CheckoutPaths, note: RunningNote): void {
    writeAtomically(file(paths), `${JSON.stringify(note, undefined, 4)}\n`, 0o600);
}

function file(paths: CheckoutPaths): string {
    return path.join(paths.local, "running.json");
}

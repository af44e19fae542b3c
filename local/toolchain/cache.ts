import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { processStartTime } from "../processes";
import { readIfPresent } from "./files";

/**
 * A folder of the user's cache that is made once, whole or not at all. `make` gets a folder with another name, which is
 * moved into place when it returns. Two checkouts that ask at once: the second waits for the first.
 * @param waiting called when another process is making it
 */
export async function cachedFolder(folder: string, make: (temporary: string) => Promise<void>, waiting: () => void): Promise<{ made: boolean }> {
    if (fs.existsSync(folder)) {
        return { made: false };
    }
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const release = await lock(`${folder}.lock`, waiting);
    try {
        if (fs.existsSync(folder)) {
            return { made: false };
        }
        removeAbandoned(folder);
        const temporary = `${folder}.${randomBytes(4).toString("hex")}.tmp`;
        try {
            fs.mkdirSync(temporary);
            await make(temporary);
            fs.renameSync(temporary, folder);
        } finally {
            fs.rmSync(temporary, { recursive: true, force: true });
        }
        return { made: true };
    } finally {
        release();
    }
}

/**
 * Takes a lock file that names its owner's process; one whose owner is gone is taken over.
 * @returns a function that frees it
 */
export async function lock(file: string, waiting: () => void): Promise<() => void> {
    const mine = `${process.pid} ${processStartTime(process.pid) ?? ""}`;
    // A link, unlike a write, puts name and content there in one step: no reader ever sees an empty lock.
    const draft = `${file}.${randomBytes(4).toString("hex")}`;
    fs.writeFileSync(draft, mine);
    try {
        for (let told = false; ; await sleep(100)) {
            try {
                fs.linkSync(draft, file);
                return () => fs.rmSync(file, { force: true });
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
                    throw error;
                }
            }
            const owner = readIfPresent(file);
            if (owner !== undefined && !isAlive(owner)) {
                takeAway(file, owner);
            } else if (!told && owner !== undefined) {
                told = true;
                waiting();
            }
        }
    } finally {
        fs.rmSync(draft, { force: true });
    }
}

function isAlive(owner: string): boolean {
    const [pid, startTime] = owner.split(" ");
    return processStartTime(Number(pid)) === startTime;
}

/** Renames before deleting: of two waiters only one gets it, and a lock taken meanwhile by a third is put back. */
function takeAway(file: string, owner: string): void {
    const aside = `${file}.${randomBytes(4).toString("hex")}`;
    try {
        fs.renameSync(file, aside);
        if (readIfPresent(aside) !== owner) {
            fs.linkSync(aside, file);
        }
    } catch {
        // Another waiter was faster.
    }
    fs.rmSync(aside, { force: true });
}

/** What a killed predecessor left; the lock is ours, so nobody works on it. */
function removeAbandoned(folder: string): void {
    const start = `${path.basename(folder)}.`;
    for (const name of fs.readdirSync(path.dirname(folder))) {
        if (name.startsWith(start) && name.endsWith(".tmp")) {
            fs.rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
        }
    }
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

type Log = Record<string, Record<string, number>>;

/**
 * When each manifest was pushed. The registry does not tell, and it does not list manifests without a tag; ECR does both, so what passes the
 * registry's public address is written down here. Without an entry the time an image was built stands in.
 */
export class PushLog {
    private readonly log: Log;

    /** @param file Read at once, written at each change. */
    constructor(private readonly file: string) {
        this.log = read(file);
    }

    /** @param at Seconds since 1970. The first push of a digest counts, as on ECR. */
    record(repository: string, digest: string, at: number): void {
        const digests = (this.log[repository] ??= {});
        if (digests[digest] === undefined) {
            digests[digest] = at;
            this.write();
        }
    }

    pushedAt(repository: string, digest: string): number | undefined {
        return this.log[repository]?.[digest];
    }

    digests(repository: string): string[] {
        return Object.keys(this.log[repository] ?? {}).sort();
    }

    forget(repository: string, digest: string): void {
        if (this.log[repository]?.[digest] !== undefined) {
            delete this.log[repository][digest];
            this.write();
        }
    }

    private write(): void {
        mkdirSync(dirname(this.file), { recursive: true });
        const next = `${this.file}.${process.pid}`;
        writeFileSync(next, JSON.stringify(this.log));
        renameSync(next, this.file);
    }
}

function read(file: string): Log {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as Log;
    } catch {
        // Absent on a first run. A damaged file costs push times only.
        return {};
    }
}

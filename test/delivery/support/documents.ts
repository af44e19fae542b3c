import type { Documents } from "../../../delivery/documents";
import { RevisionError } from "../../../delivery/ports";

/** Documents in memory, with a version for every write. */
export class MemoryDocuments implements Documents {
    readonly stored = new Map<string, { text: string; revision: string; changed: number }>();
    private writes = 0;

    constructor(private readonly now: () => number = () => 0) {}

    async read(key: string): Promise<{ text: string; revision: string; version: string } | undefined> {
        const found = this.stored.get(key);
        return found && { text: found.text, revision: found.revision, version: `v-${found.revision}` };
    }

    async mark(key: string): Promise<{ revision: string; version: string } | undefined> {
        const found = await this.read(key);
        return found && { revision: found.revision, version: found.version };
    }

    async write(key: string, text: string, condition?: "absent" | { readonly revision: string }): Promise<string> {
        const found = this.stored.get(key);
        const wanted = condition === "absent" ? undefined : condition?.revision;
        if (condition !== undefined && found?.revision !== wanted) {
            throw new RevisionError(key);
        }
        const revision = String(++this.writes);
        this.stored.set(key, { text, revision, changed: this.now() });
        return revision;
    }

    async list(prefix: string): Promise<{ key: string; changed: number }[]> {
        return [...this.stored]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, { changed }]) => ({ key, changed }))
            .sort((a, b) => (a.key < b.key ? -1 : 1));
    }

    async remove(key: string): Promise<void> {
        this.stored.delete(key);
    }

    /** The document as JSON; fails when it is not there. */
    json(key: string): unknown {
        return JSON.parse(this.stored.get(key)?.text ?? `"no ${key} among ${[...this.stored.keys()].join(", ")}"`);
    }
}

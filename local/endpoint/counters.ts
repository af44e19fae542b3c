/** Counts calls by name (`s3:PutObject`, `registry:PutManifest`), so that a test can assert that something did not happen. */
export class Counters {
    private readonly counts = new Map<string, number>();

    add(name: string): void {
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }

    /** Calls since the start, sorted by name. */
    snapshot(): Record<string, number> {
        return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    }
}

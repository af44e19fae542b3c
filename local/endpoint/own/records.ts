import { readIfPresent, writeAtomically } from "../../toolchain/files";

/** A small table by ARN in a file, written whole at every change. */
export class Records<T> {
    private readonly entries: Record<string, T>;

    constructor(private readonly file: string) {
        this.entries = JSON.parse(readIfPresent(file) ?? "{}") as Record<string, T>;
    }

    get(arn: string): T | undefined {
        return this.entries[arn];
    }

    /** Sorted by ARN. */
    all(): readonly T[] {
        return Object.keys(this.entries).sort().flatMap((arn) => this.entries[arn] ?? []);
    }

    put(arn: string, entry: T): void {
        this.entries[arn] = entry;
        this.write();
    }

    delete(arn: string): void {
        delete this.entries[arn];
        this.write();
    }

    private write(): void {
        writeAtomically(this.file, `${JSON.stringify(this.entries, undefined, 1)}\n`, 0o600);
    }
}

import type { z } from "zod";
import { messageOf } from "../automation/failure";

/** What tells one content of a document from another. */
export interface Mark {
    /** Names this content; its replacement can be made to depend on it. */
    readonly revision: string;
    /** Names this write; absent where the store keeps no versions. */
    readonly version?: string;
}

/** A store of small texts by key, with conditional writes. Tests put one in memory in its place. */
export interface Documents {
    read(key: string): Promise<(Mark & { readonly text: string }) | undefined>;
    /** As `read`, without the text. */
    mark(key: string): Promise<Mark | undefined>;
    /**
     * Answers the new revision.
     * @param condition "absent": write once; a revision: replace only this one.
     * @throws {RevisionError} when the condition does not hold
     */
    write(key: string, text: string, condition?: "absent" | { readonly revision: string }): Promise<string>;
    /** Keys below a prefix, sorted, with the time of their last change in milliseconds since 1970. */
    list(prefix: string): Promise<readonly { readonly key: string; readonly changed: number }[]>;
    /** One that is gone already is fine. */
    remove(key: string): Promise<void>;
}

/** JSON as records are written: sorted by whoever makes them, indented for people, with a closing line break. */
export function toRecord(value: unknown): string {
    return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** @throws Error that names the record: one that cannot be read is not one that is absent. */
export function parseRecord<T>(key: string, text: string, schema: z.ZodType<T>): T {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (error) {
        throw new Error(`The record ${key} is no JSON (${messageOf(error)}). Restore an older version of the object, or delete it.`);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
        const first = parsed.error.issues[0];
        throw new Error(`The record ${key} has an unexpected form (${first?.path.join(".") ?? ""}: ${first?.message ?? ""}). Restore an older version of the object, or delete it.`);
    }
    return parsed.data;
}

import { AwsError } from "../../own/error";
import type { Tag } from "./declaration";

/** Most tags of one resource. */
const MOST = 50;

/** The tags after some were set, by key. */
export function withTags(current: readonly Tag[], added: readonly Tag[]): Tag[] {
    const tags = new Map(current.map((tag) => [tag.key, tag]));
    for (const { key, value } of added) {
        if (key.toLowerCase().startsWith("aws:")) {
            throw new AwsError("InvalidTagsException", `The tag key '${key}' was given; keys that begin with "aws:" are reserved. Choose another key.`);
        }
        tags.set(key, { key, value });
    }
    if (tags.size > MOST) {
        throw new AwsError("TooManyTagsException", `${tags.size} tags were given; a resource can have at most ${MOST}. Remove some.`);
    }
    return [...tags.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

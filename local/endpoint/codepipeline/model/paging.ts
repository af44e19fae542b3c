import { AwsError } from "../../own/error";
import type { Page } from "./requests";

/** One page; the token is the offset of the next one. */
export function page<T>(items: readonly T[], { maxResults, nextToken }: Page, most: number): { readonly items: readonly T[]; readonly nextToken?: string } {
    const from = nextToken === undefined ? 0 : Number(nextToken);
    if (!Number.isSafeInteger(from) || from < 0 || from > items.length) {
        throw new AwsError("InvalidNextTokenException", `The next token '${nextToken}' was not given by an earlier call. Use nextToken of the last answer.`);
    }
    const to = from + (maxResults ?? most);
    return { items: items.slice(from, to), ...(to < items.length ? { nextToken: String(to) } : {}) };
}

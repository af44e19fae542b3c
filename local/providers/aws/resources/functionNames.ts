/** Ways of naming the same function: name, `name:qualifier`, partial and full ARN. */

/** `orders:live` for `arn:aws:lambda:us-east-1:000000000000:function:orders:live`; other texts as they are. */
export function plainName(nameOrArn: string): string {
    const at = nameOrArn.indexOf("function:");
    return at < 0 ? nameOrArn : nameOrArn.slice(at + "function:".length);
}

/** The wish where it names the live function, else the live name. */
export function sameFunction(wished: string | undefined, live: string | undefined): string | undefined {
    if (wished !== undefined && live !== undefined && plainName(wished) === plainName(live)) {
        return wished;
    }
    return live ?? wished;
}

/** Services answer empty values for what was not given. */

export function some<T>(list: readonly T[] | undefined): T[] | undefined {
    return list === undefined || list.length === 0 ? undefined : [...list];
}

export function emptyAsAbsent(text: string | undefined): string | undefined {
    return text === "" ? undefined : text;
}

type Tags = Readonly<Record<string, string>>;

export interface TagChange {
    readonly set: Tags;
    readonly remove: readonly string[];
}

/** What must be called to get from one set of tags to the other. */
export function tagChange(old: Tags | undefined, news: Tags | undefined): TagChange {
    const wished = news ?? {};
    return {
        set: Object.fromEntries(Object.entries(wished).filter(([key, value]) => old?.[key] !== value)),
        remove: Object.keys(old ?? {}).filter((key) => wished[key] === undefined).sort(),
    };
}

/** `[{Key, Value}]`, the form of most services. */
export function tagList(tags: Tags | undefined): { Key: string; Value: string }[] {
    return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

export function tagMap(list: readonly { readonly Key?: string; readonly Value?: string }[] | undefined): Record<string, string> {
    return Object.fromEntries((list ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
}

/** `[{key, value}]`, the form of the services for builds and pipelines. */
export function lowerTagList(tags: Tags | undefined): { key: string; value: string }[] {
    return Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));
}

export function lowerTagMap(list: readonly { readonly key?: string; readonly value?: string }[] | undefined): Record<string, string> {
    return Object.fromEntries((list ?? []).map(({ key, value }) => [key ?? "", value ?? ""]));
}

/** Calls `tag` and `untag` only where there is something to do. */
export async function applyTags(change: TagChange, tag: (tags: Tags) => Promise<unknown>, untag: (keys: string[]) => Promise<unknown>): Promise<void> {
    if (change.remove.length > 0) {
        await untag([...change.remove]);
    }
    if (Object.keys(change.set).length > 0) {
        await tag(change.set);
    }
}

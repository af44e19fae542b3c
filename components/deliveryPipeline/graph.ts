import type { Problem } from "../manifest/problem";

/** Something that comes after others, by name. */
export interface Node {
    readonly name: string;
    readonly after?: readonly string[];
}

export interface Order<T extends Node> {
    /** Each after all that it names, else in the order given. Incomplete when there are problems. */
    readonly sorted: readonly T[];
    /** By name: 1 for what comes after nothing, else one more than the highest of those before. */
    readonly ranks: ReadonlyMap<string, number>;
    readonly problems: readonly Problem[];
}

/**
 * Sorts by dependencies, always in the same way.
 *
 * @param what `stage` or `action`, for problems.
 * @param known Names that exist but take no part here; waiting for one of them means nothing.
 */
export function sortByDependencies<T extends Node>(file: string, what: string, nodes: readonly T[], known: readonly string[] = []): Order<T> {
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const ranks = new Map<string, number>();
    const problems: Problem[] = [];
    for (const { name, after = [] } of nodes) {
        for (const missing of after.filter((before) => !byName.has(before) && !known.includes(before))) {
            problems.push({ file, key: name, value: missing, rule: `comes after a ${what} that there is not`, fix: `name one of ${[...byName.keys()].join(", ")}` });
        }
    }
    const rank = (node: T, path: readonly string[]): number | undefined => {
        const ranked = ranks.get(node.name);
        if (ranked !== undefined) {
            return ranked;
        }
        if (path.includes(node.name)) {
            const cycle = [...path.slice(path.indexOf(node.name)), node.name].join(" -> ");
            problems.push({ file, key: node.name, rule: `waits for itself: ${cycle}`, fix: `remove one \`after\` of these ${what}s` });
            return undefined;
        }
        const before = (node.after ?? []).flatMap((name) => byName.get(name) ?? []);
        const all = before.map((one) => rank(one, [...path, node.name]));
        if (all.includes(undefined)) {
            return undefined;
        }
        const mine = 1 + Math.max(0, ...all.map((one) => one ?? 0));
        ranks.set(node.name, mine);
        return mine;
    };
    for (const node of nodes) {
        // One cycle is enough to know; its other members would report the same one again.
        if (rank(node, []) === undefined) {
            return { sorted: [], ranks, problems };
        }
    }
    const sorted = nodes.toSorted((a, b) => (ranks.get(a.name) ?? 0) - (ranks.get(b.name) ?? 0));
    return { sorted, ranks, problems };
}

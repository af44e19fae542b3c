/** Longer names are never worth a proposal, and comparing them costs quadratic time. */
const LONGEST = 64;

/**
 * The candidate that was probably meant, or undefined when none is close.
 * Case, hyphens and underscores weigh nothing; otherwise up to a third of the letters may differ.
 * Of equally near candidates the alphabetically first is taken.
 */
export function nearest(given: string, candidates: Iterable<string>): string | undefined {
    const wanted = plain(given);
    if (wanted === "" || wanted.length > LONGEST) {
        return undefined;
    }
    let best: { readonly name: string; readonly distance: number } | undefined;
    for (const name of [...candidates].sort()) {
        const other = plain(name);
        if (other.length > LONGEST || Math.abs(other.length - wanted.length) > 4) {
            continue;
        }
        const distance = editDistance(wanted, other);
        if (best === undefined || distance < best.distance) {
            best = { name, distance };
        }
    }
    const allowed = Math.max(1, Math.floor(wanted.length / 3));
    return best !== undefined && best.distance <= allowed ? best.name : undefined;
}

/** `; did you mean "x"?` or nothing; put behind a rule. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
    const name = nearest(given, candidates);
    return name === undefined ? "" : `; did you mean ${JSON.stringify(name)}?`;
}

/** `"a", "b" or "c"`; `none` for an empty list. */
export function listNames(names: readonly string[], conjunction = "or"): string {
    const quoted = names.map((name) => JSON.stringify(name));
    const last = quoted.at(-1);
    if (last === undefined) {
        return "none";
    }
    return quoted.length === 1 ? last : `${quoted.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

function plain(name: string): string {
    return name.toLowerCase().replace(/[-_]/g, "");
}

/** Insertions, deletions, substitutions and exchanges of neighbours. */
function editDistance(a: string, b: string): number {
    let beforeLast: number[] = [];
    let last = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let row = 1; row <= a.length; row++) {
        const current = [row];
        for (let column = 1; column <= b.length; column++) {
            const cost = a[row - 1] === b[column - 1] ? 0 : 1;
            let distance = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + cost);
            if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
                distance = Math.min(distance, at(beforeLast, column - 2) + 1);
            }
            current.push(distance);
        }
        beforeLast = last;
        last = current;
    }
    return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
    return row[index] ?? Number.MAX_SAFE_INTEGER;
}

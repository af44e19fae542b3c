const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** What is wrong with an image reference that must be pinned, or undefined. */
export function pinnedReferenceFault(reference: string): string | undefined {
    if (DIGEST.test(reference)) {
        const name = reference.replace(DIGEST, "");
        return /^(?:[a-z0-9.-]+(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/i.test(name)
            ? undefined
            : "has a form that is no image reference";
    }
    if (/@/.test(reference)) {
        return "has a digest that is not sha256 with 64 of 0 to 9 and a to f";
    }
    if (reference.endsWith(":latest")) {
        return "has the tag latest, which means another image every day, and no digest";
    }
    return /:[^/]+$/.test(reference) ? "has a tag only; a tag can be moved to another image" : "has neither tag nor digest";
}

/** Forms of well-known credentials. A match anywhere in a text is enough. */
const FORMS: readonly RegExp[] = [
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
    /-----BEGIN [A-Z ]*PRIVATE KEY/,
    /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
    /\bgh[opsur]_[A-Za-z0-9]{30,}/,
    /\bgithub_pat_[A-Za-z0-9_]{30,}/,
    /\bglpat-[A-Za-z0-9_-]{20,}/,
    /\b[rs]k_live_[A-Za-z0-9]{16,}/,
    /\bsk-[A-Za-z0-9_-]{32,}/,
    /\bnpm_[A-Za-z0-9]{36}\b/,
    /\bAIza[A-Za-z0-9_-]{35}/,
    /\bpul-[0-9a-f]{40}\b/,
    /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
    /\bhttps:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/,
    /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,100}:[^\s:/@]{3,200}@/i,
];

/** Ends of names that hold credentials, as in BuildKit's check SecretsUsedInArgOrEnv; plain `KEY` is left out: partition keys are no secrets. */
const NAMES = /(?:^|_)(?:password|passwd|pword|secret|token|credentials?|api_?key|private_?key|secret_?key|access_?key|encryption_?key)$/i;

/** Bits per character. Hexadecimal digests stay below 4; random base64 of 32 characters is above 4.2 nearly always. */
const RANDOM_BITS = 4.1;
/**
 * Share of characters that differ in kind from the one before (small letter to capital, letter to digit, digit to letter). Random base64
 * has about 0.4; paths and names in camel case, which are made of words, have less than 0.2.
 */
const RANDOM_CHANGES = 0.26;

/** Whether a text contains something that is probably a credential. Such a text is never shown. */
export function looksSecret(text: string): boolean {
    const sample = text.length > 20_000 ? text.slice(0, 20_000) : text;
    return FORMS.some((form) => form.test(sample)) || randomRun(sample);
}

/** Whether a name says that its value is a credential, like `DATABASE_PASSWORD`; `PASSWORD_LENGTH` does not. */
export function nameSaysSecret(name: string): boolean {
    return NAMES.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** Whether any text inside a value looks secret. */
export function holdsSecret(value: unknown): boolean {
    if (typeof value === "string") {
        return looksSecret(value);
    }
    if (typeof value !== "object" || value === null) {
        return false;
    }
    return Object.entries(value).some(
        ([key, item]) => looksSecret(key) || (nameSaysSecret(key) && typeof item === "string" && item !== "") || holdsSecret(item),
    );
}

/** Base64-like runs of 32 characters and more: AWS secret keys have 40 and no form of their own. */
function randomRun(text: string): boolean {
    return (text.match(/[A-Za-z0-9+/_=-]{32,}/g) ?? []).some(
        (run) =>
            /[a-z]/.test(run) &&
            /[A-Z]/.test(run) &&
            /[0-9]/.test(run) &&
            (run.match(/(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]/g) ?? []).length / run.length >= RANDOM_CHANGES &&
            bitsPerCharacter(run) >= RANDOM_BITS,
    );
}

function bitsPerCharacter(text: string): number {
    const counts = new Map<string, number>();
    for (const character of text) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    let bits = 0;
    for (const count of counts.values()) {
        bits -= (count / text.length) * Math.log2(count / text.length);
    }
    return bits;
}

/** A configuration value as somebody wrote it. */
export interface RawValue {
    /** Texts, numbers, booleans or nested values; the engine hands everything over as text. */
    readonly value: unknown;
    /** Encrypted (`secure:`); the value is then not known, or must not be shown. */
    readonly encrypted?: boolean;
    /** Project-relative. */
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
}

/** Everything that a stack's configuration says, by full key like `container-lambdas:images` or `aws:region`. */
export interface RawConfiguration {
    readonly project: string;
    readonly stack: string;
    readonly values: Readonly<Record<string, RawValue>>;
}

/** A configuration as the engine hands it over: texts by full key. */
export function rawConfiguration(project: string, stack: string, texts: Readonly<Record<string, unknown>>): RawConfiguration {
    const file = stackFileName(stack);
    return { project, stack, values: Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, { value, file }])) };
}

/** `Pulumi.dev.yaml` for `dev`. */
export function stackFileName(stack: string): string {
    return `Pulumi.${stack}.yaml`;
}

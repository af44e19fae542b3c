export type ShellKind = "sh" | "fish";

/** Lines that export the variables, sorted by name, for `eval` in bash and zsh or `source` in fish. */
export function formatExports(variables: Readonly<Record<string, string>>, shell: ShellKind): string[] {
    return Object.keys(variables)
        .sort()
        .map((name) =>
            shell === "fish" ? `set -gx ${name} ${fishValue(name, variables[name])}` : `export ${name}=${quoteForSh(variables[name])}`,
        );
}

/** A word in single quotes: nothing in it is expanded. */
export function quoteForSh(value: string): string {
    return `'${value.replaceAll("'", `'\\''`)}'`;
}

// Inside fish's single quotes only \\ and \' are escapes. PATH is a list there.
function fishValue(name: string, value: string): string {
    const quote = (part: string): string => `'${part.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    return name === "PATH" ? value.split(":").map(quote).join(" ") : quote(value);
}

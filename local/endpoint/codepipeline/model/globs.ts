/**
 * A trigger's pattern as a regular expression, by the rules of CodePipeline's glob syntax: `*` and `?` stay within a name, `**` crosses
 * directories, `[ ]` is a set (negated by `!`), `{a,b}` alternatives without nesting, `\` takes the next character as it is.
 */
export function globToRegExp(pattern: string): RegExp {
    let source = "";
    let inGroup = false;
    for (let at = 0; at < pattern.length; at++) {
        const char = pattern[at] ?? "";
        if (char === "\\") {
            at++;
            source += escape(pattern[at] ?? "\\");
        } else if (char === "*" && pattern[at + 1] === "*") {
            at++;
            source += ".*";
        } else if (char === "*") {
            source += "[^/]*";
        } else if (char === "?") {
            source += "[^/]";
        } else if (char === "[" && pattern.indexOf("]", at + 1) > 0) {
            const end = pattern.indexOf("]", at + 2);
            source += set(pattern.slice(at + 1, end));
            at = end;
        } else if (char === "{" && !inGroup && pattern.indexOf("}", at) > 0) {
            inGroup = true;
            source += "(?:";
        } else if (char === "}" && inGroup) {
            inGroup = false;
            source += ")";
        } else if (char === "," && inGroup) {
            source += "|";
        } else {
            source += escape(char);
        }
    }
    return new RegExp(`^${source}$`, "s");
}

function set(content: string): string {
    const negated = content.startsWith("!");
    const members = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, "\\$&");
    return `(?!/)[${negated ? "^" : ""}${members}]`;
}

function escape(char: string): string {
    return char.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
}

import { codePoint } from "./text";

/** Names of functions, handlers and images: lower-case letters, digits and hyphens, 2 to 40 characters. */
export const NAME_PATTERN = /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/;

export interface NameFault {
    readonly rule: string;
    readonly fix: string;
}

const NAME_FIX = "use 2 to 40 of a to z, 0 to 9 and hyphen, beginning with a letter and not ending with a hyphen";

/** What is wrong with a function's name, or undefined. Characters are told by code point, never shown. */
export function nameFault(name: string): NameFault | undefined {
    if (name === "") {
        return { rule: "the name is empty", fix: NAME_FIX };
    }
    const odd = [...name].findIndex((character) => !/[a-z0-9-]/.test(character));
    if (odd >= 0) {
        const character = [...name][odd] ?? "";
        return { rule: `the name contains ${describeCharacter(character)} at position ${odd + 1}`, fix: NAME_FIX };
    }
    if (name.length < 2 || name.length > 40) {
        return { rule: `the name has ${name.length} characters (limit: 2 to 40; source: this project)`, fix: NAME_FIX };
    }
    if (!NAME_PATTERN.test(name)) {
        return { rule: name.endsWith("-") ? "the name ends with a hyphen" : "the name does not begin with a letter", fix: NAME_FIX };
    }
    if (name.includes("--")) {
        return { rule: "the name has two hyphens in a row, which repository names must not have (source: ECR API)", fix: "use one hyphen" };
    }
    return undefined;
}

/** Equal for names that would collide: case, Unicode form and `_` against `-` do not count. */
export function normalName(name: string): string {
    return name.normalize("NFKC").toLowerCase().replace(/[_-]+/g, "-");
}

export interface Derived {
    readonly what: string;
    readonly limit: number;
    readonly name: string;
}

/** How many of a function's triggers have a resource with a physical name of their own. */
export interface TriggerCounts {
    readonly schedules: number;
    readonly rules: number;
}

const NO_TRIGGERS: TriggerCounts = { schedules: 0, rules: 0 };

/** Physical names that the program makes out of a function's or image's name, with the limits of AWS. */
export function derivedNames(project: string, stack: string, name: string, kind: "function" | "image", triggers: TriggerCounts = NO_TRIGGERS): readonly Derived[] {
    if (kind === "image") {
        return [{ what: "repository name", limit: 256, name: `${project}-${stack}/${name}` }];
    }
    const physical = `${project}-${stack}-${name}`;
    return [
        { what: "function name", limit: 64, name: physical },
        { what: "role name", limit: 64, name: physical },
        { what: "dead-letter queue name", limit: 80, name: `${physical}-dlq` },
        { what: "log group name", limit: 512, name: `/aws/lambda/${physical}` },
        ...(triggers.rules > 0 ? [{ what: "rule name", limit: 64, name: numbered(physical, triggers.rules - 1) }] : []),
        ...(triggers.schedules > 0
            ? [
                  { what: "schedule name", limit: 64, name: numbered(physical, triggers.schedules - 1) },
                  { what: "role name of its schedule", limit: 64, name: `${numbered(physical, triggers.schedules - 1)}-schedule` },
              ]
            : []),
    ];
}

/** `base`, `base-2`, `base-3` …: adding a trigger at the end renames none. */
export function numbered(base: string, index: number): string {
    return index === 0 ? base : `${base}-${index + 1}`;
}

/** The fault of the derived name that is most over its limit, with how short the function's name must be. */
export function derivedNameFault(
    project: string,
    stack: string,
    name: string,
    kind: "function" | "image",
    triggers?: TriggerCounts,
): NameFault | undefined {
    const over = derivedNames(project, stack, name, kind, triggers)
        .map((derived) => ({ ...derived, excess: derived.name.length - derived.limit }))
        .filter(({ excess }) => excess > 0)
        .sort((a, b) => b.excess - a.excess)[0];
    if (over === undefined) {
        return undefined;
    }
    const room = name.length - over.excess;
    const fix =
        room >= 2
            ? `shorten the ${kind}'s name to at most ${room} characters`
            : `shorten the name of project or stack by at least ${over.excess} characters in total`;
    return { rule: `the derived ${over.what} has ${over.name.length} characters (limit: ${over.limit}; source: AWS API)`, fix };
}

const STACK_AND_PROJECT = "use a to z, 0 to 9 and single hyphens between them: repository and function names are made of it";

/** What is wrong with the project's or stack's name: the engine's rule first, then what names made of it need. */
export function projectOrStackFault(what: "project" | "stack", name: string): NameFault | undefined {
    if (name.length < 1 || name.length > 100) {
        return {
            rule: `the ${what} name has ${name.length} characters (limit: 1 to 100; source: Pulumi engine)`,
            fix: `choose another ${what} name`,
        };
    }
    const odd = [...name].findIndex((character) => !/[A-Za-z0-9_.-]/.test(character));
    if (odd >= 0) {
        const character = [...name][odd] ?? "";
        return {
            rule: `the ${what} name contains ${describeCharacter(character)} at position ${odd + 1} (allowed: letters, digits, _ . -; source: Pulumi engine)`,
            fix: STACK_AND_PROJECT,
        };
    }
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
        return { rule: `the ${what} name does not fit into the names made of it (source: ECR and Lambda APIs)`, fix: STACK_AND_PROJECT };
    }
    return undefined;
}

/** `"x"` for printable ASCII, else the code point alone. */
export function describeCharacter(character: string): string {
    return /^[\x21-\x7e]$/.test(character) ? `${JSON.stringify(character)} (${codePoint(character)})` : codePoint(character);
}

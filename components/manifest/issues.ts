import { z } from "zod";
import { explained } from "./explain";
import { KeyPath, valueAt } from "./keyPath";
import { didYouMean, listNames, nearest } from "./nearest";
import { Problem, quote } from "./problem";
import { holdsSecret, nameSaysSecret } from "./secretText";
import { KEYS_OF_ZIP_FUNCTIONS } from "./spellings";
import { levelsOf, knownKeys } from "./schemaKeys";
import { YamlDocument } from "./yamlDocument";

type Issue = z.core.$ZodIssue;

/** Other spellings of a value, by the key they belong to. */
export type Spellings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Turns what zod says into problems with position, rule and fix; unknown keys get one each. */
export function explainIssues(issues: readonly Issue[], schema: z.ZodType, document: YamlDocument, spellings: Spellings): Problem[] {
    return issues.flatMap((issue) => explainIssue(issue, [], schema, document, spellings));
}

function explainIssue(issue: Issue, base: KeyPath, schema: z.ZodType, document: YamlDocument, spellings: Spellings): Problem[] {
    const path = [...base, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
    if (issue.code === "unrecognized_keys") {
        const known = knownKeys(schema, path, document.value);
        return issue.keys.map((key) => unknownKey(key, [...path, key], known, schema, document));
    }
    if (issue.code === "invalid_union") {
        const branch = meantBranch(issue, valueAt(document.value, path));
        const own = explained(issue.message);
        if (branch !== undefined && (branch.fits || own === undefined)) {
            return branch.issues.flatMap((inner) => explainIssue(inner, path, schema, document, spellings));
        }
    }
    return [valueProblem(issue, path, document, spellings)];
}

function unknownKey(key: string, path: KeyPath, known: readonly string[], schema: z.ZodType, document: YamlDocument): Problem {
    const levels = levelsOf(schema, key);
    const meant = nearest(key, known);
    const options = { atKey: true, hideValue: true } as const;
    const foreign = Object.hasOwn(KEYS_OF_ZIP_FUNCTIONS, key.toLowerCase()) ? KEYS_OF_ZIP_FUNCTIONS[key.toLowerCase()] : undefined;
    if (foreign !== undefined && path.length === 1) {
        return document.problem(path, "is not used with container images (source: Lambda API, CreateFunction)", foreign, options);
    }
    if (levels.length > 0 && (meant === undefined || !sameLetters(meant, key))) {
        return document.problem(path, `is not a key here; it belongs to ${levels.join(" or ")}`, "move it there", options);
    }
    if (meant !== undefined) {
        return document.problem(
            path,
            `is an unknown key; did you mean ${JSON.stringify(meant)}?`,
            `write ${meant}, or remove the key`,
            options,
        );
    }
    return document.problem(path, "is an unknown key", known.length === 0 ? "remove it" : `use one of ${known.join(", ")}`, options);
}

function valueProblem(issue: Issue, path: KeyPath, document: YamlDocument, spellings: Spellings): Problem {
    const given = valueAt(document.value, path);
    const key = path.at(-1);
    const hideValue = path.some((part) => typeof part === "string" && nameSaysSecret(part)) || holdsSecret(given);
    const problem = (rule: string, fix: string): Problem => document.problem(path, rule, fix, { hideValue });
    if (given === undefined && issue.code !== "invalid_union") {
        return document.problem(path.slice(0, -1), `lacks the key ${String(key)}`, "add it", { hideValue: true, atKey: true });
    }
    if (given === null) {
        return problem("has no value", "give it a value, or remove the key");
    }
    const own = explained(issue.message);
    if (own !== undefined) {
        return problem(own.rule, own.fix);
    }
    if (issue.code === "invalid_value") {
        const allowed = issue.values.map(String);
        const meant = typeof given === "string" && typeof key === "string" ? spellings[key]?.[given.toLowerCase()] : undefined;
        const proposal =
            meant !== undefined ? `; did you mean ${JSON.stringify(meant)}?` : typeof given === "string" ? didYouMean(given, allowed) : "";
        return problem(`must be ${listNames(allowed)}${proposal}`, meant !== undefined ? `write ${meant}` : "write one of these");
    }
    if (issue.code === "invalid_type" || issue.code === "invalid_union") {
        const expected = issue.code === "invalid_type" ? issue.expected : "another type";
        if (expected === "string" && (typeof given === "number" || typeof given === "boolean")) {
            return problem("must be a text", hideValue ? "write it in quotes" : `write it in quotes: ${quote(String(given))}`);
        }
        if (expected === "boolean") {
            return problem("must be true or false", "write true or false, without quotes");
        }
        return problem(`must be ${typeName(expected)}, not ${typeName(typeOf(given))}`, `write ${typeName(expected)}`);
    }
    return problem(`is not valid: ${issue.message}`, "correct the value");
}

/** The alternative of a union that was probably meant: the one that fits the value's form. */
function meantBranch(
    issue: z.core.$ZodIssueInvalidUnion,
    given: unknown,
): { readonly issues: readonly Issue[]; readonly fits: boolean } | undefined {
    const scored = issue.errors.map((issues) => ({ issues, score: misfit(issues, given) }));
    const best = Math.min(...scored.map(({ score }) => score));
    const meant = scored.filter(({ score }) => score === best);
    const only = meant[0];
    return only !== undefined && meant.length === 1 && best < 2 ? { issues: only.issues, fits: best === 0 } : undefined;
}

/** 0: right form; 1: right type, other value; 2: another type, or a required key is absent. */
function misfit(issues: readonly Issue[], given: unknown): 0 | 1 | 2 {
    if (
        issues.some(
            (issue) =>
                issue.code === "invalid_type" &&
                (issue.path.length === 0 || (issue.path.length === 1 && valueAt(given, issue.path.map(String)) === undefined)),
        )
    ) {
        return 2;
    }
    if (issues.some((issue) => issue.code === "invalid_value" && issue.path.length === 0)) {
        return typeof given === "string" ? 1 : 2;
    }
    return 0;
}

function sameLetters(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}

function typeOf(value: unknown): string {
    return Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function typeName(type: string): string {
    const names: Readonly<Record<string, string>> = {
        string: "a text",
        number: "a number",
        int: "a whole number",
        boolean: "true or false",
        array: "a list",
        object: "a map",
        record: "a map",
        null: "nothing",
    };
    return Object.hasOwn(names, type) ? (names[type] ?? type) : type;
}

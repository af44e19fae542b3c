import { writtenPathFault } from "../manifest/files";
import { didYouMean, listNames } from "../manifest/nearest";
import { ARCHITECTURE_SPELLINGS } from "../manifest/spellings";
import type { Definition, WholeNumber } from "./definitionKinds";
import type { SettingName } from "./definitions";

export interface SettingFault {
    readonly rule: string;
    readonly fix: string;
}

/** The text of a scalar; undefined for maps, lists and nothing. */
export function textOf(value: unknown): string | undefined {
    return typeof value === "string" || typeof value === "boolean" || typeof value === "number" ? String(value) : undefined;
}

/** What is wrong with the value of a setting, or undefined. Numbers and booleans may stand in quotes: `pulumi config set` writes them so. */
export function settingFault(name: SettingName, definition: Definition, value: unknown): SettingFault | undefined {
    const text = textOf(value);
    if (text === undefined) {
        return { rule: "must be one plain value", fix: `set it with pulumi config set ${name} ${example(definition)}` };
    }
    const fix = `set it with pulumi config set ${name} ${example(definition)}`;
    switch (definition.kind) {
        case "choice": {
            if (definition.values.includes(text)) {
                return undefined;
            }
            const spelling = name === "architecture" ? ARCHITECTURE_SPELLINGS[text.toLowerCase()] : undefined;
            const meant = spelling === undefined ? didYouMean(text, definition.values) : `; did you mean ${JSON.stringify(spelling)}?`;
            return { rule: `must be ${listNames(definition.values)}${meant}`, fix };
        }
        case "flag":
            return text === "true" || text === "false" ? undefined : { rule: "must be true or false", fix };
        case "number":
            return numberFault(definition, text, fix);
        case "path":
            return text === "" && definition.default === "" ? undefined : writtenPathFault(text);
        case "text":
            return (text === "" && definition.default === "") || definition.pattern.test(text) ? undefined : { rule: `is no ${definition.what}`, fix };
    }
}

function numberFault({ minimum, maximum, values, source }: WholeNumber, text: string, fix: string): SettingFault | undefined {
    const limit = `limit: ${minimum} to ${maximum}; source: ${source}`;
    if (!/^(?:0|-?[1-9][0-9]*)$/.test(text)) {
        return { rule: `must be a whole number (${limit})`, fix };
    }
    const number = Number(text);
    if (number < minimum || number > maximum) {
        return { rule: `is ${number < minimum ? `below ${minimum}` : `above ${maximum}`} (${limit})`, fix };
    }
    if (values === undefined || values.includes(number)) {
        return undefined;
    }
    const below = Math.max(...values.filter((value) => value < number));
    const above = Math.min(...values.filter((value) => value > number));
    return {
        rule: `is none of the ${values.length} allowed values (source: ${source}); nearest: ${below} or ${above}`,
        fix: `use ${below} or ${above}`,
    };
}

function example(definition: Definition): string {
    if (definition.kind === "text") {
        return definition.example;
    }
    return definition.default === "" ? "VALUE" : String(definition.default);
}

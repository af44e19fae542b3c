import { parseArgs } from "node:util";
import { quote } from "../components/manifest/problem";
import { exitCodeHelp } from "./exitCodes";
import { badInput, didYouMean } from "./failure";

export interface ArgumentSpec {
    readonly name: string;
    readonly description: string;
    /** @default true */
    readonly required?: boolean;
}

export interface OptionSpec {
    readonly name: string;
    readonly description: string;
    /** Name of the value in the help; absent for a switch. */
    readonly value?: string;
    readonly choices?: readonly string[];
}

/** Words and options of one call, checked against the command's own lists. */
export interface ParsedArguments {
    readonly words: readonly string[];
    readonly values: Readonly<Record<string, string>>;
    readonly switches: ReadonlySet<string>;
}

export interface CommandSpec {
    readonly name: string;
    readonly summary: string;
    readonly arguments: readonly ArgumentSpec[];
    readonly options: readonly OptionSpec[];
    /** Lines below the options in the help. */
    readonly notes?: readonly string[];
}

const common: readonly OptionSpec[] = [
    { name: "json", description: "print one JSON document as the last line of stdout; progress goes to stderr" },
    { name: "help", description: "print this" },
];

/**
 * Checks what follows the command's name. Throws a failure with exit status 2 that names the nearest option for an
 * unknown one, the choices for a wrong value, and what is missing or too much.
 */
export function parseCommand(spec: CommandSpec, argv: readonly string[]): ParsedArguments {
    const options = [...spec.options, ...common];
    const { positionals, tokens } = parseArgs({
        args: [...argv],
        strict: false,
        allowPositionals: true,
        tokens: true,
        options: Object.fromEntries(options.map((option) => [option.name, { type: option.value === undefined ? "boolean" : "string" }] as const)),
    });
    const values: Record<string, string> = {};
    const switches = new Set<string>();
    for (const token of tokens) {
        if (token.kind !== "option") {
            continue;
        }
        const option = options.find(({ name }) => name === token.name);
        if (option === undefined) {
            throw badInput({
                given: `${spec.name}: unknown option ${quote(token.rawName)}.${didYouMean(`--${token.name}`, options.map(({ name }) => `--${name}`))}`,
                next: `see "${usage(spec)}" with --help.`,
            });
        }
        if (option.value === undefined) {
            if (token.value !== undefined) {
                throw badInput({ given: `${spec.name}: --${option.name} takes no value, and ${quote(token.value)} was given.`, next: `use --${option.name} alone.` });
            }
            switches.add(option.name);
            continue;
        }
        if (token.value === undefined || token.value === "") {
            throw badInput({ given: `${spec.name}: --${option.name} has no value.`, next: `write --${option.name} ${option.value}.` });
        }
        if (option.choices !== undefined && !option.choices.includes(token.value)) {
            throw badInput({
                given: `${spec.name}: --${option.name} is ${quote(token.value)}.${didYouMean(token.value, option.choices)}`,
                allowed: `Allowed: ${option.choices.join(", ")}.`,
                next: `write --${option.name} with one of these.`,
            });
        }
        values[option.name] = token.value;
    }
    if (!switches.has("help")) {
        checkWords(spec, positionals);
    }
    return { words: positionals, values, switches };
}

function checkWords(spec: CommandSpec, words: readonly string[]): void {
    const missing = spec.arguments.slice(words.length).find(({ required }) => required !== false);
    if (missing !== undefined) {
        throw badInput({ given: `${spec.name}: ${missing.name} is missing (${missing.description}).`, next: `write ${usage(spec)}.` });
    }
    if (words.length > spec.arguments.length) {
        throw badInput({ given: `${spec.name}: ${quote(words[spec.arguments.length])} is one word too many.`, next: `write ${usage(spec)}.` });
    }
}

/** How a command is written behind `npm run`. */
export function usage(spec: CommandSpec): string {
    const words = spec.arguments.map(({ name, required }) => (required === false ? `[${name}]` : name));
    const options = spec.options.length > 0 ? ["[OPTIONS]"] : [];
    const rest = [...words, ...options];
    return `npm run ${spec.name}${rest.length > 0 ? ` -- ${rest.join(" ")}` : ""}`;
}

export function helpOf(spec: CommandSpec): string {
    const rows = [
        ...spec.arguments.map(({ name, description }) => [name, description]),
        ...[...spec.options, ...common].map(({ name, value, choices, description }) => [
            `--${name}${value === undefined ? "" : ` ${choices?.join("|") ?? value}`}`,
            description,
        ]),
    ];
    const width = Math.max(...rows.map(([left]) => left.length));
    return [
        `${usage(spec)}`,
        "",
        spec.summary,
        "",
        ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
        "",
        ...(spec.notes ?? []),
        exitCodeHelp,
    ].join("\n");
}

/** The list of commands, for no command at all and for `--help`. */
export function helpOfAll(specs: readonly CommandSpec[]): string {
    const width = Math.max(...specs.map((spec) => usage(spec).length));
    return [
        "Commands (each with --help and --json):",
        "",
        ...specs.map((spec) => `  ${usage(spec).padEnd(width)}  ${spec.summary}`),
        "",
        exitCodeHelp,
    ].join("\n");
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { formatProblems, quote } from "../../components/manifest/problem";
import { emulatorProblem } from "../../components/settings/emulator";
import { parseSeedSettings, type SeedSettings } from "../../bootstrap/settings";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure, didYouMean, messageOf } from "../failure";
import { isRecord } from "../json";

/** Where the seed's program is, below the checkout. */
export const SEED_FOLDER = "bootstrap";

export interface SeedFile {
    /** Name of the seed's stack, and of its file. */
    readonly account: string;
    /** Relative to the checkout. */
    readonly file: string;
    readonly settings: SeedSettings;
    readonly region: string;
}

/** Reads and checks the stack file of a seed, without an engine. Throws a failure with exit status 2, or 4 where the shell leads elsewhere. */
export function readSeedFile(root: string, account: string, environment: NodeJS.ProcessEnv): SeedFile {
    const folder = join(root, SEED_FOLDER);
    const known = readdirSync(folder).flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? []).sort();
    const file = `${SEED_FOLDER}/Pulumi.${account}.yaml`;
    if (!known.includes(account)) {
        throw badInput({
            given: `The account ${quote(account)} has no settings file ${file}.${didYouMean(account, known)}`,
            allowed: `Accounts of this checkout: ${known.join(", ") || "none"}. Another one needs:\n${TEMPLATE.map((line) => `    ${line}`).join("\n")}`,
            next: `write ${file}, with the stacks that get a pipeline, and start again.`,
        });
    }
    const project = configOf(join(folder, "Pulumi.yaml"));
    const given = configOf(join(root, file));
    const namespace = `${nameOf(join(folder, "Pulumi.yaml"))}:`;
    const defaults = Object.entries(project).flatMap(([key, entry]) => (isRecord(entry) && entry.default !== undefined ? [[key, entry.default] as const] : []));
    const own = Object.entries(given).flatMap(([key, value]) => (key.startsWith(namespace) ? [[key.slice(namespace.length), value] as const] : []));
    const { settings, problems } = parseSeedSettings(file, Object.fromEntries([...defaults, ...own]));
    if (settings === undefined) {
        throw badInput({ given: formatProblems(problems), next: "correct these and start again." });
    }
    const region = given["aws:region"];
    if (typeof region !== "string" || region === "") {
        throw badInput({ given: `${file}: aws:region is missing.`, next: "add it: everything of the seed is made in one region." });
    }
    const guard = settings.runsOn === "account" ? emulatorProblem(settings.runsOn, environment) : undefined;
    if (guard !== undefined) {
        throw new CommandFailure(ExitCode.refused, {
            given: `Account ${quote(account)}: ${guard.key ?? "the environment"} is ${quote(guard.value)}. It ${guard.rule}.`,
            next: guard.fix.endsWith(".") ? guard.fix : `${guard.fix}.`,
        });
    }
    return { account, file, settings, region };
}

/** Sets values in a stack file and keeps its comments and order. @returns whether anything changed */
export function writeStackFile(path: string, values: Readonly<Record<string, string | boolean>>): boolean {
    const text = readFileSync(path, "utf8");
    const document = parseDocument(text);
    for (const [key, value] of Object.entries(values)) {
        if (document.getIn(["config", key]) !== value) {
            document.setIn(["config", key], value);
        }
    }
    const written = document.toString({ indent: 2, lineWidth: 0 });
    if (written === text) {
        return false;
    }
    writeFileSync(path, written);
    return true;
}

/** The values of a stack file; empty where there is none. */
export function configOf(path: string): Readonly<Record<string, unknown>> {
    const value = contentOf(path);
    return isRecord(value) && isRecord(value.config) ? value.config : {};
}

/** Whether the engine has a key for the secrets of the stack. */
export function hasKey(path: string): boolean {
    const value = contentOf(path);
    return isRecord(value) && (typeof value.encryptedkey === "string" || typeof value.encryptionsalt === "string");
}

function nameOf(path: string): string {
    const value = contentOf(path);
    return isRecord(value) && typeof value.name === "string" ? value.name : "";
}

function contentOf(path: string): unknown {
    if (!existsSync(path)) {
        return undefined;
    }
    try {
        return parseDocument(readFileSync(path, "utf8"), { strict: true }).toJS();
    } catch (error) {
        throw badInput({ given: `${path} is not YAML: ${messageOf(error)}`, next: "correct it." });
    }
}

const TEMPLATE = [
    "config:",
    "  aws:region: REGION",
    "  container-lambdas-bootstrap:repository: OWNER/NAME",
    "  container-lambdas-bootstrap:environments:",
    "    - stack: dev",
    "      delivery: branch",
    "    - stack: prod",
    "      delivery: tag",
    "      releasesFrom: dev",
];

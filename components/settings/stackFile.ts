import { namesIn, readRequiredFile } from "../manifest/files";
import { projectOrStackFault } from "../manifest/names";
import { didYouMean } from "../manifest/nearest";
import { Problem, sortProblems } from "../manifest/problem";
import { parseYaml, YamlDocument } from "../manifest/yamlDocument";
import { ParsedSettings, parseSettings } from "./parseSettings";
import { RawValue, stackFileName } from "./rawConfiguration";

const PROJECT_FILE = "Pulumi.yaml";

/**
 * Reads a stack's settings from the files, without an engine: for commands that check everything before they start one. Problems point
 * at lines. Values that only an engine could decrypt are not looked at. Never throws.
 */
export function readStackFile(root: string, stack: string): ParsedSettings {
    const fault = projectOrStackFault("stack", stack);
    if (fault !== undefined) {
        return { problems: [{ file: "stack", value: stack, ...fault }] };
    }
    const file = stackFileName(stack);
    const project = readYaml(root, PROJECT_FILE, "restore the project's Pulumi.yaml");
    const present = stacksOf(root);
    const settings = present.includes(stack)
        ? readYaml(root, file, `write ${file}, or remove it`)
        : {
              problems: [
                  {
                      file,
                      rule: `the stack has no settings${didYouMean(stack, present)} (stacks with settings: ${present.join(", ") || "none"})`,
                      fix: `choose another stack, or make ${file} with aws:region`,
                  },
              ],
          };
    const problems = [...project.problems, ...settings.problems];
    if (project.document === undefined || settings.document === undefined) {
        return { problems: sortProblems(problems) };
    }
    const name = memberOf(project.document.value, "name");
    const projectName = typeof name === "string" ? name : "";
    const values = new Map<string, RawValue>([
        ...projectValues(project.document, projectName),
        ...stackValues(settings.document, problems),
    ]);
    const parsed = parseSettings({ project: projectName, stack, values: Object.fromEntries(values) });
    const all = [...problems, ...parsed.problems];
    return all.length > 0 ? { problems: sortProblems(all) } : parsed;
}

/** Stacks that have a settings file, sorted. */
export function stacksOf(root: string): readonly string[] {
    return namesIn(root).flatMap((name) => /^Pulumi\.([A-Za-z0-9_.-]+)\.yaml$/.exec(name)?.[1] ?? []);
}

function readYaml(root: string, file: string, hint: string): { readonly document?: YamlDocument; readonly problems: readonly Problem[] } {
    const { bytes, problems } = readRequiredFile(root, file, ".", hint);
    return bytes === undefined ? { problems } : parseYaml(file, bytes);
}

/** Defaults of the project's own keys, and values of other namespaces; both may stand plainly or in a map. */
function projectValues(document: YamlDocument, project: string): [string, RawValue][] {
    return Object.entries(configOf(document)).flatMap(([key, entry]): [string, RawValue][] => {
        const full = key.includes(":") ? key : `${project}:${key}`;
        const isMap = typeof entry === "object" && entry !== null && !Array.isArray(entry);
        const value: unknown = isMap ? (memberOf(entry, "value") ?? memberOf(entry, "default")) : entry;
        return value === undefined || value === null ? [] : [[full, { value, file: document.file, ...document.locate(["config", key]) }]];
    });
}

function stackValues(document: YamlDocument, problems: Problem[]): [string, RawValue][] {
    return Object.entries(configOf(document)).flatMap(([key, value]): [string, RawValue][] => {
        if (!key.includes(":")) {
            problems.push(
                document.problem(["config", key], "lacks its namespace", "write it like container-lambdas:images or aws:region", {
                    atKey: true,
                    hideValue: true,
                }),
            );
            return [];
        }
        if (value === null) {
            problems.push(document.problem(["config", key], "has no value", "give it a value, or remove the key"));
            return [];
        }
        const encrypted = memberOf(value, "secure") !== undefined;
        return [[key, { value: encrypted ? undefined : value, encrypted, file: document.file, ...document.locate(["config", key]) }]];
    });
}

function configOf(document: YamlDocument): Readonly<Record<string, unknown>> {
    const config = memberOf(document.value, "config");
    return typeof config === "object" && config !== null && !Array.isArray(config) ? (config as Record<string, unknown>) : {};
}

function memberOf(value: unknown, key: string): unknown {
    return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

import { explainIssues } from "./issues";
import { parseWhatIsValid } from "./partialParse";
import { ManifestInput, manifestSchema } from "./schema";
import { ARCHITECTURE_SPELLINGS } from "./spellings";
import { Problem } from "./problem";
import { ParsedYaml, parseYaml, YamlDocument } from "./yamlDocument";

export interface ReadManifest {
    /** What could be understood; keys with problems are left out, so that the rest is still checked. */
    readonly input: ManifestInput;
    /** Absent when the file is no YAML map at all. */
    readonly document?: YamlDocument;
    readonly problems: readonly Problem[];
}

/** Reads one `function.yaml`: form and schema. What needs other files is checked by `readProject`. Never throws. */
export function readManifest(file: string, bytes: Uint8Array): ReadManifest {
    const { document, problems }: ParsedYaml = parseYaml(file, bytes);
    if (document === undefined) {
        return { input: {}, problems };
    }
    if (document.value === null) {
        const empty = { file, rule: "the manifest is empty", fix: "write at least `description: What the function does`, or `{}`" };
        return { input: {}, problems: [...problems, empty] };
    }
    if (typeof document.value !== "object" || Array.isArray(document.value)) {
        return {
            input: {},
            problems: [...problems, document.problem([], "the manifest is not a map", "write keys like `memorySize: 512`")],
        };
    }
    const { value, issues, original } = parseWhatIsValid(manifestSchema, document.value);
    const found = explainIssues(issues, manifestSchema, document, { architecture: ARCHITECTURE_SPELLINGS });
    return { input: value ?? {}, document: document.withPaths(original), problems: [...problems, ...found] };
}

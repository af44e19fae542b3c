import { pinnedReferenceFault } from "./imageReference";
import { Problem } from "./problem";
import { parseYaml } from "./yamlDocument";
import { readRequiredFile, writtenPathFault } from "./files";
import { deepFreeze } from "./freeze";

export interface BaseImages {
    /** Name to reference pinned by digest, sorted by name. Undefined when the file cannot be read at all. */
    readonly images?: Readonly<Record<string, string>>;
    readonly problems: readonly Problem[];
}

const NAME = /^[a-z][a-z0-9_]{0,38}$/;
const FORM = '{ "python": "public.ecr.aws/lambda/python:3.12@sha256:…" }'.replace("…", "<64 hex digits>");

/** The name of the build argument that carries a base image: `BASE_PYTHON` for `python`. */
export function baseArgument(name: string): string {
    return `BASE_${name.toUpperCase()}`;
}

/** Reads the file of base images: JSON, names to references pinned by digest. `path` is relative to `root`. Never throws. */
export function readBaseImages(root: string, path: string): BaseImages {
    const fault = writtenPathFault(path);
    if (fault !== undefined) {
        return { problems: [{ file: path, ...fault }] };
    }
    const { bytes, problems } = readRequiredFile(root, path, ".", `write ${FORM}; for the stack local, \`npm run local\` writes it`);
    return bytes === undefined ? { problems } : parseBaseImages(path, bytes);
}

/** The pure part of {@link readBaseImages}. */
export function parseBaseImages(file: string, bytes: Uint8Array): BaseImages {
    // JSON is YAML; this reader knows where each value stands and finds repeated keys.
    const { document, problems: syntax } = parseYaml(file, bytes, "allowed");
    if (document === undefined) {
        return { problems: syntax };
    }
    const problems: Problem[] = [...syntax];
    try {
        JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        problems.push({ file, rule: "is not valid JSON", fix: `write ${FORM}` });
    }
    const { value } = document;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return { problems: [...problems, document.problem([], "is no map of names to references", `write ${FORM}`, { hideValue: true })] };
    }
    const images: [string, string][] = [];
    const entries = Object.entries(value);
    if (entries.length === 0) {
        problems.push(document.problem([], "names no base image", `write ${FORM}`));
    }
    for (const [name, reference] of entries) {
        if (!NAME.test(name)) {
            const rule =
                "the name is not made of a to z, 0 to 9 and _, beginning with a letter (limit: 39; source: it becomes a build argument)";
            problems.push(document.problem([name], rule, "rename it; Dockerfiles use it as BASE_<NAME>", { atKey: true, hideValue: true }));
            continue;
        }
        const fault = typeof reference === "string" ? pinnedReferenceFault(reference) : "must be a text";
        if (fault !== undefined) {
            problems.push(
                document.problem(
                    [name],
                    fault,
                    "pin it as NAME:TAG@sha256:<64 hex digits>; `docker buildx imagetools inspect NAME:TAG` shows the digest",
                ),
            );
        }
        // Kept even when badly pinned: otherwise every Dockerfile that uses it would be called wrong, too.
        images.push([name, typeof reference === "string" ? reference : ""]);
    }
    return { images: deepFreeze(Object.fromEntries(images.sort(([a], [b]) => (a < b ? -1 : 1)))), problems };
}

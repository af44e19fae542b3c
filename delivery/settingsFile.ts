import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Settings } from "../components/settings/definitions";
import { OUTPUT_DIRECTORY } from "./exports";

/**
 * A copy of the stack's settings for a role that must not build: images are taken from the registry by key. Stacks of
 * releases build nothing anyway.
 * @returns the copy's absolute path; undefined where the stack's own file serves.
 */
export async function stepSettingsFile(root: string, { project, stack, images }: Pick<Settings, "project" | "stack" | "images">): Promise<string | undefined> {
    if (images !== "build") {
        return undefined;
    }
    const document = parseDocument(await readFile(join(root, `Pulumi.${stack}.yaml`), "utf8"));
    document.setIn(["config", `${project}:images`], "adopt");
    const folder = join(root, OUTPUT_DIRECTORY);
    await mkdir(folder, { recursive: true });
    const file = join(folder, `Pulumi.${stack}.yaml`);
    await writeFile(file, document.toString({ lineWidth: 0 }));
    return file;
}

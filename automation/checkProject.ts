import { existsSync } from "node:fs";
import { join } from "node:path";
import { readBaseImages } from "../components/manifest/baseImages";
import type { ProjectModel, ResourceDeclarations } from "../components/manifest/model";
import { projectOrStackFault } from "../components/manifest/names";
import { type Problem, sortProblems } from "../components/manifest/problem";
import { readProject } from "../components/manifest/readProject";
import { DEFINITIONS, type Settings } from "../components/settings/definitions";
import { FUNCTIONS_DIRECTORY, LAYER_DIRECTORY } from "../components/project";
import { readStackFile } from "../components/settings/stackFile";
import type { CheckReport } from "./context";
import { projectName } from "./stackFiles";

export interface CheckOptions {
    readonly root: string;
    readonly stacks: readonly string[];
    /** Whether manifests and Dockerfiles are looked at too, or the settings only. */
    readonly manifests: boolean;
    /** What manifests may refer to. Called only for manifests. */
    readonly resources: () => Promise<ResourceDeclarations>;
}

/** Reads and validates settings and manifests from the files of a checkout, all problems at once. Calls and changes nothing. */
export async function checkProject({ root, stacks, manifests, resources }: CheckOptions): Promise<CheckReport> {
    const problems: Problem[] = [];
    const settings: Record<string, Settings> = {};
    let model: ProjectModel | undefined;
    const declared = manifests ? await resources() : {};
    for (const stack of stacks) {
        const read = readStackFile(root, stack);
        problems.push(...read.problems);
        if (read.settings !== undefined) {
            settings[stack] = read.settings;
        }
        if (!manifests) {
            continue;
        }
        const base = readBaseImages(root, baseImagesFile(root, read.settings));
        const project = readProject({
            root,
            functionsDirectory: FUNCTIONS_DIRECTORY,
            layerDirectory: LAYER_DIRECTORY,
            resources: declared,
            project: read.settings?.project ?? usableProjectName(root),
            stack,
            defaultArchitecture: read.settings?.architecture ?? "x86_64",
            baseImages: base.images && Object.keys(base.images),
        });
        problems.push(...base.problems, ...project.problems);
        model ??= project.model;
    }
    return { problems: sortProblems(withoutRepeats(problems)), settings, model };
}

/** Where other settings are wrong, derived names are still checked with the project's name; empty where that is wrong too, which the settings' problems tell. */
function usableProjectName(root: string): string {
    try {
        const name = projectName(root);
        return projectOrStackFault("project", name) === undefined ? name : "";
    } catch {
        return "";
    }
}

// The emulator's file is written when the local environment starts, after this check; it has the names of the default one.
function baseImagesFile(root: string, settings: Settings | undefined): string {
    const usual = String(DEFINITIONS.baseImages.default);
    if (settings === undefined) {
        return usual;
    }
    return settings.runsOn === "emulator" && !existsSync(join(root, settings.baseImages)) ? usual : settings.baseImages;
}

/** The same manifest has the same problem for every stack. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

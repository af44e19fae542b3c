import { performance } from "node:perf_hooks";
import { prepareImages } from "../components/images/prepareImages";
import { FUNCTIONS_DIRECTORY, LAYER_DIRECTORY } from "../components/project";
import { readBaseImages } from "../components/manifest/baseImages";
import { formatProblems } from "../components/manifest/problem";
import { ReadProject, readProject } from "../components/manifest/readProject";
import { RESOURCES } from "../test/application/app/resources";
import { applicationProgram, runProgram } from "../test/support/program";

/** What the process prints: one sample for each time that the work was done. */
export interface ProbeResult {
    readonly milliseconds: readonly number[];
    readonly peakKilobytes: number;
}

/**
 * Program of a process that does one thing in the current folder, a generated checkout, and prints what that took. A
 * process for each measurement, because neither a warm compiler nor another's memory may help.
 */
async function main([work]: readonly string[]): Promise<void> {
    const milliseconds = await measure(work);
    const result: ProbeResult = { milliseconds, peakKilobytes: process.resourceUsage().maxRSS };
    console.log(JSON.stringify(result));
}

async function measure(work: string | undefined): Promise<number[]> {
    const root = process.cwd();
    switch (work) {
        case "manifests":
            return [await timed(() => void manifests(root))];
        case "staging": {
            const { images: baseImages = {} } = readBaseImages(root, "app/base-images.json");
            const { images } = manifests(root).model;
            const layer = { name: "common-layer", directory: LAYER_DIRECTORY, architecture: "x86_64" as const };
            const stage = (): void => void prepareImages({ root, layer, images, baseImages });
            return [await timed(stage), await timed(stage)];
        }
        case "program":
            // Loading it is measured elsewhere.
            applicationProgram();
            return [await timed(async () => void (await runProgram({ stack: "local" }, root)))];
        default:
            throw new Error(`There is nothing to measure called ${JSON.stringify(work)}; allowed: manifests, program, staging.`);
    }
}

function manifests(root: string): ReadProject {
    const read = readProject({
        root,
        functionsDirectory: FUNCTIONS_DIRECTORY,
        layerDirectory: LAYER_DIRECTORY,
        resources: RESOURCES,
        project: "container-lambdas",
        stack: "local",
        defaultArchitecture: "x86_64",
        baseImages: ["python"],
    });
    if (read.problems.length > 0) {
        throw new Error(`The generated checkout has problems:\n${formatProblems(read.problems)}`);
    }
    return read;
}

async function timed(work: () => void | Promise<void>): Promise<number> {
    const start = performance.now();
    await work();
    return performance.now() - start;
}

main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});

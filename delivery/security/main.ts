import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RESOURCES } from "../../app/resources";
import program = require("../../index");
import { loadProject } from "../../components/project";
import { InvalidInputError } from "../../components/manifest/problem";
import { readStackFile } from "../../components/settings/stackFile";
import { registered } from "../rendering/mockEngine";
import { runProgram } from "../rendering/program";
import { uncovered } from "./exceptions";
import { allRules, scan } from "./scan";

/** Where a stack of releases finds one of this checkout's keys: which digests it will have is not what is looked at. */
const RELEASE = ".delivery/scanned-release.json";

/** Renders the program of a stack and prints, as JSON, the rules and what breaks them. A process of its own: the recorder stands in the engine's place. */
async function main(stack: string): Promise<void> {
    const root = dirname(dirname(__dirname));
    const { settings, problems } = readStackFile(root, stack);
    if (settings === undefined) {
        throw new InvalidInputError(problems);
    }
    // The emulator's base images are made on the machine; the recorder builds nothing, and the public ones have the same names.
    const baseImages = "app/base-images.json";
    const configuration: Record<string, string> = {};
    if (settings.images === "release") {
        const images = loadProject(root, { ...settings, baseImages }, RESOURCES).images.map(({ name, key }) => [
            name,
            { key, digest: `sha256:${"0".repeat(64)}`, repositoryUrl: `registry/${settings.project}/${name}` },
        ]);
        mkdirSync(join(root, dirname(RELEASE)), { recursive: true });
        writeFileSync(join(root, RELEASE), JSON.stringify({ formatVersion: 1, commit: "0".repeat(40), images: Object.fromEntries(images) }));
        configuration[`${settings.project}:releaseManifest`] = RELEASE;
    }
    await runProgram(program, { stack, configuration });
    process.stdout.write(JSON.stringify({ resources: registered().length, rules: allRules(), findings: uncovered(scan(registered())) }));
}

main(process.argv[2] ?? "").catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
});

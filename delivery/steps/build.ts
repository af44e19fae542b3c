import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import type { StackResult } from "../../automation/stack";
import { count } from "../../automation/text";
import type { PreparedImage } from "../../components/images/prepareImages";
import type { Settings } from "../../components/settings/definitions";
import { logOf, projectOf, registryOf, settingsOf } from "../edge/wire";
import { type KnownImage, lookUpImages } from "../images";
import type { Log } from "../ports";
import type { RegistryPort } from "../registry";
import type { StepProgram } from "../step";

export interface BuildPorts {
    readonly registry: RegistryPort;
    readonly log: Log;
    /** Builds what has no digest, and pushes it. */
    build(known: readonly KnownImage[]): Promise<Pick<StackResult, "outcome">>;
}

export const buildStep: StepProgram<"stack"> = {
    name: "build",
    summary: "Build and push the images whose keys the registry lacks.",
    needs: ["stack"],
    run: async (context) => {
        const { root, environment } = context;
        const settings = settingsOf(root, environment.stack);
        const registry = registryOf(environment);
        await build(projectOf(root, settings).images, settings, {
            registry,
            log: logOf(context),
            build: async (known) => {
                // Loaded only when something is built: most runs build nothing.
                const builds: typeof import("../edge/imageBuilds") = require("../edge/imageBuilds");
                return builds.buildImages(known, settings, registry, context);
            },
        });
        return {};
    },
};

/** @throws CommandFailure when an image could not be built; the others are pushed all the same, and found by the next run. */
export async function build(images: readonly PreparedImage[], settings: Pick<Settings, "project" | "stack" | "repositories">, ports: BuildPorts): Promise<void> {
    const { registry, log } = ports;
    const known = await lookUpImages(images, settings, registry);
    const missing = known.filter(({ digest }) => digest === undefined);
    if (missing.length === 0) {
        log.say(`The registry has all ${count(images.length, "image")}; nothing to build.`);
        return;
    }
    log.say(`To build: ${missing.map(({ image }) => image.name).join(", ")}.`);
    const { outcome } = await ports.build(known);
    const after = await lookUpImages(images, settings, registry);
    for (const { image, digest } of after) {
        if (digest !== undefined && missing.some((one) => one.image.name === image.name)) {
            log.say(`✓ ${image.name}  ${digest}`);
        }
    }
    const left = after.filter(({ digest }) => digest === undefined).map(({ image }) => image.name);
    if (outcome !== "succeeded" || left.length > 0) {
        throw new CommandFailure(outcome === "interrupted" ? ExitCode.interrupted : ExitCode.failed, {
            given: left.length > 0 ? `Not built: ${left.join(", ")}; see above why.` : "The builds did not end well; see above why.",
            next: "push a correction, or retry the stage if the cause has gone: what was built is not built again.",
        });
    }
}

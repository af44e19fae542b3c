import * as pulumi from "@pulumi/pulumi";
import { InvalidInputError } from "./components/manifest/problem";
import type { Settings } from "./components/settings/definitions";
import { emulatorProblem } from "./components/settings/emulator";
import { parseSettings } from "./components/settings/parseSettings";
import { rawConfiguration } from "./components/settings/rawConfiguration";

export type { Settings } from "./components/settings/definitions";
export type { RawConfiguration } from "./components/settings/rawConfiguration";
export { emulatorProblem } from "./components/settings/emulator";
export { parseSettings } from "./components/settings/parseSettings";
export { readStackFile } from "./components/settings/stackFile";

/**
 * The one place where a running program reads its configuration.
 * @throws InvalidInputError with all problems, also when the stack is not meant for what the shell's environment leads to.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>> = process.env): Settings {
    const raw = rawConfiguration(pulumi.getProject(), pulumi.getStack(), pulumi.runtime.allConfig());
    const { settings, problems } = parseSettings(raw);
    if (settings === undefined) {
        throw new InvalidInputError(problems);
    }
    const guard = emulatorProblem(settings.runsOn, environment);
    if (guard !== undefined) {
        throw new InvalidInputError([guard]);
    }
    return settings;
}

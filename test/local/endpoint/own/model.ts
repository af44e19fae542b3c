import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cacheFolder } from "../../../../local/toolchain/paths";
import { pythonEnvironment } from "../../../../local/toolchain/python";

const REQUIREMENTS = join(__dirname, "..", "..", "..", "..", "local", "toolchain", "requirements.txt");

/** The emulator's Python, which has boto3 and MiniStack; made where it is missing, which takes a minute at most. */
export async function emulatorPython(): Promise<string> {
    const quiet = { reused: () => undefined, progress: () => undefined, detail: () => undefined };
    return join(await pythonEnvironment(REQUIREMENTS, cacheFolder(), quiet), "bin", "python");
}

export interface Exchange {
    readonly service: string;
    readonly operation: string;
    readonly input: object;
    readonly output: object;
}

/** What botocore's models say against inputs and outputs, as they go over the wire. */
export function modelProblems(python: string, exchanges: readonly Exchange[]): string {
    const run = spawnSync(python, ["-B", join(__dirname, "validate.py")], { input: JSON.stringify(exchanges), encoding: "utf8" });
    if (run.status !== 0) {
        throw new Error(`botocore's check did not run: ${run.error?.message ?? run.stderr}`);
    }
    return run.stdout;
}

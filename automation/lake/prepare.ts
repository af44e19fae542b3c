import type { Aws } from "../aws";
import type { Context, LocalHandle } from "../context";
import { outputsOf } from "../deployment";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { localStack, requireRunning } from "../stackCommand";
import { projectName } from "../stackFiles";
import type { LakeClient } from "./client";
import type { StackNames } from "./flush";
import { findLake, type Lake } from "./lake";

/** The deployed lake of the running environment, and clients for it. */
export interface DeployedLake extends StackNames {
    readonly handle: LocalHandle;
    readonly lake: Lake;
    readonly aws: Aws;
    readonly client: LakeClient;
}

/** Throws where nothing runs, nothing is deployed or the application is another one. */
export async function requireLake(context: Context, command: string): Promise<DeployedLake> {
    const { ports, root } = context;
    const handle = await requireRunning(context);
    const engine = await ports.openEngine({ variables: handle.variables, bin: handle.bin });
    const stack = await engine.select(localStack);
    const lake = stack === undefined ? undefined : findLake(outputsOf(await stack.exportState()));
    if (lake === undefined) {
        throw noSample(command, stack === undefined ? "is not deployed" : "has not the outputs of the sample data lake");
    }
    return { handle, lake, project: projectName(root), stack: localStack, aws: await ports.aws(handle.variables), client: await ports.lake(handle.variables) };
}

/** Why a command around the sample cannot run here. */
export function noSample(command: string, found: string): CommandFailure {
    return new CommandFailure(ExitCode.failed, {
        given: `${command}: stack "${localStack}" ${found}.`,
        allowed: "This command needs the sample application; with another one, local:invoke calls its functions.",
        next: 'deploy the sample with "npm run local", or use npm run local:invoke -- NAME.',
    });
}

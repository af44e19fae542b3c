import { quote } from "../../components/manifest/problem";
import type { Settings } from "../../components/settings/definitions";
import { SCOPE_VARIABLE } from "../../delivery/commitOutput";
import type { Context, LocalHandle } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure } from "../failure";
import { engineWidth, runStack } from "../stack";
import { stackPorts } from "../stackCommand";
import { projectName } from "../stackFiles";
import type { PipelineClient } from "./client";

/** Name of a stack's pipeline, as `components/deliveryPipeline/names.ts` makes it. */
export function pipelineName(project: string, stack: string): string {
    return `${project}-${stack}`;
}

/** Throws a failure with exit status 2 for a stack that declares no pipeline. */
export function requireDelivery(stack: string, { delivery }: Pick<Settings, "delivery">): void {
    if (delivery === "none") {
        throw badInput({
            given: `Stack ${quote(stack)} has no pipeline: its delivery is "none".`,
            allowed: 'Stacks with "delivery: branch" or "delivery: tag" have one.',
            next: `use one of these, or set container-lambdas:delivery in Pulumi.${stack}.yaml.`,
        });
    }
}

/** The failure for a stack whose pipeline is declared and was never brought up. */
export function missingPipeline(stack: string, pipeline: string, emulated: boolean): CommandFailure {
    return new CommandFailure(ExitCode.failed, {
        given: `Stack ${quote(stack)} has no pipeline ${quote(pipeline)} yet.`,
        next: emulated ? `"npm run local:push" brings it up, and so does "npm run up -- ${stack}".` : `bring it up with "npm run up -- ${stack}".`,
    });
}

/**
 * Brings up the pipeline of an emulated stack if it does not exist: first what an account needs once, then only the
 * delivery part of the stack, as a self-update would. The application comes with the first run. Answers whether it did.
 */
export async function ensurePipeline(context: Context, handle: LocalHandle, settings: Settings, client: Pick<PipelineClient, "state">): Promise<boolean> {
    const { terminal, ports, root } = context;
    const { stack } = settings;
    const project = projectName(root);
    if ((await client.state(pipelineName(project, stack))) !== undefined) {
        return false;
    }
    await ports.ensureSeed(context, handle);
    terminal.line(`Pipeline ${pipelineName(project, stack)} is new: the delivery part of stack ${stack} is brought up.`);
    const base = await stackPorts(context, handle);
    const engine = await ports.openEngine({ variables: { ...handle.variables, [SCOPE_VARIABLE]: "delivery" }, bin: handle.bin });
    const recorded = (await engine.select(stack))?.recorded;
    const targets = await ports.deliveryTargets(settings, recorded);
    const result = await runStack({ kind: "up", stack, emulated: true, parallel: engineWidth(settings.maxParallelBuilds), targets }, { ...base, engine });
    if (result.outcome !== "succeeded") {
        throw new CommandFailure(result.outcome === "interrupted" ? ExitCode.interrupted : ExitCode.failed, {
            given: `The pipeline of stack ${quote(stack)} could not be brought up; see above why.`,
            next: "mend that and repeat the push.",
        });
    }
    return true;
}

import { z } from "zod";
import type { BuildStarter } from "../codebuild/service";
import type { Artifacts } from "./artifacts";
import type { ActionJob, JobResult } from "./model/results";
import type { RoleCheck } from "./sourceAction";

const variables = z.array(
    z.strictObject({ name: z.string().min(1), value: z.string(), type: z.enum(["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]).default("PLAINTEXT") }),
);

export interface BuildContext {
    readonly builds: BuildStarter;
    readonly artifacts: Artifacts;
    readonly allowed: RoleCheck;
    readonly account: string;
    readonly region: string;
    /** Told of the build's id as soon as there is one. */
    readonly started: (buildId: string) => void;
}

/** Opens the input artifact, starts a build of it in the name of the pipeline's role, and waits for it. */
export async function runBuild(job: ActionJob, { builds, artifacts, allowed, account, region, started }: BuildContext): Promise<JobResult> {
    const { ProjectName = "", PrimarySource, EnvironmentVariables = "[]" } = job.configuration;
    const input = job.inputArtifacts.find((artifact) => artifact.name === PrimarySource) ?? job.inputArtifacts[0];
    const commit = input?.revision?.revisionId;
    const environment = parse(EnvironmentVariables);
    if (commit === undefined || environment === undefined || (job.inputArtifacts.length > 1 && PrimarySource === undefined)) {
        return { ok: false, code: "ConfigurationError", message: fault(job, commit, environment !== undefined) };
    }
    const project = `arn:aws:codebuild:${region}:${account}:project/${ProjectName}`;
    if (input?.object !== undefined) {
        await artifacts.open(job, input.object);
    }
    await allowed(job.roleArn, "codebuild:StartBuild", project);
    const { buildId, done } = await builds.startBuild({
        projectName: ProjectName,
        commit,
        ...(input?.object === undefined ? {} : { artifact: input.object }),
        environmentVariablesOverride: environment,
        initiator: `codepipeline/${job.pipelineName}`,
    });
    started(buildId);
    await allowed(job.roleArn, "codebuild:BatchGetBuilds", project);
    const { ok, exportedVariables, message } = await done;
    const external = { externalExecutionId: buildId, outputVariables: exportedVariables };
    return ok ? { ok: true, ...external } : { ok: false, code: "JobFailed", message: `Build terminated with state: FAILED. ${message ?? ""}`.trim(), ...external };
}

function parse(text: string): z.infer<typeof variables> | undefined {
    try {
        const result = variables.safeParse(JSON.parse(text));
        return result.success ? result.data : undefined;
    } catch {
        return undefined;
    }
}

function fault(job: ActionJob, commit: string | undefined, readable: boolean): string {
    if (!readable) {
        return `EnvironmentVariables of action '${job.action}' is not a JSON list of {name, value, type} after its variables were put in: ${job.configuration.EnvironmentVariables ?? ""}. Do not put texts with quotes into it.`;
    }
    return commit === undefined
        ? `The input artifact of action '${job.action}' has no source revision. Give it an artifact that a source action made.`
        : `Action '${job.action}' has more than one input artifact and no PrimarySource. Name the one that is built.`;
}

import { quote } from "../../components/manifest/problem";
import type { Command, Context } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, codeOf, CommandFailure } from "../failure";
import type { PipelineClient } from "../pipeline/client";
import { missingPipeline, pipelineName, requireDelivery } from "../pipeline/prepare";
import { type ActionRun, actionTitle, type Run, shortCommit, shortRun, type Wait } from "../pipeline/run";
import { requireRunning, requireValid } from "../stackCommand";
import { knownStacks, projectName } from "../stackFiles";
import { cleanLines } from "../text";

/** How many of the newest runs are looked through for the one that waits. */
const recent = 50;

interface Approval {
    readonly stack: string;
    readonly pipeline: string;
    readonly client: PipelineClient;
    readonly wait: Extract<Wait, { kind: "approval" }>;
    readonly run?: Run;
    readonly action?: ActionRun;
}

export const localApprove: Command = {
    spec: {
        name: "local:approve",
        summary: "Show what waits for approval in the local environment, and approve or reject it.",
        arguments: [{ name: "STACK", description: "whose pipeline; needed when several wait", required: false }],
        options: [
            { name: "stage", value: "NAME", description: "which stage; needed when several of one pipeline wait" },
            { name: "reject", description: "reject it, which ends the run" },
            { name: "summary", value: "TEXT", description: "a word to the record, at most 512 characters" },
        ],
    },
    run: async (context, { words: [stack], values, switches }) => {
        const { terminal } = context;
        const summary = values.summary ?? "npm run local:approve";
        // CodePipeline API, ApprovalResult.
        if (summary.length > 512) {
            throw badInput({ given: `--summary has ${summary.length} characters.`, allowed: "CodePipeline takes at most 512.", next: "shorten it." });
        }
        const approval = choose(await findApprovals(context, stack), stack, values.stage);
        const { wait, run, action, client, pipeline } = approval;
        const title = actionTitle(wait.stage, wait.action);
        terminal.line(`${title} of ${pipeline}, run ${shortRun(wait.run ?? "unknown")}: commit ${shortCommit(run?.commit)}${run?.message === undefined ? "" : ` ${JSON.stringify(run.message)}`}`);
        cleanLines(action?.summary ?? "").filter((line) => line !== "").forEach((line) => terminal.line(`    ${line}`));
        if (action?.link !== undefined) {
            terminal.line(`    ${action.link}`);
        }
        const approved = !switches.has("reject");
        await answer(client, pipeline, { stage: wait.stage, action: wait.action, token: wait.token, approved, summary });
        terminal.line(approved ? `${terminal.colors.green("✓")} approved` : `${terminal.colors.yellow("!")} rejected`);
        terminal.result({ stack: approval.stack, stage: wait.stage, action: wait.action, execution: wait.run, commit: run?.commit, approved, asked: action?.summary, link: action?.link });
        return ExitCode.done;
    },
};

async function findApprovals(context: Context, stack: string | undefined): Promise<readonly Approval[]> {
    const { root, ports } = context;
    const project = projectName(root);
    const stacks = stack === undefined ? await emulatedStacks(context) : [{ name: stack, region: await regionOf(context, stack) }];
    const { variables } = await requireRunning(context);
    const found = await Promise.all(
        stacks.map(async ({ name, region }): Promise<readonly Approval[]> => {
            const client = await ports.pipelines(variables, region);
            const pipeline = pipelineName(project, name);
            const state = await client.state(pipeline);
            if (state === undefined) {
                if (stack !== undefined) {
                    throw missingPipeline(stack, pipeline, true);
                }
                return [];
            }
            const waits = state.waits.filter((wait) => wait.kind === "approval");
            const listed = waits.length === 0 ? [] : await client.runs(pipeline, recent);
            return Promise.all(
                waits.map(async (wait): Promise<Approval> => {
                    const summary = listed.find(({ id }) => id === wait.run);
                    const run = summary === undefined ? undefined : await client.run(pipeline, summary, state);
                    const action = run?.stages.find(({ name: stage }) => stage === wait.stage)?.actions.find((candidate) => candidate.name === wait.action);
                    return { stack: name, pipeline, client, wait, run, action };
                }),
            );
        }),
    );
    return found.flat();
}

async function regionOf(context: Context, stack: string): Promise<string> {
    const { settings } = await requireValid(context, stack, false);
    requireDelivery(stack, settings);
    if (settings.runsOn !== "emulator") {
        throw badInput({
            given: `Stack ${quote(stack)} runs on a real account.`,
            allowed: "This command approves in the local environment only.",
            next: "approve in the console of CodePipeline, or with aws codepipeline put-approval-result.",
        });
    }
    return settings.region;
}

async function emulatedStacks({ root, ports }: Context): Promise<readonly { readonly name: string; readonly region: string }[]> {
    const { settings } = await ports.check({ stacks: knownStacks(root), manifests: false });
    return Object.entries(settings)
        .filter(([, { runsOn, delivery }]) => runsOn === "emulator" && delivery !== "none")
        .map(([name, { region }]) => ({ name, region }));
}

function choose(approvals: readonly Approval[], stack: string | undefined, stage: string | undefined): Approval {
    const [only, ...others] = approvals.filter(({ wait }) => stage === undefined || wait.stage === stage);
    if (only !== undefined && others.length === 0) {
        return only;
    }
    const described = approvals.map((approval) => `npm run local:approve -- ${approval.stack} --stage ${approval.wait.stage} (run ${shortRun(approval.wait.run ?? "unknown")})`);
    if (only !== undefined) {
        throw badInput({ given: `${approvals.length} approvals wait.`, allowed: described.join("\n  "), next: "name one of them." });
    }
    throw new CommandFailure(ExitCode.failed, {
        given: `Nothing waits for approval${stack === undefined ? "" : ` in stack ${quote(stack)}`}${stage === undefined ? "" : ` at stage ${quote(stage)}`}.`,
        allowed: described.length === 0 ? undefined : `What waits: ${described.join(", ")}.`,
        next: `see what the pipeline does: npm run pipeline -- ${stack ?? "STACK"}.`,
    });
}

async function answer(client: PipelineClient, pipeline: string, verdict: Parameters<PipelineClient["answer"]>[1]): Promise<void> {
    try {
        await client.answer(pipeline, verdict);
    } catch (error) {
        if (codeOf(error) === "InvalidApprovalTokenException" || codeOf(error) === "ApprovalAlreadyCompletedException") {
            throw new CommandFailure(ExitCode.failed, {
                given: `${actionTitle(verdict.stage, verdict.action)} was answered by somebody else, or expired, a moment ago.`,
                next: "see what the pipeline does: npm run pipeline -- STACK.",
            });
        }
        throw error;
    }
}

import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "../../components/manifest/problem";
import type { Settings } from "../../components/settings/definitions";
import type { ParsedArguments } from "../cli";
import type { Command, Context, LocalHandle } from "../context";
import { roundSeconds } from "../duration";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure } from "../failure";
import type { PipelineClient } from "../pipeline/client";
import { PipelineDisplay } from "../pipeline/display";
import { runDocument } from "../pipeline/documents";
import { printFailedLogs } from "../pipeline/failedLogs";
import { followRuns } from "../pipeline/follow";
import { ensurePipeline, pipelineName, requireDelivery } from "../pipeline/prepare";
import type { PushEvent } from "../pipeline/push";
import { Repository } from "../pipeline/repository";
import { hasEnded, type Run, shortCommit, shortRun } from "../pipeline/run";
import { successorOf, supersededBy } from "../pipeline/successor";
import { requireValid } from "../stackCommand";
import { projectName } from "../stackFiles";
import { StepLines } from "../steps";
import { count } from "../text";

/** Stacks of the embedded AWS: what a push to the branch runs, and what a tag runs. */
const branchStack = "local-dev";
const tagStack = "local-prod";
/** How many of the newest runs are looked through. */
const recent = 50;

export const localPush: Command = {
    spec: {
        name: "local:push",
        summary: "Run the pipeline on a commit of this repository, as a git push would, and follow it to its end.",
        arguments: [{ name: "REV", description: "the commit: a branch, a tag, an id, HEAD~1; default HEAD, or the commit of --tag", required: false }],
        options: [
            { name: "branch", value: "NAME", description: `push to this branch; default that of stack ${branchStack}` },
            { name: "tag", value: "NAME", description: `push this tag instead, which runs the pipeline of stack ${tagStack}` },
            { name: "stack", value: "STACK", description: "another stack of the local environment, whose pipeline is brought up and followed" },
            { name: "detach", description: "start the run and do not follow it" },
        ],
        notes: ["Ctrl-C ends the following, not the run.", ""],
    },
    run: async (context, args) => {
        const { terminal, ports, now } = context;
        const since = now();
        const stack = stackOf(args);
        const { settings } = await requireValid(context, stack, false);
        requireLocalDelivery(settings, args);
        const repository = new Repository(context.root, ports.capture);
        const target = args.values.tag === undefined ? { branch: args.values.branch ?? settings.branch } : { tag: args.values.tag };
        const commit = await commitOf(args, repository);
        const changes = await repository.uncommitted();
        if (changes.length > 0) {
            terminal.line(`${terminal.colors.yellow("!")} Uncommitted changes of ${count(changes.length, "file")} are not part of it.`);
        }
        const handle = await start(context);
        const client = await ports.pipelines(handle.variables, settings.region);
        const created = await ensurePipeline(context, handle, settings, client);
        const pipeline = pipelineName(projectName(context.root), stack);
        const begun = created && "branch" in target && target.branch === settings.branch ? await firstRun(client, pipeline, commit, context.signal) : undefined;
        const ids = begun === undefined ? await push(context, handle, client, settings, { ...target, commit, message: await repository.subject(commit) }, repository) : [begun];
        if (begun !== undefined) {
            terminal.line(`The new pipeline began with ${shortCommit(commit)} by itself: nothing to push.`);
        }
        if (args.switches.has("detach")) {
            terminal.line(`Started ${ids.map((id) => `run ${shortRun(id)}`).join(", ")}. ${howToWatch(stack)}`);
            terminal.result({ stack, executions: ids.map((id) => ({ id, commit })), seconds: roundSeconds((now() - since) / 1000) });
            return ExitCode.done;
        }
        terminal.line('The commands below work in a shell with the environment: eval "$(npm run -s local:env)"');
        const runs = await context.shield(() => follow(context, client, stack, pipeline, ids));
        terminal.result({ stack, executions: runs.map((run) => runDocument(run, Date.now())), seconds: roundSeconds((now() - since) / 1000) });
        return exitCode(runs, context.signal);
    },
};

function stackOf({ values }: ParsedArguments): string {
    if (values.tag !== undefined && values.branch !== undefined) {
        throw badInput({ given: "--tag and --branch were both given.", allowed: "A push is of one branch or of one tag.", next: "leave one out." });
    }
    return values.stack ?? (values.tag === undefined ? branchStack : tagStack);
}

function requireLocalDelivery({ stack, delivery, runsOn }: Settings, { values }: ParsedArguments): void {
    requireDelivery(stack, { delivery });
    if (runsOn !== "emulator") {
        throw badInput({
            given: `Stack ${quote(stack)} runs on a real account.`,
            allowed: "This command pushes to the local environment only.",
            next: "push with git: the connection tells CodePipeline of it.",
        });
    }
    if ((delivery === "tag") !== (values.tag !== undefined)) {
        throw badInput({
            given: `Stack ${quote(stack)} follows ${delivery === "tag" ? "tags, and no --tag was given" : "a branch, and --tag was given"}.`,
            next: delivery === "tag" ? "write --tag NAME." : "leave --tag out, or name a stack that follows tags.",
        });
    }
}

async function commitOf({ words: [revision], values: { tag } }: ParsedArguments, repository: Repository): Promise<string> {
    const tagged = tag === undefined ? undefined : await repository.tagged(tag);
    const commit = revision === undefined && tagged !== undefined ? tagged : await repository.resolve(revision ?? "HEAD");
    if (tagged !== undefined && tagged !== commit) {
        throw badInput({
            given: `${quote(revision)} is commit ${shortCommit(commit)}, and this repository has tag ${quote(tag)} on ${shortCommit(tagged)}.`,
            allowed: "A tag is pushed with the commit that it names.",
            next: "leave the commit out, or give another tag.",
        });
    }
    return commit;
}

async function start({ terminal, now, ports }: Context): Promise<LocalHandle> {
    const steps = new StepLines(terminal, now);
    try {
        return await ports.startLocal({ report: steps.report });
    } finally {
        steps.close();
    }
}

/** A new pipeline starts a run on its branch, as on AWS; undefined when that one is on another commit. */
async function firstRun(client: PipelineClient, pipeline: string, commit: string, signal: AbortSignal): Promise<string | undefined> {
    for (let look = 0; look < 20; look++) {
        const [first] = await client.runs(pipeline, 1);
        // Its commit is known when its source has been fetched.
        if (first === undefined || first.commit !== undefined || hasEnded(first)) {
            return first?.commit === commit ? first.id : undefined;
        }
        await sleep(250, undefined, { signal });
    }
    return undefined;
}

/** Ids of the runs of the stack's pipeline that the push started; throws a failure when there is none. */
async function push(context: Context, { endpoint }: LocalHandle, client: PipelineClient, settings: Settings, event: Omit<PushEvent, "paths">, repository: Repository): Promise<readonly string[]> {
    const { stack, delivery, branch, tagPattern } = settings;
    const pipeline = pipelineName(settings.project, stack);
    const paths = await pushedPaths(client, pipeline, repository, event.commit);
    const all = await context.ports.push(endpoint, { repository: settings.repository, ...event, paths });
    // A push may start other pipelines too, of other stacks that follow the same branch.
    const ids = (await client.runs(pipeline, recent)).map(({ id }) => id).filter((id) => all.includes(id));
    context.terminal.line(`Pushed ${shortCommit(event.commit)} as ${event.tag === undefined ? `branch ${event.branch}` : `tag ${event.tag}`}: ${count(paths.length, "path")} changed.`);
    if (ids.length === 0) {
        throw notStarted(stack, event, delivery === "tag" ? `tags like ${tagPattern}` : `branch ${branch}`);
    }
    return ids;
}

/** What differs from the last run's commit; of a commit that is pushed again, what differs from its parent. */
async function pushedPaths(client: PipelineClient, pipeline: string, repository: Repository, commit: string): Promise<readonly string[]> {
    const last = (await client.runs(pipeline, recent)).find((run) => run.commit !== undefined)?.commit;
    return repository.changedPaths(last === commit ? `${commit}^` : last, commit);
}

function notStarted(stack: string, target: Pick<PushEvent, "branch" | "tag">, trigger: string): CommandFailure {
    const what = target.tag === undefined ? `branch ${quote(target.branch)}` : `tag ${quote(target.tag)}`;
    return new CommandFailure(ExitCode.failed, {
        given: `The push of ${what} started no run: no trigger of the pipeline of stack ${quote(stack)} takes it.`,
        allowed: `It takes ${trigger}, where more than documents changed.`,
        next: target.tag === undefined ? "push to that branch, or a commit that changes more." : "use a tag of that form.",
    });
}

async function follow(context: Context, client: PipelineClient, stack: string, pipeline: string, ids: readonly string[]): Promise<readonly Run[]> {
    const { terminal, signal } = context;
    const display = new PipelineDisplay(terminal, stack, () => Date.now());
    try {
        const runs = await followRuns({ client, pipeline, ids, signal, onLook: display.look });
        display.close();
        const all = await client.runs(pipeline, recent);
        for (const run of runs.filter(hasEnded)) {
            display.ended(run, run.status === "Superseded" ? supersededBy(run, all) : successorOf(run, all));
        }
        if (signal.aborted) {
            terminal.line(`No longer followed; the run goes on. ${howToWatch(stack)}`);
        } else {
            const last = runs.at(-1);
            if (last?.status === "Failed") {
                await printFailedLogs(last, client, terminal);
            }
        }
        return runs;
    } finally {
        display.close();
    }
}

function howToWatch(stack: string): string {
    return `Watch it with: npm run pipeline -- ${stack}`;
}

/** How the last run ended; those before it handed over to it. */
function exitCode(runs: readonly Run[], signal: AbortSignal): ExitCode {
    if (signal.aborted) {
        return ExitCode.interrupted;
    }
    return runs.at(-1)?.status === "Succeeded" ? ExitCode.done : ExitCode.failed;
}

import type { ExecutionSummary } from "../../../local/endpoint/codepipeline/model/results";
import { PIPELINE } from "./declaration";
import { commitId, type CommitFacts } from "./stack";
import { stable, type World } from "./world";

/** What has to hold when nothing moves any more. */
export function check(world: World): void {
    const runs = world.service.listPipelineExecutions({ pipelineName: PIPELINE, maxResults: 100 }).pipelineExecutionSummaries;
    checkEnd(world, runs);
    checkOrder(world);
    checkRestarts(world);
    checkNewest(world, runs);
}

function checkEnd({ journal }: World, runs: readonly ExecutionSummary[]): void {
    for (const { pipelineExecutionId, status } of runs) {
        if (status === "InProgress" || status === "Stopping") {
            journal.violate("ends", `${pipelineExecutionId} is ${status} and nothing moves`);
        }
    }
}

function checkOrder({ journal }: World): void {
    let newest = 0;
    for (const deployed of journal.deployments) {
        if (deployed < newest) {
            journal.violate("order", `${commitId(deployed)} was deployed after ${commitId(newest)}`);
        }
        newest = Math.max(newest, deployed);
    }
}

/** One of each revision for the update, and one more for each time that somebody was cut off while working for the commit. */
function checkRestarts({ journal }: World): void {
    const counts = new Map<string, number>();
    for (const { cause, target, needed } of journal.restarts) {
        const key = `${cause} ${target}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        const cuts = journal.cutOff.get(cause) ?? 0;
        if (count > 1 + cuts) {
            journal.violate("restarts", `${cause} caused ${count} restarts of ${target}`);
        }
        if (!needed && cuts === 0) {
            journal.violate("restarts", `${cause} caused a restart although the definition had not moved`);
        }
    }
}

/** Faults with which the newest commit cannot change the pipeline, so that the one before it stays. */
const REFUSED: readonly CommitFacts["fault"][] = ["program", "rejected", "kernel"];

function checkNewest(world: World, runs: readonly ExecutionSummary[]): void {
    const { journal, stack } = world;
    const newest = commitId(world.head);
    const facts = world.facts(newest);
    const own = runs.filter(({ sourceRevisions }) => sourceRevisions[0]?.revisionId === newest);
    const [last] = own;
    const succeeded = own.some(({ status }) => status === "Succeeded") || journal.deployments.at(-1) === world.head;
    if (last === undefined) {
        // Stopped or overtaken by a person before its commit was fetched.
        if (journal.stopped.size === 0 && !journal.startedByPerson) {
            journal.violate("newest", `${newest} has no run`);
        }
        return;
    }
    if (!succeeded && own.some(({ pipelineExecutionId }) => journal.stopped.has(pipelineExecutionId) || journal.plainlyFailed.has(pipelineExecutionId))) {
        // Nothing was announced, so nobody can know; a person has stopped it, or sees the failure.
        return;
    }
    if (!succeeded && journal.startedByPerson && runs.some(({ status }) => status === "Superseded")) {
        return;
    }
    if (facts.fault === "none" || facts.fault === "partial") {
        if (!succeeded) {
            journal.violate("newest", `${newest} is not deployed; its last run is ${last.status}`);
        }
    } else if (last.status !== "Failed") {
        journal.violate("newest", `${newest} (${facts.fault}) does not show as failed: ${last.status}`);
    }
    if (!succeeded && journal.startedByPerson) {
        // An older revision after one that failed is what the person wanted.
        return;
    }
    if (!REFUSED.includes(facts.fault) && (world.definitionAt(world.version()) !== facts.definition || stable(stack.definition) !== facts.definition)) {
        journal.violate("newest", `the definition is ${world.definitionAt(world.version())}, not ${facts.definition} of ${newest}`);
    }
}

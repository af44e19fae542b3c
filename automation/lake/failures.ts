import { quote } from "../../components/manifest/problem";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { count, cut } from "../text";
import { type LostMessage, redriveFunctions } from "./deadLetters";
import type { Entry } from "./items";
import type { LakeStage } from "./lake";
import { currentStage, functionBehind, type Journey, stageOf, type StageName } from "./stages";

const queueNames: Readonly<Record<LakeStage, string>> = { routing: "the routing's", A: "stage A's", B: "stage B's" };

/** An object that the catalogue calls failed. */
export function failedObject(entry: Entry, name: string, lost: readonly LostMessage[]): CommandFailure {
    const [message] = lost;
    const stage = entry.batch === undefined ? "A" : "B";
    return new CommandFailure(ExitCode.failed, {
        given: `${quote(name)} failed after ${quote(stageOf(entry))}: ${cut(entry.reason ?? message?.reason ?? "no reason given", 300)}`,
        allowed: message === undefined ? "Expected: every record becomes a row of Parquet." : `Its message is on ${queueNames[message.stage]} dead-letter queue.`,
        next: `see npm run local:logs -- ${functionBehind(entry)}; mend the cause, then npm run local:invoke -- ${redriveFunctions[stage]}.`,
    });
}

/** A message on a dead-letter queue whose object is not called failed. */
export function lostObject({ stage, reason, source, body }: LostMessage): CommandFailure {
    // What the function for errors gave up failed in the state machine; anything else did not come that far.
    const inside = { routing: "routing", A: "stage-a-process-object", B: "stage-b-process-data" };
    const before = { routing: "routing", A: "stage-a-routing", B: "stage-b-routing" };
    const given = (source?.endsWith("-error") === true ? inside : before)[stage];
    return new CommandFailure(ExitCode.failed, {
        given: `A message of this run is on ${queueNames[stage]} dead-letter queue: ${cut(reason, 300)}`,
        allowed: `The message${source === undefined ? "" : `, given up by ${source}`}: ${cut(body, 300)}`,
        next: `see npm run local:logs -- ${given}; mend the cause, then npm run local:invoke -- ${redriveFunctions[stage]}.`,
    });
}

/** Objects that did not come to a stage in time, the least far first; `entry` is that of the first. */
export function missingObjects(behind: readonly Journey[], entry: Entry | undefined, goal: StageName, all: number, seconds: number): CommandFailure {
    const [first] = behind;
    return new CommandFailure(ExitCode.failed, {
        given: `${behind.length} of ${count(all, "object")} did not reach ${quote(goal)}, and nothing moved for ${Math.round(seconds)} s. The least far is ${quote(first?.name ?? "")}, last seen as ${quote(first === undefined ? "" : currentStage(first))}.`,
        allowed: "Nothing of them is on a dead-letter queue.",
        next: `see what the function that it waits for says: npm run local:logs -- ${functionBehind(entry)}.`,
    });
}

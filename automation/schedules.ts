import { ExitCode } from "./exitCodes";
import { CommandFailure, messageOf } from "./failure";
import { isRecord, stringMember } from "./json";

/** One schedule that was run out of turn. */
export interface FiredSchedule {
    readonly schedule: string;
    readonly expression: string;
    /** ARN of what was called, with its alias. */
    readonly target: string;
    /** JSON that it was called with; absent for Scheduler's own event. */
    readonly input?: string;
    /** Why Scheduler could not run it as its role. */
    readonly refused?: string;
}

export interface Fired {
    readonly fired: readonly FiredSchedule[];
    /** Physical names of all functions that have a schedule, sorted. */
    readonly scheduled: readonly string[];
}

/** Has the embedded AWS run a function's schedules now, in the place of EventBridge Scheduler's clock. */
export async function postFire(endpoint: string, functionName: string): Promise<Fired> {
    let status: number;
    let body: unknown;
    try {
        const answer = await fetch(`${endpoint}/_endpoint/fire`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ function: functionName }) });
        status = answer.status;
        body = await answer.json();
    } catch (error) {
        throw refused(messageOf(error));
    }
    if (status !== 200 || !isRecord(body) || !Array.isArray(body.fired) || !Array.isArray(body.scheduled)) {
        throw refused(`status ${status}, ${stringMember(body, "message") ?? "without a reason"}`);
    }
    return { fired: body.fired.flatMap(schedule), scheduled: body.scheduled.filter((name: unknown) => typeof name === "string") };
}

function schedule(given: unknown): FiredSchedule[] {
    const text = (name: string): string | undefined => stringMember(given, name);
    const [name, expression, target] = [text("schedule"), text("expression"), text("target")];
    return name === undefined || expression === undefined || target === undefined ? [] : [{ schedule: name, expression, target, input: text("input"), refused: text("refused") }];
}

function refused(why: string): CommandFailure {
    return new CommandFailure(ExitCode.failed, {
        given: `The local environment did not run the schedule: ${why}`,
        next: 'start it again with "npm run local:down" and "npm run local", and repeat the command.',
    });
}

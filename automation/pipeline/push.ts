import { isRecord, stringMember } from "../json";
import { ExitCode } from "../exitCodes";
import { CommandFailure, messageOf } from "../failure";
import { cut } from "../text";

/** What a git host tells about a push of one branch or one tag. */
export interface PushEvent {
    /** `OWNER/NAME`, as the stack's settings say. */
    readonly repository?: string;
    readonly branch?: string;
    readonly tag?: string;
    /** Full commit id. */
    readonly commit: string;
    readonly message: string;
    /** Files that differ from what was pushed before. */
    readonly paths: readonly string[];
}

/** Tells the embedded AWS of a push, in the place of a git host. Answers the ids of the runs that triggers of pipelines started. */
export async function postPush(endpoint: string, event: PushEvent): Promise<readonly string[]> {
    let status: number;
    let text: string;
    try {
        const answer = await fetch(`${endpoint}/_endpoint/push`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(event) });
        status = answer.status;
        text = await answer.text();
    } catch (error) {
        throw refused(messageOf(error));
    }
    const body = parsed(text);
    if (status !== 200 || !isRecord(body) || !Array.isArray(body.executions)) {
        throw refused(`status ${status}, ${stringMember(body, "message") ?? cut(text, 300)}`);
    }
    return body.executions.filter((id: unknown) => typeof id === "string");
}

function refused(why: string): CommandFailure {
    return new CommandFailure(ExitCode.failed, {
        given: `The local environment did not take the push: ${why}`,
        next: 'start it again with "npm run local:down" and "npm run local", and repeat the push.',
    });
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

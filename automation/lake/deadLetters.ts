import { stringMember } from "../json";
import type { DeadLetter, LakeClient } from "./client";
import type { Entry } from "./items";
import type { Lake, LakeStage } from "./lake";

/** A message of ours that ended on a dead-letter queue. */
export interface LostMessage {
    readonly stage: LakeStage;
    readonly reason: string;
    /** Which function gave it up; the physical name where the application writes it so. */
    readonly source?: string;
    readonly body: string;
    /** Id of the object or of the batch that it is about; what S3 wrote names neither. */
    readonly about?: string;
}

const lakeStages: readonly LakeStage[] = ["routing", "A", "B"];

/** Which function puts messages of a dead-letter queue back. */
export const redriveFunctions: Readonly<Record<LakeStage, string>> = { routing: "redrive", A: "stage-a-redrive", B: "stage-b-redrive" };

/** Messages on the three dead-letter queues that belong to a run: those that name its folder, or a batch of its objects. */
export async function lostMessages(client: Pick<LakeClient, "peekMessages" | "queueDepth">, { deadLetters }: Lake, folder: string, entries: Iterable<Entry>, most = 100): Promise<LostMessage[]> {
    const marks = [folder, ...new Set([...entries].flatMap(({ batch }) => batch ?? []))];
    const found: LostMessage[] = [];
    for (const stage of lakeStages) {
        if ((await client.queueDepth(deadLetters[stage])) > 0) {
            const messages = await client.peekMessages(deadLetters[stage], most);
            found.push(...messages.filter(({ body }) => marks.some((mark) => body.includes(mark))).map((letter) => lost(stage, letter)));
        }
    }
    return found;
}

/** Whether nothing but a redrive brings the rest of a run further: each object that is not through failed, or its message was given up. */
export function allGivenUp(ids: readonly string[], entries: ReadonlyMap<string, Entry>, lost: readonly LostMessage[]): boolean {
    const open = ids.filter((id) => entries.get(id)?.status !== "PROCESSED");
    const unrouted = open.filter((id) => !entries.has(id)).length;
    const about = new Set(lost.flatMap((message) => message.about ?? []));
    // A failed object without a message is on its way again, or about to get one.
    const isGivenUp = (entry: Entry | undefined): boolean => entry === undefined || about.has(entry.status === "FAILED" ? entry.id : (entry.batch ?? entry.id));
    return lost.length > 0 && unrouted <= lost.filter(({ stage }) => stage === "routing").length && open.every((id) => isGivenUp(entries.get(id)));
}

function lost(stage: LakeStage, { body, attributes: { reason = "no reason given", source } }: DeadLetter): LostMessage {
    return { stage, reason, source, body, about: subjectOf(body) };
}

function subjectOf(body: string): string | undefined {
    let message: unknown;
    try {
        message = JSON.parse(body);
    } catch {
        return undefined;
    }
    const [bucket, key] = ["bucket", "key"].map((name) => stringMember(message, name));
    return stringMember(message, "batch") ?? (bucket === undefined || key === undefined ? undefined : `${bucket}/${key}`);
}

import { physicalName } from "../functionNames";
import type { LakeClient } from "./client";
import type { Lake } from "./lake";
import { stageOf, stages } from "./stages";
import { countWaiting } from "./tables";
import type { Look } from "./watch";

/** Where functions are invoked: names are those of the project's stack. */
export interface StackNames {
    readonly project: string;
    readonly stack: string;
}

/** Starts stage B with whatever waits, as its schedule does. */
export async function fireStageB(client: Pick<LakeClient, "invokeLater">, { project, stack }: StackNames): Promise<void> {
    await client.invokeLater(physicalName(project, stack, "stage-b-routing"), '{"flush":true}', "live");
}

export interface FlushOptions {
    readonly client: Pick<LakeClient, "countItems" | "invokeLater">;
    readonly lake: Lake;
    readonly names: StackNames;
    /** From how many waiting objects on stage B starts by itself. */
    readonly minimum: number;
    /** Milliseconds without any change after which it is fired again. @default never */
    readonly again?: number;
}

/** How long enough waiting objects may wait before the schedule is fired all the same. Milliseconds. */
const startsByItself = 5_000;

/** Fires the schedule of stage B when all that is left waits and is too little to start by itself. */
export class Flush {
    private fired = 0;

    constructor(private readonly options: FlushOptions) {}

    /** How often the schedule was fired. */
    get times(): number {
        return this.fired;
    }

    /** Answers whether it was fired now. */
    async consider(ids: readonly string[], { entries, still }: Look): Promise<boolean> {
        const { client, lake, names, minimum, again = Infinity } = this.options;
        const reached = ids.map((id) => entries.get(id));
        const isEarly = (entry: (typeof reached)[number]): boolean => entry?.status !== "FAILED" && stages.indexOf(stageOf(entry)) < stages.indexOf("waiting");
        if (reached.some(isEarly) || !reached.some((entry) => entry?.status === "WAITING") || (this.fired > 0 && still < again)) {
            return false;
        }
        if (still < startsByItself && (await countWaiting(client, lake)) >= minimum) {
            return false;
        }
        this.fired += 1;
        await fireStageB(client, names);
        return true;
    }
}

import type { Aws } from "../../aws";
import type { Ports } from "../../context";
import { ExitCode } from "../../exitCodes";
import { CommandFailure } from "../../failure";
import { physicalName } from "../../functionNames";
import { count, cut } from "../../text";
import type { LakeClient } from "../client";
import { allGivenUp, type LostMessage, lostMessages, redriveFunctions } from "../deadLetters";
import type { StackNames } from "../flush";
import type { Lake, LakeStage } from "../lake";
import { countReached } from "../stages";
import { readHistory } from "../tables";
import type { Look } from "../watch";

export interface DisturbOptions extends StackNames {
    readonly client: LakeClient;
    readonly aws: Pick<Aws, "invoke">;
    readonly lake: Lake;
    readonly folder: string;
    readonly since: number;
    readonly dockerHost: string;
    readonly killContainer: Ports["killContainer"];
    readonly say: (line: string) => void;
}

/** Milliseconds without any change before messages are put back: whatever else goes on has ended by then. */
const calm = 3_000;

/** Kills a container of each of two functions while they work, and puts back once what ended on a dead-letter queue by it. */
export class Disturbance {
    readonly killed: string[] = [];
    readonly redriven: string[] = [];

    constructor(private readonly options: DisturbOptions) {}

    async look(ids: readonly string[], look: Look): Promise<void> {
        if (countReached(ids, look.entries).catalogued >= ids.length / 2) {
            await this.kill("stage-a-process-object");
        }
        if (!this.killed.includes("stage-b-process-data") && (await this.jobRuns(ids))) {
            await this.kill("stage-b-process-data");
        }
        if (look.still >= calm && this.killed.length > 0) {
            await this.redrive(ids, look);
        }
    }

    private async jobRuns(ids: readonly string[]): Promise<boolean> {
        const { client, lake, since } = this.options;
        const history = await readHistory(client, lake, new Set(ids), since, ["B"]);
        return history.some(({ job, status }) => job === "RUNNING" && status === "RUNNING");
    }

    private async kill(name: string): Promise<void> {
        const { project, stack, dockerHost, killContainer, say } = this.options;
        if (this.killed.includes(name)) {
            return;
        }
        const id = await killContainer(dockerHost, physicalName(project, stack, name));
        if (id !== undefined) {
            this.killed.push(name);
            say(`killed container ${id.slice(0, 12)} of ${name}`);
        }
    }

    /** When nothing else brings the rest further: what is put back earlier leaves out what fails a little later. */
    private async redrive(ids: readonly string[], { entries }: Look): Promise<void> {
        const { client, lake, folder } = this.options;
        const lost = await lostMessages(client, lake, folder, entries.values(), ids.length + 100);
        if (!allGivenUp(ids, entries, lost)) {
            return;
        }
        for (const stage of new Set(lost.map((message) => message.stage))) {
            if (!this.redriven.includes(redriveFunctions[stage])) {
                await this.invokeRedrive(stage, lost.filter((message) => message.stage === stage));
            }
        }
    }

    private async invokeRedrive(stage: LakeStage, lost: readonly LostMessage[]): Promise<void> {
        const { aws, project, stack, say } = this.options;
        const name = redriveFunctions[stage];
        this.redriven.push(name);
        const { payload, functionError } = await aws.invoke(physicalName(project, stack, name), "{}", "live");
        if (functionError !== undefined) {
            throw new CommandFailure(ExitCode.failed, { given: `${name} failed (${functionError}): ${cut(payload, 300)}`, next: `see npm run local:logs -- ${name}.` });
        }
        say(`put back by ${name}: ${count(lost.length, "message")}, the first with ${cut(lost[0]?.reason ?? "", 100)}`);
    }
}

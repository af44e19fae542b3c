import { randomBytes } from "node:crypto";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteItemCommand, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { redriveFunctions } from "../../../automation/lake/deadLetters";
import { stringMember } from "../../../automation/json";
import type { LakeStage } from "../../../automation/lake/lake";
import type { TestLake } from "./lake";
import { record } from "./lakeDatasets";
import { PREFIX, type Refusal, refusalIn, type Right } from "./rights";
import { waitFor } from "./wait";

/** What brings the flow to a function, so that it needs its rights. */
export interface Place {
    readonly stage: LakeStage;
    /** `work`: an object that lands; `failure`: one that cannot be worked on; `redrive`: one that could not, and now can. */
    readonly when: "work" | "failure" | "redrive";
    /** Whether a state machine learns of the refusal, which then stands on the stage's dead-letter queue. */
    readonly tells?: true;
}

const step = (stage: LakeStage): Place => ({ stage, when: "work", tells: true });

/** By function; for one right of it, where the way is another one, with access and resource behind it. */
const PLACES: Readonly<Record<string, Place>> = {
    routing: { stage: "routing", when: "work" },
    "routing send routingDeadLetters": { stage: "routing", when: "failure" },
    redrive: { stage: "routing", when: "redrive" },
    "stage-a-routing": { stage: "A", when: "work" },
    "stage-a-preupdate-metadata": step("A"),
    "stage-a-process-object": step("A"),
    "stage-a-postupdate-metadata": step("A"),
    "stage-a-error": { stage: "A", when: "failure" },
    "stage-a-redrive": { stage: "A", when: "redrive" },
    "stage-b-routing": { stage: "B", when: "work" },
    "stage-b-process-data": step("B"),
    // A job that cannot be claimed cannot be failed either: the state machine sees only, much later, that none began.
    "stage-b-process-data write executions": { stage: "B", when: "work" },
    "stage-b-check-job": step("B"),
    "stage-b-crawl-data": step("B"),
    "stage-b-postupdate-metadata": step("B"),
    "stage-b-error": { stage: "B", when: "failure" },
    "stage-b-redrive": { stage: "B", when: "redrive" },
};

/** What of the dataset's record is wrong when work of a stage is to fail, and right again when it is mended. */
const CAUSES: Readonly<Record<LakeStage, string>> = { routing: "pipeline", A: "transforms.stage_a_transform", B: "transforms.stage_b_transform" };
const SOUND: Readonly<Record<LakeStage, string>> = { routing: "main", A: "meteorite_record", B: "csv_to_parquet" };

/** The name of a right in tests and tables. */
export function nameOf({ model, access, resource }: Right): string {
    return `${model.name} ${access} ${resource}`;
}

/** @throws where no way is known to need the right */
export function placeOf(right: Right): Place {
    const place = PLACES[nameOf(right)] ?? PLACES[right.model.name];
    if (place === undefined) {
        throw new Error(`"${nameOf(right)}": no way is known to make the flow need it. Add ${right.model.name} to PLACES in test/e2e/support/lakeRights.ts.`);
    }
    return place;
}

/** A refusal in a function's log. */
export interface LoggedRefusal extends Refusal {
    /** Milliseconds since 1970 when the line came to the log. */
    readonly at: number;
    /** Whether the function said it itself: what the runtime says of a failure comes to the log later. */
    readonly own: boolean;
}

/** An object that the flow came with to a function. */
export interface Needed {
    readonly id: string;
    /** What the function said that was called, if one was. */
    readonly failure: string | undefined;
}

/** Brings objects of one dataset to where a function needs its rights, and sees what came of it. */
export class LakeRights {
    private count = 0;
    private readonly run = randomBytes(4).toString("hex");

    constructor(
        private readonly lake: TestLake,
        private readonly dataset: string,
    ) {}

    /** Lets the flow come to a place. That a function fails there is not this call's failure. */
    async need({ stage, when }: Place): Promise<Needed> {
        if (when !== "work") {
            await this.set(stage, "missing");
        }
        const id = await this.land();
        let failure: string | undefined;
        if (stage === "B") {
            await this.lake.reach([id], "WAITING", "CLAIMED", "PROCESSED");
            failure = await failureOf(this.lake.flush());
        }
        if (when === "redrive") {
            await this.lake.letter(stage, await this.about(stage, id));
            await this.mend(stage);
            failure = await failureOf(this.lake.call(redriveFunctions[stage], {}));
        }
        return { id, failure };
    }

    /** Waits until the next object has gone through a place. */
    async passes(place: Place): Promise<void> {
        const { stage, when } = place;
        const { id, failure } = await this.need(place);
        if (failure !== undefined) {
            throw new Error(`With all rights: ${failure}`);
        }
        if (when === "failure") {
            await this.reason(stage, id);
            await this.mend(stage);
        } else {
            // What is redriven has failed before, and its entry says so until stage A takes it again.
            await this.arrives(id, stage === "B" ? ["PROCESSED"] : ["WAITING", "CLAIMED", "PROCESSED"], when === "redrive" ? [] : ["FAILED"]);
        }
    }

    private async arrives(id: string, statuses: readonly string[], failures: readonly string[]): Promise<void> {
        const { status, reason } = await waitFor(`${statuses.join(" or ")} of ${id}`, async () => {
            const entry = await this.lake.entry(id);
            return [...statuses, ...failures].includes(String(entry.status)) ? entry : undefined;
        });
        if (failures.includes(String(status))) {
            throw new Error(`With all rights, ${id} failed: ${String(reason)}`);
        }
    }

    /** Takes away why work of a stage fails. */
    mend(stage: LakeStage): Promise<void> {
        return this.set(stage, SOUND[stage]);
    }

    /** The reason on the stage's dead-letter queue for an object. */
    async reason(stage: LakeStage, id: string): Promise<string> {
        const { attributes } = await this.lake.letter(stage, await this.about(stage, id));
        return attributes.reason ?? "";
    }

    /** What a function was refused since a moment, as its log tells. */
    async refusals(name: string, since: number): Promise<LoggedRefusal[]> {
        const found: LoggedRefusal[] = [];
        let nextToken: string | undefined;
        do {
            const page = await this.lake.clients.logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${PREFIX}-${name}`, startTime: since, nextToken }));
            found.push(...(page.events ?? []).flatMap(({ message = "", timestamp = 0 }) => [refusalIn(message) ?? []].flat().map((refusal) => ({ ...refusal, at: timestamp, own: message.startsWith("{") }))));
            nextToken = page.nextToken;
        } while (nextToken !== undefined);
        return found;
    }

    /** What Lambda says of the function's queue when it may not read it. */
    mappingProblem(name: string): Promise<string> {
        return waitFor(`the refusal of the queue of ${name}`, async () => {
            const { EventSourceMappings = [] } = await this.lake.clients.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: `${PREFIX}-${name}` }));
            return EventSourceMappings.map(({ LastProcessingResult = "" }) => LastProcessingResult).find((result) => result.startsWith("PROBLEM"));
        });
    }

    /** Puts an object in; answers its id. */
    land(): Promise<string> {
        this.count += 1;
        return this.lake.put(`engineering/${this.dataset}/${this.run}/${this.count}.json`, record(`${this.run}-${this.count}`));
    }

    /** Messages that refused functions gave back come again only after minutes: they are nobody's any more. */
    async purge(QueueUrl: string): Promise<void> {
        await this.lake.clients.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    }

    /** Leaves nothing that the lake would come back to when the dataset is gone: messages, and batches that were not started. */
    async clear(): Promise<void> {
        const { lake, outputs, tables } = this.lake;
        await Promise.all(Object.values(outputs.queues).map((url) => this.purge(url)));
        const { Items = [] } = await tables.send(new ScanCommand({ TableName: lake.tables.executions, ConsistentRead: true }));
        const left = Items.filter(({ dataset, status }) => dataset?.S === this.dataset && (status?.S === "CLAIMING" || status?.S === "STARTING"));
        await Promise.all(left.map(({ id = { S: "" } }) => tables.send(new DeleteItemCommand({ TableName: lake.tables.executions, Key: { id } }))));
    }

    /** Messages that wait to be read. */
    async waiting(QueueUrl: string): Promise<number> {
        const { Attributes } = await this.lake.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }));
        return Number(Attributes?.ApproximateNumberOfMessages);
    }

    /** What a dead letter about an object has in it. */
    private async about(stage: LakeStage, id: string): Promise<string> {
        if (stage !== "B") {
            return id.slice(id.indexOf("/") + 1);
        }
        return waitFor(`the batch of ${id}`, async () => stringMember(await this.lake.entry(id), "batch"));
    }

    private async set(stage: LakeStage, value: string): Promise<void> {
        const path = CAUSES[stage].split(".");
        await this.lake.tables.send(
            new UpdateItemCommand({
                TableName: this.lake.lake.tables.datasets,
                Key: { name: { S: `engineering-${this.dataset}` } },
                UpdateExpression: `SET ${path.map((_, index) => `#p${index}`).join(".")} = :value`,
                ExpressionAttributeNames: Object.fromEntries(path.map((part, index) => [`#p${index}`, part])),
                ExpressionAttributeValues: { ":value": { S: value } },
            }),
        );
    }
}

async function failureOf(call: Promise<unknown>): Promise<string | undefined> {
    try {
        await call;
        return undefined;
    } catch (error) {
        return String(error);
    }
}

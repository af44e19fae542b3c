import * as pulumi from "@pulumi/pulumi";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import type { ContainerFunction } from "../components/functions/ContainerFunction";
import { ResourceHandle, ResourceHandles } from "../components/functions/resources";
import { Catalog } from "./Catalog";
import { DataBucket } from "./DataBucket";
import { readRecords } from "./datasets";
import { LakeTables } from "./LakeTables";
import { RESOURCES } from "./resources";
import type { Stage } from "./stageDefinitions";
import { StageMachine } from "./StageMachine";
import { WorkQueue } from "./WorkQueue";

export { RESOURCES };

export interface InfrastructureArgs {
    /** Start of every physical name: `<project>-<stack>`. */
    prefix: string;
    /** Account that owns the resources; bucket names carry it, because they are unique in the whole world. */
    accountId: string;
    region: string;
    /** Keep objects, tables and query history when the stack is destroyed. @default true */
    protectData?: boolean;
    /** ARN of the policy that caps every role. @default none */
    permissionsBoundary?: string;
}

/** Seconds; six times the time-out of the slowest consumer, as SQS asks of queues that feed Lambda. */
const VISIBILITY_TIMEOUT = 360;

/** The data lake's resources: what its functions share. */
export class Infrastructure extends pulumi.ComponentResource {
    /** By the names of `RESOURCES`. */
    readonly handles: ResourceHandles & Record<keyof typeof RESOURCES, ResourceHandle>;
    /** What the stack's outputs say of the application. */
    readonly outputs: Readonly<Record<string, unknown>>;

    constructor(
        private readonly name: string,
        private readonly args: InfrastructureArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("container-lambdas:app:Infrastructure", name, {}, opts);
        const parent = this;
        const { prefix, accountId } = args;
        const protectData = args.protectData ?? true;
        const records = readRecords();
        const bucket = (kind: "raw" | "stage"): DataBucket => new DataBucket(`${name}-${kind}`, { bucketName: `${prefix}-${accountId}-${kind}`, protectData }, { parent });
        const raw = bucket("raw");
        const stage = bucket("stage");
        const queue = (kind: string, events?: { readonly bucketArn: pulumi.Input<string>; readonly accountId: string }): WorkQueue =>
            new WorkQueue(`${name}-${kind}`, { queueName: `${prefix}-lake-${kind}`, visibilityTimeout: VISIBILITY_TIMEOUT, events }, { parent });
        const routing = queue("routing", { bucketArn: raw.arn, accountId });
        const [stageA, stageB] = [queue("stage-a"), queue("stage-b")];
        const { tables } = new LakeTables(`${name}-tables`, { prefix, records, protectData }, { parent });
        const catalog = new Catalog(`${name}-catalog`, { prefix, bucketName: stage.bucketName, datasets: records.datasets, protectData }, { parent });
        const machines = { stageA: this.machineArn("a"), stageB: this.machineArn("b") };

        this.handles = {
            catalog: { kind: "catalog", name: catalog.database.name, arn: catalog.database.arn },
            datasets: tableHandle(tables.datasets),
            executions: tableHandle(tables.executions),
            objects: tableHandle(tables.objects),
            pipelines: tableHandle(tables.pipelines),
            raw: { kind: "bucket", name: raw.bucketName, arn: raw.arn, queueEvents: [{ queueArn: routing.readyArn, prefix: "raw/" }] },
            routing: queueHandle(routing.queue),
            routingDeadLetters: queueHandle(routing.deadLetters),
            stage: { kind: "bucket", name: stage.bucketName, arn: stage.arn },
            stageA: queueHandle(stageA.queue),
            stageADeadLetters: queueHandle(stageA.deadLetters),
            stageAMachine: { kind: "stateMachine", name: this.machineName("a"), arn: machines.stageA },
            stageB: queueHandle(stageB.queue),
            stageBDeadLetters: queueHandle(stageB.deadLetters),
            stageBMachine: { kind: "stateMachine", name: this.machineName("b"), arn: machines.stageB },
        };
        // Names by which those find the lake who are no part of the stack.
        const interfaces = { "catalog-database": catalog.database.name, "raw-bucket": raw.bucketName, "stage-bucket": stage.bucketName };
        for (const [key, value] of Object.entries(interfaces)) {
            new Parameter(`${name}-${key}`, { name: `/${prefix}/${key}`, type: "String", value }, { parent });
        }
        this.outputs = {
            rawBucket: raw.bucketName,
            stageBucket: stage.bucketName,
            tables: Object.fromEntries(Object.entries(tables).map(([kind, table]) => [kind, table.name])),
            queues: {
                routing: routing.queue.url,
                routingDeadLetters: routing.deadLetters.url,
                stageA: stageA.queue.url,
                stageADeadLetters: stageA.deadLetters.url,
                stageB: stageB.queue.url,
                stageBDeadLetters: stageB.deadLetters.url,
            },
            stateMachines: machines,
            catalog: { database: catalog.database.name, tables: catalog.tables },
        };
        this.registerOutputs(this.outputs);
    }

    /** Declares what calls functions beyond their own triggers. */
    connect(functions: Readonly<Record<string, ContainerFunction>>): void {
        const { accountId, permissionsBoundary } = this.args;
        for (const stage of ["a", "b"] as const) {
            new StageMachine(`${this.name}-stage-${stage}`, { stage, machineName: this.machineName(stage), accountId, functions, permissionsBoundary }, { parent: this });
        }
    }

    private machineName(stage: Stage): string {
        return `${this.args.prefix}-stage-${stage}`;
    }

    /** Known before the machine exists: the functions that start it are made before it, because it calls functions. */
    private machineArn(stage: Stage): string {
        return `arn:aws:states:${this.args.region}:${this.args.accountId}:stateMachine:${this.machineName(stage)}`;
    }
}

function tableHandle({ name, arn }: { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string> }): ResourceHandle {
    return { kind: "table", name, arn };
}

function queueHandle({ name, arn, url }: { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string>; readonly url: pulumi.Output<string> }): ResourceHandle {
    return { kind: "queue", name, arn, url };
}

import * as pulumi from "@pulumi/pulumi";
import { NamedQuery } from "@pulumi/aws/athena/namedQuery";
import { Workgroup } from "@pulumi/aws/athena/workgroup";
import { Table } from "@pulumi/aws/dynamodb/table";
import { TableItem } from "@pulumi/aws/dynamodb/tableItem";
import { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase";
import { CatalogTable } from "@pulumi/aws/glue/catalogTable";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { StateMachine } from "@pulumi/aws/sfn/stateMachine";
import { Queue } from "@pulumi/aws/sqs/queue";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import { trustPolicy } from "../components/functions/statements";
import { encryptedTransport, resourcePolicy } from "../components/resourcePolicy";
import { DataBucket } from "./DataBucket";

/** A test changes it, so that every resource that can be changed is. */
const VARIANT: number = 1;

export interface ExtrasArgs {
    prefix: string;
    accountId: string;
    permissionsBoundary?: string;
}

/** One resource of every kind that an application can have and the test application has not. */
export class Extras extends pulumi.ComponentResource {
    readonly queue: Queue;
    readonly table: Table;

    constructor(name: string, { prefix, accountId, permissionsBoundary }: ExtrasArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:Extras", name, {}, opts);
        const parent = this;
        const text = `variant ${VARIANT}`;
        this.table = new Table(
            `${name}-table`,
            {
                name: `${prefix}-extras`,
                billingMode: "PAY_PER_REQUEST",
                hashKey: "id",
                attributes: [{ name: "id", type: "S" }],
                streamEnabled: true,
                streamViewType: "KEYS_ONLY",
                pointInTimeRecovery: { enabled: VARIANT > 1 },
                ttl: { attributeName: "expires", enabled: VARIANT > 1 },
                deletionProtectionEnabled: VARIANT === 1,
            },
            { parent },
        );
        new TableItem(
            `${name}-item`,
            { tableName: this.table.name, hashKey: "id", item: JSON.stringify({ id: { S: "one" }, text: { S: text } }) },
            { parent },
        );
        const role = new Role(
            `${name}-role`,
            { name: `${prefix}-extras-machine`, description: text, assumeRolePolicy: trustPolicy("states.amazonaws.com", accountId), permissionsBoundary },
            { parent },
        );
        new RolePolicy(
            `${name}-role-policy`,
            { name: "steps", role: role.name, policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [`arn:aws:sqs:*:${accountId}:${prefix}-${VARIANT}`] }] }) },
            { parent },
        );
        new StateMachine(
            `${name}-machine`,
            { name: `${prefix}-extras`, roleArn: role.arn, definition: JSON.stringify({ Comment: text, StartAt: "Done", States: { Done: { Type: "Succeed" } } }) },
            { parent },
        );
        const database = new CatalogDatabase(`${name}-database`, { name: `${prefix.replaceAll("-", "_")}_extras`, description: text }, { parent });
        new CatalogTable(`${name}-catalog-table`, { databaseName: database.name, name: "extras", description: text }, { parent });
        const workgroup = new Workgroup(`${name}-workgroup`, { name: `${prefix}-extras`, description: text, forceDestroy: true }, { parent });
        new NamedQuery(`${name}-query`, { name: `${prefix}-extras`, database: database.name, workgroup: workgroup.name, query: `SELECT ${VARIANT}` }, { parent });
        new Parameter(`${name}-parameter`, { name: `/${prefix}/extras`, type: "String", value: text }, { parent });
        this.queue = new Queue(`${name}-queue`, { name: `${prefix}-extras`, sqsManagedSseEnabled: true, visibilityTimeoutSeconds: 30 * VARIANT }, { parent });
        new QueuePolicy(`${name}-queue-policy`, { queueUrl: this.queue.url, policy: this.queue.arn.apply((arn) => resourcePolicy([encryptedTransport("sqs", [arn])])) }, { parent });
        new DataBucket(`${name}-bucket`, { bucketName: `${prefix}-${accountId}-extras`, protectData: false }, { parent });
        this.registerOutputs({});
    }
}

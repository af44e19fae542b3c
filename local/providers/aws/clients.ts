/** AWS clients that are loaded when first used: a run that changes nothing must not pay for SDKs it does not call. */
import type { Athena } from "@aws-sdk/client-athena";
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { CodeBuild } from "@aws-sdk/client-codebuild";
import type { CodePipeline } from "@aws-sdk/client-codepipeline";
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { ECR } from "@aws-sdk/client-ecr";
import type { EventBridge } from "@aws-sdk/client-eventbridge";
import type { Glue } from "@aws-sdk/client-glue";
import type { IAM } from "@aws-sdk/client-iam";
import type { KMS } from "@aws-sdk/client-kms";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { S3 } from "@aws-sdk/client-s3";
import type { Scheduler } from "@aws-sdk/client-scheduler";
import type { SFN } from "@aws-sdk/client-sfn";
import type { SNS } from "@aws-sdk/client-sns";
import type { SQS } from "@aws-sdk/client-sqs";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import type { Context, ResourceType } from "../framework/resource";
import { resourceType as anyResourceType, type AnyResourceType } from "../framework/resource";
import { CodeConnections } from "./services/codeConnections";
import { CodestarNotifications } from "./services/codestarNotifications";
import type { SignedOptions } from "./services/signedJson";

interface Clients {
    readonly athena: Athena;
    readonly cloudwatch: CloudWatch;
    readonly codebuild: CodeBuild;
    readonly codeconnections: CodeConnections;
    readonly codepipeline: CodePipeline;
    readonly codestarnotifications: CodestarNotifications;
    readonly dynamodb: DynamoDB;
    readonly ecr: ECR;
    readonly eventbridge: EventBridge;
    readonly glue: Glue;
    readonly iam: IAM;
    readonly kms: KMS;
    readonly lambda: Lambda;
    readonly logs: CloudWatchLogs;
    readonly s3: S3;
    readonly scheduler: Scheduler;
    readonly sfn: SFN;
    readonly sns: SNS;
    readonly sqs: SQS;
    readonly ssm: SSM;
    readonly sts: STS;
}

export type ServiceName = keyof Clients;

/** `const lambda = await services.lambda();` */
export type Services = { readonly [Name in ServiceName]: () => Promise<Clients[Name]> } & {
    /** Asks STS once. */
    accountId(): Promise<string>;
};

/** What every client is made with; the same fields in all SDKs. */
export interface ClientOptions {
    readonly region: string;
    readonly endpoint: string;
    readonly maxAttempts: number;
    readonly credentials?: Credentials | (() => Promise<Credentials>);
}

export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    readonly expiration?: Date;
}

const makers: { readonly [Name in ServiceName]: (options: ClientOptions) => Promise<Clients[Name]> } = {
    athena: async (options) => new (await import("@aws-sdk/client-athena")).Athena(options),
    cloudwatch: async (options) => new (await import("@aws-sdk/client-cloudwatch")).CloudWatch(options),
    codebuild: async (options) => new (await import("@aws-sdk/client-codebuild")).CodeBuild(options),
    codeconnections: async (options) => new CodeConnections(await withCredentials(options)),
    codepipeline: async (options) => new (await import("@aws-sdk/client-codepipeline")).CodePipeline(options),
    codestarnotifications: async (options) => new CodestarNotifications(await withCredentials(options)),
    dynamodb: async (options) => new (await import("@aws-sdk/client-dynamodb")).DynamoDB(options),
    ecr: async (options) => new (await import("@aws-sdk/client-ecr")).ECR(options),
    eventbridge: async (options) => new (await import("@aws-sdk/client-eventbridge")).EventBridge(options),
    glue: async (options) => new (await import("@aws-sdk/client-glue")).Glue(options),
    iam: async (options) => new (await import("@aws-sdk/client-iam")).IAM(options),
    kms: async (options) => new (await import("@aws-sdk/client-kms")).KMS(options),
    lambda: async (options) => new (await import("@aws-sdk/client-lambda")).Lambda(options),
    logs: async (options) => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogs(options),
    // Virtual hosts would need a name for each bucket in the resolver of the machine.
    s3: async (options) => new (await import("@aws-sdk/client-s3")).S3({ ...options, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" }),
    scheduler: async (options) => new (await import("@aws-sdk/client-scheduler")).Scheduler(options),
    sfn: async (options) => new (await import("@aws-sdk/client-sfn")).SFN(options),
    sns: async (options) => new (await import("@aws-sdk/client-sns")).SNS(options),
    // Queue URLs hold the address that queues were created at, which need not be the one that answers now.
    sqs: async (options) => new (await import("@aws-sdk/client-sqs")).SQS({ ...options, useQueueUrlAsEndpoint: false }),
    ssm: async (options) => new (await import("@aws-sdk/client-ssm")).SSM(options),
    sts: async (options) => new (await import("@aws-sdk/client-sts")).STS(options),
};

/** What the SDKs find by themselves where none are given; only they know how to search. */
async function withCredentials(options: ClientOptions): Promise<SignedOptions> {
    return { ...options, credentials: options.credentials ?? new (await import("@aws-sdk/client-sts")).STS(options).config.credentials };
}

/** One client per service and region, made on first use. */
export function clients(optionsFor: (service: ServiceName) => ClientOptions): Services {
    const made = new Map<string, Promise<unknown>>();
    const once = <T>(name: string, make: () => Promise<T>): Promise<T> => {
        const existing = made.get(name) as Promise<T> | undefined;
        const promise = existing ?? make();
        made.set(name, promise);
        return promise;
    };
    const services = Object.fromEntries(
        Object.entries(makers).map(([name, make]) => [
            name,
            () => once<unknown>(name, () => make(optionsFor(name as ServiceName))),
        ]),
    ) as unknown as Omit<Services, "accountId">;
    return {
        ...services,
        accountId: () => once("accountId", async () => (await (await services.sts()).getCallerIdentity({})).Account ?? ""),
    };
}

export type AwsContext = Context<Services>;
export type AwsResourceType = AnyResourceType<Services>;

/** An entry of the table, typed by the SDK's own declarations of inputs and state. */
export function resourceType<Inputs extends object, State extends object>(entry: ResourceType<Services, Inputs, State>): AwsResourceType {
    return anyResourceType(entry);
}

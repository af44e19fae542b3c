import * as pulumi from "@pulumi/pulumi";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { Alias } from "@pulumi/aws/lambda/alias";
import { Function } from "@pulumi/aws/lambda/function";
import { FunctionUrl } from "@pulumi/aws/lambda/functionUrl";
import { ProvisionedConcurrencyConfig } from "@pulumi/aws/lambda/provisionedConcurrencyConfig";
import { Queue } from "@pulumi/aws/sqs/queue";
import { FunctionModel } from "../manifest/model";
import { NO_IMAGE, orIfFailed } from "../orIfFailed";
import { declareAlarms } from "./alarms";
import { addressOf, ALIAS, AliasAddress } from "./aliasAddress";
import { executionPolicy, Place, secretArn } from "./executionPolicy";
import { ResourceHandles, resolveReferences } from "./resources";
import { declareSmokeTest } from "./smoke";
import { trustPolicy } from "./statements";
import { declareTriggers } from "./triggers";

/** Who moves the alias `live`: `direct`: `pulumi up`; `gradual`: the pipeline's stage Release, and Pulumi leaves it alone. */
export type ReleaseMode = "direct" | "gradual";

export interface ContainerFunctionArgs {
    /** The validated manifest. Plain, because it decides which resources exist. */
    model: FunctionModel;
    /** Physical name, at most 64 characters of `[A-Za-z0-9-_]`: an interface, for callers and log readers know it. */
    functionName: string;
    /** `repository@sha256:…`; a tag is refused, since it could come to mean another image. */
    imageUri: pulumi.Input<string>;
    /** The application's resources that the manifest refers to. */
    handles: ResourceHandles;
    /** Account and region that the function runs in. */
    place: Place;
    /** Days that logs are kept; one of CloudWatch's 22 values. @default 30 */
    logRetentionDays?: number;
    /** @default "direct" */
    release?: ReleaseMode;
    /** SNS topic that alarms go to. @default none: alarms show, but tell nobody */
    alarmTopicArn?: pulumi.Input<string>;
    /** ARN of the policy that caps what the roles of the function and of its schedules can ever do. @default none */
    permissionsBoundary?: pulumi.Input<string>;
    /** @default none beyond the provider's default tags */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Seconds that a dead letter stays: SQS's maximum, 14 days. */
const DEAD_LETTER_RETENTION = 1_209_600;

/**
 * A Lambda function that runs an image by digest under a role of its own: log group, dead-letter queue, a published
 * version for every change, a test of that version, and then the alias `live`, which triggers and callers use.
 */
export class ContainerFunction extends pulumi.ComponentResource {
    /** ARN without version. */
    readonly arn: pulumi.Output<string>;
    /** ARN of the alias `live`. */
    readonly aliasArn: pulumi.Output<string>;
    readonly imageUri: pulumi.Output<string>;
    /** The newest published version, a number as text. */
    readonly version: pulumi.Output<string>;
    /** Name of the log group. */
    readonly logGroupName: pulumi.Output<string>;
    /** Escape hatch: the function itself. */
    readonly function: Function;
    /** Escape hatch: the alias `live`. */
    readonly alias: Alias;
    /** The alias for those who make resources that call it. */
    readonly address: AliasAddress;
    /** Escape hatch: the role, for rights that no manifest can say. */
    readonly role: Role;

    constructor(name: string, args: ContainerFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        // Without the image among its inputs: where that fails, the role, queue and log group are made all the same.
        super("container-lambdas:functions:ContainerFunction", name, { functionName: args.functionName }, opts);
        const parent = this;
        const { model, functionName, handles, place, permissionsBoundary, tags } = args;

        const logGroup = new LogGroup(
            `${name}-logs`,
            { name: `/aws/lambda/${functionName}`, retentionInDays: args.logRetentionDays ?? 30, tags },
            { parent },
        );
        const deadLetters = new Queue(
            `${name}-dead-letters`,
            { name: `${functionName}-dlq`, sqsManagedSseEnabled: true, messageRetentionSeconds: DEAD_LETTER_RETENTION, tags },
            { parent },
        );
        this.role = new Role(
            `${name}-role`,
            { name: functionName, assumeRolePolicy: trustPolicy("lambda.amazonaws.com", place.accountId), permissionsBoundary, tags },
            { parent },
        );
        const policy = new RolePolicy(
            `${name}-policy`,
            { name: "grants", role: this.role.name, policy: executionPolicy(model, place, handles, { logGroupArn: logGroup.arn, deadLetterArn: deadLetters.arn }) },
            { parent },
        );
        this.function = new Function(
            `${name}-function`,
            {
                name: functionName,
                description: model.description,
                packageType: "Image",
                imageUri: orIfFailed(pulumi.output(args.imageUri), NO_IMAGE).apply(requireDigest),
                imageConfig: model.command === undefined ? undefined : { commands: [...model.command] },
                role: this.role.arn,
                architectures: [model.architecture],
                memorySize: model.memorySize,
                timeout: model.timeout,
                ephemeralStorage: { size: model.ephemeralStorage },
                environment: { variables: environmentOf(model, handles, place) },
                deadLetterConfig: { targetArn: deadLetters.arn },
                reservedConcurrentExecutions: model.reservedConcurrency,
                vpcConfig: model.network && { subnetIds: [...model.network.subnetIds], securityGroupIds: [...model.network.securityGroupIds] },
                loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
                publish: true,
                tags,
            },
            { parent, dependsOn: [policy] },
        );
        const published = { name: orIfFailed(this.function.name, functionName), version: orIfFailed(this.function.version, "0") };
        const smoke = declareSmokeTest(name, { model, functionName, region: place.region, version: published.version }, parent);
        this.alias = declareAlias(name, published, args.release ?? "direct", { parent, dependsOn: smoke === undefined ? [] : [smoke] });

        this.address = addressOf(this.alias, functionName, place);
        declareTriggers(name, { model, alias: this.address, functionName, handles, place, permissionsBoundary, tags }, parent);
        declareAlarms(name, { model, functionName, alarmTopicArn: args.alarmTopicArn, tags }, parent);
        if (model.url !== undefined) {
            const authorizationType = model.url.authorization === "iam" ? "AWS_IAM" : "NONE";
            new FunctionUrl(`${name}-url`, { functionName: published.name, qualifier: this.address.name, authorizationType }, { parent });
        }
        if (model.provisionedConcurrency !== undefined) {
            new ProvisionedConcurrencyConfig(
                `${name}-provisioned-concurrency`,
                { functionName: published.name, qualifier: this.address.name, provisionedConcurrentExecutions: model.provisionedConcurrency },
                { parent },
            );
        }

        this.arn = this.function.arn;
        this.aliasArn = this.alias.arn;
        this.imageUri = pulumi.output(args.imageUri);
        this.version = this.function.version;
        this.logGroupName = logGroup.name;
        this.registerOutputs({ arn: this.arn, aliasArn: this.aliasArn, imageUri: this.imageUri, version: this.version });
    }
}

/**
 * In the mode `gradual` the alias has no argument besides name, function and the two ignored ones: with any other change
 * the engine would send the recorded old version along and throw traffic back to it.
 */
function declareAlias(name: string, target: Pick<Function, "name" | "version">, release: ReleaseMode, opts: pulumi.CustomResourceOptions): Alias {
    const args = { name: ALIAS, functionName: target.name, functionVersion: target.version };
    return release === "direct"
        ? new Alias(`${name}-alias`, args, opts)
        : new Alias(`${name}-alias`, args, { ...opts, ignoreChanges: ["functionVersion", "routingConfig"] });
}

function environmentOf(model: FunctionModel, handles: ResourceHandles, place: Place): Record<string, pulumi.Input<string>> {
    const plain = Object.entries(model.environment).map(([variable, text]): [string, pulumi.Input<string>] => [variable, resolveReferences(text, handles)]);
    const secrets = model.secrets.map((secret): [string, pulumi.Input<string>] => [secret.variable, secretArn(secret, place)]);
    return Object.fromEntries([...plain, ...secrets].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws for an image that is named by tag, or not at all. */
export function requireDigest(imageUri: string): string {
    if (!/@sha256:[0-9a-f]{64}$/.test(imageUri)) {
        throw new Error(`"${imageUri}" does not name an image by digest; allowed is repository@sha256:… with 64 hex digits. Pass the digest that the build or the registry gave.`);
    }
    return imageUri;
}

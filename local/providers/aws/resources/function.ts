import type { CreateFunctionRequest, FunctionConfiguration, UpdateFunctionCodeRequest, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import type { FunctionArgs, FunctionState } from "@pulumi/aws/lambda/function";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { Incomplete } from "../../framework/resource";
import { codeOf, configurationOf, functionState, invokeArn, latestVersion } from "./functionShape";
import { ready } from "./functionState";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

export type FunctionInputs = Inputs<FunctionArgs, "name">;

/** What is sent by UpdateFunctionConfiguration; a change of these makes a new version where versions are published. */
const CONFIGURATION = [
    "deadLetterConfig",
    "description",
    "environment",
    "ephemeralStorage",
    "handler",
    "imageConfig",
    "kmsKeyArn",
    "layers",
    "loggingConfig",
    "memorySize",
    "role",
    "runtime",
    "snapStart",
    "timeout",
    "tracingConfig",
    "vpcConfig",
];

/** What is sent by UpdateFunctionCode. */
const CODE = ["architectures", "code", "imageUri", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"];

export const lambdaFunction = resourceType<FunctionInputs, State<FunctionState>>({
    token: "aws:lambda/function:Function",
    source: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/function.go",
    autoName: { property: "name", maximum: 64 },
    replaceOn: ["name", "packageType"],
    defaults: { memorySize: 128, packageType: "Zip", publish: false, reservedConcurrentExecutions: -1, skipDestroy: false, timeout: 3 },
    computed: ["architectures", "codeSha256", "ephemeralStorage", "loggingConfig", "sourceCodeHash", "tracingConfig"],
    unsupported: [
        "capacityProviderConfig",
        "codeSha256",
        "codeSigningConfigArn",
        "durableConfig",
        "fileSystemConfig",
        "publishTo",
        "replaceSecurityGroupsOnDestroy",
        "replacementSecurityGroupIds",
        "sourceKmsKeyArn",
        "tenancyConfig",
    ],
    sets: ["vpcConfig.securityGroupIds", "vpcConfig.subnetIds"],
    local: ["code", "publish", "s3Bucket", "s3Key", "s3ObjectVersion", "skipDestroy", "sourceCodeHash", "useResourceTimeoutForPropagation"],

    problems(inputs) {
        const sources = [inputs.imageUri, inputs.code, inputs.s3Bucket].filter((source) => source !== undefined).length;
        return [
            ...(sources === 1 ? [] : [{ property: "imageUri", reason: `${sources} sources of code were given: give exactly one of "imageUri", "code", "s3Bucket"` }]),
            ...(inputs.imageUri !== undefined && inputs.packageType !== "Image"
                ? [{ property: "packageType", reason: `"packageType" is "${inputs.packageType}" although "imageUri" is given: set packageType to "Image"` }]
                : []),
        ];
    },

    changes({ changed, inputs }) {
        const code = CODE.some((name) => changed.has(name));
        const published = inputs.publish === true && (code || changed.has("publish") || CONFIGURATION.some((name) => changed.has(name)));
        return [
            ...(published ? ["version", "qualifiedArn", "qualifiedInvokeArn"] : []),
            ...(code ? ["codeSha256", "sourceCodeHash", "sourceCodeSize"] : []),
            ...(code || published ? ["lastModified"] : []),
        ];
    },

    async create(inputs, context) {
        const lambda = await context.services.lambda();
        const tags = inputs.tagsAll ?? {};
        await context.retry(
            () =>
                lambda.createFunction({
                    ...configurationOf(inputs),
                    FunctionName: inputs.name,
                    Role: inputs.role,
                    Code: codeOf(inputs),
                    PackageType: inputs.packageType,
                    Architectures: inputs.architectures,
                    Publish: inputs.publish,
                    Tags: Object.keys(tags).length === 0 ? undefined : tags,
                } as CreateFunctionRequest),
            notPropagated,
        );
        try {
            await ready(lambda, inputs.name, context);
            if ((inputs.reservedConcurrentExecutions ?? -1) >= 0) {
                await lambda.putFunctionConcurrency({
                    FunctionName: inputs.name,
                    ReservedConcurrentExecutions: inputs.reservedConcurrentExecutions,
                });
            }
        } catch (error) {
            throw new Incomplete(inputs.name, error instanceof Error ? error : new Error(String(error)));
        }
        return inputs.name;
    },

    async read(id, { services, region }, known) {
        const lambda = await services.lambda();
        const found = await orAbsent(lambda.getFunction({ FunctionName: id }));
        if (found?.Configuration === undefined) {
            return undefined;
        }
        const published = known.publish === true ? await latestVersion(lambda, id) : undefined;
        const arn = found.Configuration.FunctionArn ?? "";
        const qualifiedArn = `${arn}:${published?.Version ?? "$LATEST"}`;
        // The emulator leaves the hash of an image empty; Lambda shows the image's digest.
        const hash = found.Configuration.CodeSha256 || /@sha256:([0-9a-f]{64})$/.exec(found.Code?.ImageUri ?? "")?.[1];
        return {
            ...functionState(found.Configuration, region),
            codeSha256: hash,
            sourceCodeHash: hash,
            imageUri: found.Code?.ImageUri,
            reservedConcurrentExecutions: found.Concurrency?.ReservedConcurrentExecutions ?? -1,
            version: published?.Version ?? "$LATEST",
            qualifiedArn,
            qualifiedInvokeArn: invokeArn(region, qualifiedArn),
            tags: found.Tags,
        };
    },

    async update(id, inputs, context, { old, state, changed }) {
        const lambda = await context.services.lambda();
        const configuration = CONFIGURATION.some((name) => changed.has(name));
        const code = CODE.some((name) => changed.has(name));
        await ready(lambda, id, context);
        if (configuration) {
            const request = { ...configurationOf(inputs, old), FunctionName: id, Role: inputs.role } as UpdateFunctionConfigurationRequest;
            await context.retry(() => lambda.updateFunctionConfiguration(request), notPropagated);
            await ready(lambda, id, context);
        }
        if (code) {
            const request = { ...codeOf(inputs), FunctionName: id, Architectures: inputs.architectures } as UpdateFunctionCodeRequest;
            await context.retry(() => lambda.updateFunctionCode(request), notPropagated);
            await ready(lambda, id, context);
        }
        if (changed.has("reservedConcurrentExecutions")) {
            await ((inputs.reservedConcurrentExecutions ?? -1) >= 0
                ? lambda.putFunctionConcurrency({ FunctionName: id, ReservedConcurrentExecutions: inputs.reservedConcurrentExecutions })
                : lambda.deleteFunctionConcurrency({ FunctionName: id }));
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => lambda.tagResource({ Resource: String(state["arn"]), Tags: { ...tags } }),
            (keys) => lambda.untagResource({ Resource: String(state["arn"]), TagKeys: keys }),
        );
        if (inputs.publish === true && (configuration || code || changed.has("publish"))) {
            const version: FunctionConfiguration = await context.retry(() => lambda.publishVersion({ FunctionName: id }), notPropagated);
            await ready(lambda, id, context, version.Version);
        }
    },

    async delete(id, state, { services }) {
        if (state["skipDestroy"] !== true) {
            await orAbsent((await services.lambda()).deleteFunction({ FunctionName: id }));
        }
    },
});

/** Roles, keys and images that were made a moment ago, and a function that is still being changed. */
function notPropagated(error: unknown): boolean {
    const message = error instanceof Error ? error.message : "";
    return (
        (isError(error, "InvalidParameterValueException", "AccessDeniedException") &&
            /cannot be assumed by Lambda|role defined for the function|does not have permissions to access the ECR image|KMS key is invalid|PutTraceSegments/i.test(message)) ||
        (isError(error, "ResourceConflictException") && /in progress|currently in the following state|Pending/i.test(message)) ||
        isError(error, "TooManyRequestsException")
    );
}

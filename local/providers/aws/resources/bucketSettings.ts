/** Settings of a bucket that are resources of their own. The id of each is the bucket's name. */
import type { ObjectOwnership, ServerSideEncryption } from "@aws-sdk/client-s3";
import type { BucketOwnershipControlsArgs, BucketOwnershipControlsState } from "@pulumi/aws/s3/bucketOwnershipControls";
import type { BucketPolicyArgs, BucketPolicyState } from "@pulumi/aws/s3/bucketPolicy";
import type { BucketPublicAccessBlockArgs, BucketPublicAccessBlockState } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import type {
    BucketServerSideEncryptionConfigurationArgs,
    BucketServerSideEncryptionConfigurationState,
} from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import type { BucketVersioningArgs, BucketVersioningState } from "@pulumi/aws/s3/bucketVersioning";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import type { Inputs, State } from "./types";

type VersioningInputs = Inputs<BucketVersioningArgs>;

export const bucketVersioning = resourceType<VersioningInputs, State<BucketVersioningState>>({
    token: "aws:s3/bucketVersioning:BucketVersioning",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_versioning",
    replaceOn: ["bucket", "expectedBucketOwner"],
    local: ["expectedBucketOwner", "mfa"],
    create: (inputs, context) => putVersioning(inputs, context),
    async read(id, { services }, known) {
        const found = await orAbsent((await services.s3()).getBucketVersioning({ Bucket: id }));
        if (found === undefined) {
            return undefined;
        }
        // A bucket that never had versioning has no status; the SDK calls that Disabled.
        const status = found.Status ?? (known.versioningConfiguration?.status === "Suspended" ? "Suspended" : "Disabled");
        return { bucket: id, versioningConfiguration: { status, mfaDelete: found.MFADelete } };
    },
    async update(_id, inputs, context) {
        await putVersioning(inputs, context);
    },
    async delete(id, state, { services }) {
        const status = (state["versioningConfiguration"] as { status?: string } | undefined)?.status;
        if (status !== "Disabled") {
            await orAbsent((await services.s3()).putBucketVersioning({ Bucket: id, VersioningConfiguration: { Status: "Suspended" } }));
        }
    },
});

async function putVersioning(inputs: VersioningInputs, { services }: AwsContext): Promise<string> {
    const { status, mfaDelete } = inputs.versioningConfiguration;
    if (status !== "Disabled") {
        await (await services.s3()).putBucketVersioning({
            Bucket: inputs.bucket,
            MFA: inputs.mfa,
            VersioningConfiguration: { Status: status as "Enabled", MFADelete: mfaDelete as "Enabled" | undefined },
        });
    }
    return inputs.bucket;
}

type EncryptionInputs = Inputs<BucketServerSideEncryptionConfigurationArgs>;

export const bucketEncryption = resourceType<EncryptionInputs, State<BucketServerSideEncryptionConfigurationState>>({
    token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_server_side_encryption_configuration",
    replaceOn: ["bucket", "expectedBucketOwner"],
    sets: ["rules"],
    local: ["expectedBucketOwner"],
    problems: ({ rules }) =>
        rules.some(({ blockedEncryptionTypes }) => blockedEncryptionTypes !== undefined)
            ? [{ property: "rules", reason: `"blockedEncryptionTypes" is not carried out by the emulator's stand-in: leave it out, or use the official provider` }]
            : [],
    create: (inputs, context) => putEncryption(inputs, context),
    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getBucketEncryption({ Bucket: id }));
        const rules = found?.ServerSideEncryptionConfiguration?.Rules;
        if (rules === undefined) {
            return undefined;
        }
        return {
            bucket: id,
            rules: rules.map(({ ApplyServerSideEncryptionByDefault: applied, BucketKeyEnabled }) => ({
                applyServerSideEncryptionByDefault:
                    applied === undefined ? undefined : { sseAlgorithm: applied.SSEAlgorithm ?? "", kmsMasterKeyId: applied.KMSMasterKeyID },
                bucketKeyEnabled: BucketKeyEnabled ?? false,
            })),
        };
    },
    async update(_id, inputs, context) {
        await putEncryption(inputs, context);
    },
    async delete(id, _state, { services }) {
        await orAbsent((await services.s3()).deleteBucketEncryption({ Bucket: id }));
    },
});

async function putEncryption(inputs: EncryptionInputs, { services }: AwsContext): Promise<string> {
    await (await services.s3()).putBucketEncryption({
        Bucket: inputs.bucket,
        ServerSideEncryptionConfiguration: {
            Rules: inputs.rules.map(({ applyServerSideEncryptionByDefault: applied, bucketKeyEnabled }) => ({
                ApplyServerSideEncryptionByDefault:
                    applied === undefined ? undefined : { SSEAlgorithm: applied.sseAlgorithm as ServerSideEncryption, KMSMasterKeyID: applied.kmsMasterKeyId },
                BucketKeyEnabled: bucketKeyEnabled,
            })),
        },
    });
    return inputs.bucket;
}

type PublicAccessInputs = Inputs<BucketPublicAccessBlockArgs>;

export const bucketPublicAccessBlock = resourceType<PublicAccessInputs, State<BucketPublicAccessBlockState>>({
    token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_public_access_block",
    replaceOn: ["bucket"],
    defaults: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
    local: ["skipDestroy"],
    create: (inputs, context) => putPublicAccess(inputs, context),
    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getPublicAccessBlock({ Bucket: id }));
        const block = found?.PublicAccessBlockConfiguration;
        if (block === undefined) {
            return undefined;
        }
        return {
            bucket: id,
            blockPublicAcls: block.BlockPublicAcls ?? false,
            blockPublicPolicy: block.BlockPublicPolicy ?? false,
            ignorePublicAcls: block.IgnorePublicAcls ?? false,
            restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
        };
    },
    async update(_id, inputs, context) {
        await putPublicAccess(inputs, context);
    },
    async delete(id, state, { services }) {
        if (state["skipDestroy"] !== true) {
            await orAbsent((await services.s3()).deletePublicAccessBlock({ Bucket: id }));
        }
    },
});

async function putPublicAccess(inputs: PublicAccessInputs, { services }: AwsContext): Promise<string> {
    await (await services.s3()).putPublicAccessBlock({
        Bucket: inputs.bucket,
        PublicAccessBlockConfiguration: {
            BlockPublicAcls: inputs.blockPublicAcls,
            BlockPublicPolicy: inputs.blockPublicPolicy,
            IgnorePublicAcls: inputs.ignorePublicAcls,
            RestrictPublicBuckets: inputs.restrictPublicBuckets,
        },
    });
    return inputs.bucket;
}

type PolicyInputs = Inputs<BucketPolicyArgs, "policy">;

export const bucketPolicy = resourceType<PolicyInputs, State<BucketPolicyState>>({
    token: "aws:s3/bucketPolicy:BucketPolicy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy",
    replaceOn: ["bucket"],
    json: ["policy"],
    create: (inputs, context) => putPolicy(inputs, context),
    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getBucketPolicy({ Bucket: id }));
        return found?.Policy === undefined ? undefined : { bucket: id, policy: found.Policy };
    },
    async update(_id, inputs, context) {
        await putPolicy(inputs, context);
    },
    async delete(id, _state, { services }) {
        await orAbsent((await services.s3()).deleteBucketPolicy({ Bucket: id }));
    },
});

async function putPolicy(inputs: PolicyInputs, { services, retry }: AwsContext): Promise<string> {
    const s3 = await services.s3();
    await retry(
        () => s3.putBucketPolicy({ Bucket: inputs.bucket, Policy: inputs.policy }),
        // A role of the policy that was made a moment ago.
        (error) => error instanceof Error && error.name === "MalformedPolicy" && error.message.includes("Invalid principal"),
    );
    return inputs.bucket;
}

type OwnershipInputs = Inputs<BucketOwnershipControlsArgs>;

export const bucketOwnershipControls = resourceType<OwnershipInputs, State<BucketOwnershipControlsState>>({
    token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_ownership_controls",
    replaceOn: ["bucket"],
    create: (inputs, context) => putOwnership(inputs, context),
    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getBucketOwnershipControls({ Bucket: id }));
        const [rule] = found?.OwnershipControls?.Rules ?? [];
        return rule === undefined ? undefined : { bucket: id, rule: { objectOwnership: rule.ObjectOwnership ?? "" } };
    },
    async update(_id, inputs, context) {
        await putOwnership(inputs, context);
    },
    async delete(id, _state, { services }) {
        await orAbsent((await services.s3()).deleteBucketOwnershipControls({ Bucket: id }));
    },
});

async function putOwnership(inputs: OwnershipInputs, { services }: AwsContext): Promise<string> {
    await (await services.s3()).putBucketOwnershipControls({
        Bucket: inputs.bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: inputs.rule.objectOwnership as ObjectOwnership }] },
    });
    return inputs.bucket;
}

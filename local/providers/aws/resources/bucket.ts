import type { BucketLocationConstraint, S3 } from "@aws-sdk/client-s3";
import type { BucketArgs, BucketState } from "@pulumi/aws/s3/bucket";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

/** Zones of S3's website endpoints: https://docs.aws.amazon.com/general/latest/gr/s3.html (those most used). */
const HOSTED_ZONES: Readonly<Record<string, string>> = {
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
};

/** Settings that are resources of their own; the bucket's own arguments for them are deprecated. */
const OWN_RESOURCES = [
    "accelerationStatus",
    "acl",
    "corsRules",
    "grants",
    "lifecycleRules",
    "logging",
    "objectLockConfiguration",
    "policy",
    "replicationConfiguration",
    "requestPayer",
    "serverSideEncryptionConfiguration",
    "versioning",
    "website",
];

export const bucket = resourceType<Inputs<BucketArgs, "bucket">, State<BucketState>>({
    token: "aws:s3/bucket:Bucket",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket",
    autoName: { property: "bucket", maximum: 63, lowerCase: true, prefixProperty: "bucketPrefix" },
    replaceOn: ["bucket", "bucketPrefix", "objectLockEnabled"],
    defaults: { forceDestroy: false },
    unsupported: [...OWN_RESOURCES, "bucketNamespace"],
    local: ["bucketPrefix", "forceDestroy", "objectLockEnabled"],

    async create(inputs, { services, region }) {
        const s3 = await services.s3();
        await s3.createBucket({
            Bucket: inputs.bucket,
            ObjectLockEnabledForBucket: inputs.objectLockEnabled,
            // us-east-1 is the only region that must not be named.
            ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
        });
        await putTags(s3, inputs.bucket, inputs.tagsAll ?? {});
        return inputs.bucket;
    },

    async read(id, { services, region }) {
        const s3 = await services.s3();
        const found = await orAbsent(s3.headBucket({ Bucket: id }));
        if (found === undefined) {
            return undefined;
        }
        await askForSettings(s3, id);
        const bucketRegion = found.BucketRegion ?? region;
        return {
            arn: `arn:aws:s3:::${id}`,
            bucket: id,
            bucketDomainName: `${id}.s3.amazonaws.com`,
            bucketRegion,
            bucketRegionalDomainName: `${id}.s3.${bucketRegion}.amazonaws.com`,
            hostedZoneId: HOSTED_ZONES[bucketRegion],
            tags: await tagsOf(s3, id),
        };
    },

    async update(id, inputs, { services }, { changed }) {
        if (changed.has("tags") || changed.has("tagsAll")) {
            await putTags(await services.s3(), id, inputs.tagsAll ?? {}, true);
        }
    },

    async delete(id, state, { services }) {
        const s3 = await services.s3();
        try {
            await orAbsent(s3.deleteBucket({ Bucket: id }));
        } catch (error) {
            if (!isError(error, "BucketNotEmpty")) {
                throw error;
            }
            if (state["forceDestroy"] !== true) {
                throw new Error(
                    `BucketNotEmpty: bucket "${id}" still has objects and "forceDestroy" is not set: empty it, or set forceDestroy, run up, and delete again`,
                );
            }
            await empty(s3, id);
            await orAbsent(s3.deleteBucket({ Bucket: id }));
        }
    },
});

/**
 * The real provider reads all settings of a bucket for arguments that are deprecated. Their values show at the resources
 * that own them; here the calls count, because whoever deploys needs the rights for them.
 */
async function askForSettings(s3: S3, bucketName: string): Promise<void> {
    const asked = { Bucket: bucketName };
    await Promise.all(
        [
            s3.getBucketAccelerateConfiguration(asked),
            s3.getBucketAcl(asked),
            s3.getBucketCors(asked),
            s3.getBucketEncryption(asked),
            s3.getBucketLifecycleConfiguration(asked),
            s3.getBucketLocation(asked),
            s3.getBucketLogging(asked),
            s3.getBucketPolicy(asked),
            s3.getBucketReplication(asked),
            s3.getBucketRequestPayment(asked),
            s3.getBucketVersioning(asked),
            s3.getBucketWebsite(asked),
            s3.getObjectLockConfiguration(asked),
        ].map((answer: Promise<object>) =>
            answer.catch((error: unknown) => {
                // Most settings answer with an error of their own when they are not there.
                if (isError(error, "AccessDenied", "AccessDeniedException")) {
                    throw error;
                }
            }),
        ),
    );
}

async function tagsOf(s3: S3, bucketName: string): Promise<Record<string, string>> {
    try {
        return tagMap((await s3.getBucketTagging({ Bucket: bucketName })).TagSet);
    } catch (error) {
        if (isError(error, "NoSuchTagSet", "NoSuchTagSetError")) {
            return {};
        }
        throw error;
    }
}

/** S3 knows only all tags at once. */
async function putTags(s3: S3, bucketName: string, tags: Readonly<Record<string, string>>, existing = false): Promise<void> {
    if (Object.keys(tags).length > 0) {
        await s3.putBucketTagging({ Bucket: bucketName, Tagging: { TagSet: tagList(tags) } });
    } else if (existing) {
        await s3.deleteBucketTagging({ Bucket: bucketName });
    }
}

/** Deletes every version and delete marker; without versioning these are the objects themselves. */
async function empty(s3: S3, bucketName: string): Promise<void> {
    for (;;) {
        // Always the first page: what it lists is gone before the next look.
        const page = await s3.listObjectVersions({ Bucket: bucketName });
        const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (objects.length === 0) {
            return;
        }
        const { Errors: errors } = await s3.deleteObjects({ Bucket: bucketName, Delete: { Objects: objects, Quiet: true } });
        const [first] = errors ?? [];
        if (first !== undefined) {
            throw new Error(`${first.Code ?? "Error"}: emptying bucket "${bucketName}" failed at object "${first.Key ?? ""}": ${first.Message ?? "no reason was given"}`);
        }
    }
}

import type * as pulumi from "@pulumi/pulumi";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { tlsOnlyBucketPolicy } from "./policies";

/** Days; a run that waits longest, for an approval, has 60. */
const ARTIFACT_DAYS = 90;
const OLD_VERSION_DAYS = 30;
const CUT_OFF_UPLOAD_DAYS = 7;

export interface ArtifactBucketOptions {
    readonly bucketName: string;
    readonly keyArn: string;
    /** Whether the bucket outlives the stack. */
    readonly kept: boolean;
    readonly parent: pulumi.Resource;
    /** `protect` and `retainOnDelete` of what the pipeline cannot live without. */
    readonly kernel: pulumi.CustomResourceOptions;
}

/** The pipeline's bucket: private, versioned, encrypted with the seed's key, reachable by TLS only. All that a run needs of it. */
export function declareArtifactBucket(name: string, { bucketName, keyArn, kept, parent, kernel }: ArtifactBucketOptions): pulumi.Resource[] {
    const { bucket } = new Bucket(`${name}-bucket`, { bucket: bucketName, forceDestroy: !kept }, { parent, ...kernel });
    const access = new BucketPublicAccessBlock(
        `${name}-public-access`,
        { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
        { parent },
    );
    return [
        access,
        new BucketOwnershipControls(`${name}-ownership`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, { parent }),
        new BucketVersioning(`${name}-versioning`, { bucket, versioningConfiguration: { status: "Enabled" } }, { parent }),
        new BucketServerSideEncryptionConfiguration(
            `${name}-encryption`,
            { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn }, bucketKeyEnabled: true }] },
            { parent },
        ),
        new BucketLifecycleConfiguration(
            `${name}-lifecycle`,
            {
                bucket,
                rules: [
                    {
                        id: "expire",
                        status: "Enabled",
                        filter: {},
                        expiration: { days: ARTIFACT_DAYS },
                        noncurrentVersionExpiration: { noncurrentDays: OLD_VERSION_DAYS },
                        abortIncompleteMultipartUpload: { daysAfterInitiation: CUT_OFF_UPLOAD_DAYS },
                    },
                ],
            },
            { parent },
        ),
        new BucketPolicy(
            `${name}-policy`,
            { bucket, policy: tlsOnlyBucketPolicy(bucketName) },
            // S3 refuses concurrent changes of a bucket's access settings with "OperationAborted".
            { parent, dependsOn: [access] },
        ),
    ];
}

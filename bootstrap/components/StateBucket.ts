import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { encryptedTransport, resourcePolicy } from "../../components/resourcePolicy";

export interface StateBucketArgs {
    /** Physical name, unique in the world. */
    bucketName: string;
    /** Key that its objects are encrypted with. */
    keyArn: pulumi.Input<string>;
    /** Keep the bucket, whatever becomes of the seed. @default true */
    keep?: boolean;
}

/** Days that replaced states stay: long enough to notice that one is wrong. */
const OLD_VERSIONS_DAYS = 90;

/**
 * Pulumi's state, delivery records and release manifests: private, versioned, encrypted, by TLS only. Protected and retained, because
 * everything else can be made anew from it and it from nothing.
 */
export class StateBucket extends pulumi.ComponentResource {
    readonly bucketName: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: StateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:StateBucket", name, { bucketName: args.bucketName }, opts);
        const parent = this;
        const keep = args.keep ?? true;
        const bucket = new Bucket(
            `${name}-bucket`,
            { bucket: args.bucketName, forceDestroy: !keep },
            { parent, protect: keep, retainOnDelete: keep },
        );
        const access = new BucketPublicAccessBlock(
            `${name}-public-access`,
            { bucket: bucket.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
            { parent },
        );
        new BucketOwnershipControls(`${name}-ownership`, { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, { parent });
        const versioning = new BucketVersioning(`${name}-versioning`, { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } }, { parent });
        new BucketServerSideEncryptionConfiguration(
            `${name}-encryption`,
            {
                bucket: bucket.bucket,
                rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn }, bucketKeyEnabled: true }],
            },
            { parent },
        );
        new BucketLifecycleConfiguration(
            `${name}-lifecycle`,
            {
                bucket: bucket.bucket,
                rules: [
                    {
                        id: "old-versions",
                        status: "Enabled",
                        filter: { prefix: "" },
                        noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
                        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
                    },
                ],
            },
            { parent, dependsOn: [versioning] },
        );
        new BucketPolicy(
            `${name}-policy`,
            { bucket: bucket.bucket, policy: bucket.arn.apply((arn) => resourcePolicy([encryptedTransport("s3", [arn, `${arn}/*`])])) },
            // S3 refuses concurrent changes of a bucket's access settings with "OperationAborted".
            { parent, dependsOn: [access] },
        );
        this.bucketName = bucket.bucket;
        this.arn = bucket.arn;
        this.registerOutputs({ bucketName: this.bucketName, arn: this.arn });
    }
}

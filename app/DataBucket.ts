import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "@pulumi/aws/s3/bucket";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning";
import { encryptedTransport, resourcePolicy } from "../components/resourcePolicy";

export interface DataBucketArgs {
    /** Physical name: 3 to 63 characters, unique in the world; see S3's bucket naming rules. */
    bucketName: pulumi.Input<string>;
    /** Refuse to delete the bucket while it holds objects. @default true */
    protectData?: pulumi.Input<boolean>;
}

/** A bucket that is private, versioned, encrypted, free of ACLs and reachable by TLS only. */
export class DataBucket extends pulumi.ComponentResource {
    readonly bucketName: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: DataBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:DataBucket", name, { bucketName: args.bucketName }, opts);
        const parent = this;
        const protectData = pulumi.output(args.protectData ?? true);
        const bucket = new Bucket(`${name}-bucket`, { bucket: args.bucketName, forceDestroy: protectData.apply((keep) => !keep) }, { parent });
        const access = new BucketPublicAccessBlock(
            `${name}-public-access`,
            { bucket: bucket.bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
            { parent },
        );
        new BucketOwnershipControls(`${name}-ownership`, { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, { parent });
        new BucketVersioning(`${name}-versioning`, { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } }, { parent });
        new BucketServerSideEncryptionConfiguration(
            `${name}-encryption`,
            { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
            { parent },
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

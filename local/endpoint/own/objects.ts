import type { Session } from "./rights";

/** An object in a bucket, at one version where the bucket has versions. */
export interface ObjectPlace {
    readonly bucket: string;
    readonly key: string;
    readonly versionId?: string;
}

/** S3 in the name of a role: a service that was given one reads and writes with its rights, and S3 itself asks for them. */
export interface SessionObjects {
    /** What CodePipeline is documented to ask of an artifact bucket before it writes. */
    inspect(bucket: string): Promise<void>;
    /**
     * Reads an object, and first its description: one needs `s3:GetObject`, the other of a version `s3:GetObjectVersion`.
     * Which of the two AWS's services ask is not documented, that they need both is.
     */
    read(place: ObjectPlace): Promise<Buffer>;
    /** @param keyId KMS key by id, ARN or alias; absent: as the bucket says */
    write(bucket: string, key: string, body: Buffer, keyId?: string): Promise<ObjectPlace>;
}

export type ObjectsOf = (session: Session) => Promise<SessionObjects>;

/** @param endpoint The endpoint's own address, known once it listens. */
export function objectsThrough(endpoint: () => string, region: string): ObjectsOf {
    return async ({ accessKeyId, secretAccessKey, sessionToken }) => {
        const sdk = await import("@aws-sdk/client-s3");
        const client = new sdk.S3Client({
            endpoint: endpoint(),
            region,
            forcePathStyle: true,
            requestChecksumCalculation: "WHEN_REQUIRED",
            responseChecksumValidation: "WHEN_REQUIRED",
            credentials: { accessKeyId, secretAccessKey, sessionToken },
        });
        return {
            inspect: async (Bucket) => {
                await client.send(new sdk.GetBucketVersioningCommand({ Bucket }));
                await client.send(new sdk.GetBucketLocationCommand({ Bucket }));
                await client.send(new sdk.GetBucketAclCommand({ Bucket }));
            },
            read: async ({ bucket: Bucket, key: Key, versionId: VersionId }) => {
                await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
                const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }));
                return Buffer.from((await Body?.transformToByteArray()) ?? []);
            },
            write: async (bucket, key, body, keyId) => {
                const encryption = keyId === undefined ? {} : { ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId: keyId };
                const { VersionId: versionId } = await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...encryption }));
                return { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
            },
        };
    };
}

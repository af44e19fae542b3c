import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { codeOf } from "../../automation/failure";
import type { Documents } from "../documents";
import { RevisionError } from "../ports";

export interface BucketPlace {
    readonly bucket: string;
    readonly region?: string;
    /** Address of an emulator, which knows no host name for each bucket. @default AWS */
    readonly endpoint?: string;
}

const ABSENT: ReadonlySet<string> = new Set(["NoSuchKey", "NotFound"]);
/** A condition did not hold, or another write with a condition was under way (S3 API, PutObject). */
const REFUSED: ReadonlySet<string> = new Set(["PreconditionFailed", "ConditionalRequestConflict"]);

/** Documents as objects of a bucket, with S3's conditional writes. */
export function bucketDocuments({ bucket: Bucket, region, endpoint }: BucketPlace): Documents {
    const client = new S3Client({ region, endpoint, forcePathStyle: endpoint !== undefined });
    return {
        read: async (Key) => {
            try {
                const { Body, ETag = "", VersionId } = await client.send(new GetObjectCommand({ Bucket, Key }));
                return { text: (await Body?.transformToString()) ?? "", revision: ETag, version: VersionId };
            } catch (error) {
                return absentOr(error);
            }
        },
        mark: async (Key) => {
            try {
                const { ETag = "", VersionId } = await client.send(new HeadObjectCommand({ Bucket, Key }));
                return { revision: ETag, version: VersionId };
            } catch (error) {
                return absentOr(error);
            }
        },
        write: async (Key, text, condition) => {
            const only = condition === undefined ? {} : condition === "absent" ? { IfNoneMatch: "*" } : { IfMatch: condition.revision };
            const ContentType = Key.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8";
            try {
                const { ETag = "" } = await client.send(new PutObjectCommand({ Bucket, Key, Body: text, ContentType, ...only }));
                return ETag;
            } catch (error) {
                const code = codeOf(error) ?? "";
                // A replaced object may be gone by now: that is another revision too.
                if (REFUSED.has(code) || (condition !== undefined && ABSENT.has(code))) {
                    throw new RevisionError(`${Key} is not what it was when it was read (${code}).`);
                }
                throw error;
            }
        },
        list: async (Prefix) => {
            const found: { key: string; changed: number }[] = [];
            let ContinuationToken: string | undefined;
            do {
                const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
                found.push(...(page.Contents ?? []).flatMap(({ Key, LastModified }) => (Key === undefined ? [] : [{ key: Key, changed: LastModified?.getTime() ?? 0 }])));
                ContinuationToken = page.NextContinuationToken;
            } while (ContinuationToken);
            return found.sort((a, b) => (a.key < b.key ? -1 : 1));
        },
        remove: async (Key) => {
            await client.send(new DeleteObjectCommand({ Bucket, Key }));
        },
    };
}

function absentOr(error: unknown): undefined {
    if (ABSENT.has(codeOf(error) ?? "")) {
        return undefined;
    }
    throw error;
}

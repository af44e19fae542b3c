import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { codeOf } from "./failure";
import { type LockOwner, parseLock } from "./lock";

/**
 * Owners of a stack's lock, read from the state's own place (`s3://` and `file://` backends). Empty where the backend
 * keeps no lock files or none can be read: the lock then counts as held by somebody unknown.
 */
export async function readLockOwners(backendUrl: string | undefined, project: string, stack: string, environment: NodeJS.ProcessEnv): Promise<LockOwner[]> {
    const folder = `.pulumi/locks/organization/${project}/${stack}`;
    const texts = backendUrl?.startsWith("s3://")
        ? await fromBucket(new URL(backendUrl), folder, environment)
        : backendUrl?.startsWith("file://")
          ? await fromFolder(join(fileURLToPath(backendUrl), folder))
          : [];
    return texts.map(parseLock).filter((owner) => owner !== undefined);
}

async function fromFolder(folder: string): Promise<string[]> {
    try {
        const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
        return await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    } catch (error) {
        if (codeOf(error) === "ENOENT") {
            return [];
        }
        throw error;
    }
}

async function fromBucket(url: URL, folder: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
    const prefix = `${url.pathname.replace(/^\/+|\/+$/g, "")}/${folder}/`.replace(/^\//, "");
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
    const client = new S3Client({
        endpoint: url.searchParams.get("endpoint") ?? undefined,
        region: url.searchParams.get("region") ?? environment.AWS_REGION,
        forcePathStyle: ["s3ForcePathStyle", "use_path_style"].some((name) => url.searchParams.get(name) === "true"),
        // Without these in the environment the SDK's own chain applies (profile, role).
        ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, sessionToken } } : {}),
    });
    try {
        const { Contents: objects = [] } = await client.send(new ListObjectsV2Command({ Bucket: url.hostname, Prefix: prefix }));
        const keys = objects.flatMap(({ Key }) => (Key?.endsWith(".json") === true ? [Key] : [])).sort();
        return await Promise.all(
            keys.map(async (Key) => {
                const { Body } = await client.send(new GetObjectCommand({ Bucket: url.hostname, Key }));
                return (await Body?.transformToString()) ?? "";
            }),
        );
    } finally {
        client.destroy();
    }
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { parseCheckpoint, type Deployment } from "./deployment";
import { codeOf } from "./failure";
import { type LockOwner, parseLock } from "./lock";

/** The files that a self-managed backend keeps, by their path below it. */
interface StateFiles {
    /** Undefined where there is none. */
    read(path: string): Promise<string | undefined>;
    /** Contents of a folder's `.json` files, by name. */
    readAll(folder: string): Promise<string[]>;
}

/**
 * Owners of a stack's lock, read from the state's own place (`s3://` and `file://` backends). Empty where the backend
 * keeps no lock files or none can be read: the lock then counts as held by somebody unknown.
 */
export async function readLockOwners(backendUrl: string | undefined, project: string, stack: string, environment: NodeJS.ProcessEnv): Promise<LockOwner[]> {
    const texts = await withFiles(backendUrl, environment, (files) => files.readAll(`.pulumi/locks/organization/${project}/${stack}`));
    return (texts ?? []).map(parseLock).filter((owner) => owner !== undefined);
}

/**
 * A stack's state as the engine wrote it. Undefined where that cannot be told from here (no such stack, another kind of
 * backend, an older layout, compressed state, no access): the engine itself then knows, in a process of half a second.
 */
export async function readRecorded(backendUrl: string | undefined, project: string, stack: string, environment: NodeJS.ProcessEnv): Promise<Deployment | undefined> {
    try {
        const text = await withFiles(backendUrl, environment, (files) => files.read(`.pulumi/stacks/${project}/${stack}.json`));
        return text === undefined ? undefined : parseCheckpoint(text);
    } catch {
        return undefined;
    }
}

async function withFiles<Result>(backendUrl: string | undefined, environment: NodeJS.ProcessEnv, use: (files: StateFiles) => Promise<Result>): Promise<Result | undefined> {
    if (backendUrl?.startsWith("file://") === true) {
        return use(filesIn(fileURLToPath(backendUrl)));
    }
    if (backendUrl?.startsWith("s3://") !== true) {
        return undefined;
    }
    const url = new URL(backendUrl);
    const client = clientOf(url, environment);
    try {
        return await use(objectsIn(client, url));
    } finally {
        client.destroy();
    }
}

function filesIn(root: string): StateFiles {
    const absent = (error: unknown): undefined => {
        if (codeOf(error) !== "ENOENT") {
            throw error;
        }
    };
    return {
        read: (path) => readFile(join(root, path), "utf8").catch(absent),
        readAll: async (folder) => {
            const names = ((await readdir(join(root, folder)).catch(absent)) ?? []).filter((name) => name.endsWith(".json")).sort();
            return Promise.all(names.map((name) => readFile(join(root, folder, name), "utf8")));
        },
    };
}

function clientOf(url: URL, environment: NodeJS.ProcessEnv): S3Client {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment;
    return new S3Client({
        endpoint: url.searchParams.get("endpoint") ?? undefined,
        region: url.searchParams.get("region") ?? environment.AWS_REGION,
        forcePathStyle: ["s3ForcePathStyle", "use_path_style"].some((name) => url.searchParams.get(name) === "true"),
        // Without these in the environment the SDK's own chain applies (profile, role).
        ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, sessionToken } } : {}),
    });
}

function objectsIn(client: S3Client, url: URL): StateFiles {
    const Bucket = url.hostname;
    const keyOf = (path: string): string => [url.pathname.replace(/^\/+|\/+$/g, ""), path].filter(Boolean).join("/");
    const readKey = async (Key: string): Promise<string> => (await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
    return {
        read: async (path) => {
            try {
                return await readKey(keyOf(path));
            } catch (error) {
                if (["NoSuchKey", "NotFound"].includes(codeOf(error) ?? "")) {
                    return undefined;
                }
                throw error;
            }
        },
        readAll: async (folder) => {
            const { Contents: objects = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${keyOf(folder)}/` }));
            const keys = objects.flatMap(({ Key }) => (Key?.endsWith(".json") === true ? [Key] : [])).sort();
            return Promise.all(keys.map(readKey));
        },
    };
}

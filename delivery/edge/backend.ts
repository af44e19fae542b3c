import { type Deployment, parseCheckpoint } from "../../automation/deployment";
import { badInput } from "../../automation/failure";
import { quote } from "../../components/manifest/problem";
import type { Documents } from "../documents";
import type { BucketPlace } from "./documents";

/** Where the engine keeps the state of one stack (layout of the self-managed backends). */
export interface StatePlace extends BucketPlace {
    /** Key of the state's object. */
    readonly stateKey: string;
    /** Keys of lock files start with it. */
    readonly lockFolder: string;
}

export interface RecordedState {
    readonly deployment: Deployment;
    /** Names this very state; another update gives another one. */
    readonly version: string;
}

/** Reads `PULUMI_BACKEND_URL`. */
export function statePlace(backendUrl: string, project: string, stack: string, fallback: { readonly region?: string; readonly endpoint?: string }): StatePlace {
    if (!backendUrl.startsWith("s3://")) {
        throw badInput({
            given: `PULUMI_BACKEND_URL is ${quote(backendUrl)}.`,
            allowed: "The steps of a delivery need the state in S3: its versions and locks are looked at.",
            next: "set it to s3://BUCKET?region=REGION, with the bucket that bootstrap made.",
        });
    }
    const url = new URL(backendUrl);
    const folder = url.pathname.replace(/^\/+|\/+$/g, "");
    const below = folder === "" ? ".pulumi" : `${folder}/.pulumi`;
    return {
        bucket: url.hostname,
        region: url.searchParams.get("region") ?? fallback.region,
        endpoint: url.searchParams.get("endpoint") ?? fallback.endpoint,
        stateKey: `${below}/stacks/${project}/${stack}.json`,
        lockFolder: `${below}/locks/organization/${project}/${stack}/`,
    };
}

/** The state as the engine wrote it, read without an engine: a process of half a second for one small object. Undefined for a stack without any. */
export async function readState(documents: Documents, key: string): Promise<RecordedState | undefined> {
    const found = await documents.read(key);
    if (found === undefined) {
        return undefined;
    }
    return { deployment: parseCheckpoint(found.text), version: versionOf(found) };
}

/** The version of the state's object, without its content. */
export async function stateVersion(documents: Documents, key: string): Promise<string | undefined> {
    const mark = await documents.mark(key);
    return mark && versionOf(mark);
}

// A bucket without versions still tells contents apart.
function versionOf({ version, revision }: { readonly version?: string; readonly revision: string }): string {
    return version === undefined || version === "null" ? `etag-${revision.replaceAll('"', "")}` : version;
}

import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Clients } from "./clients";

/** Everything that a command could have left a trace in. */
export interface Traces {
    /** Key and ETag of every object of the state. */
    readonly state: readonly string[];
    /** Ids of the Docker engine's images. */
    readonly images: readonly string[];
    /** Seconds since 1970, by the Docker engine's clock. */
    readonly at: number;
}

// An idle function's container may be taken away at any time.
const REAPING: ReadonlySet<string> = new Set(["kill", "die", "stop", "destroy", "disconnect", "unmount"]);

/** Calls to AWS and to the registry since the endpoint started, by name. Asking is not counted; `tracesOf` is. */
export async function callsOf({ endpoint }: Clients): Promise<Record<string, number>> {
    return (await (await fetch(`${endpoint}/_endpoint/counters`)).json()) as Record<string, number>;
}

export async function tracesOf(clients: Clients): Promise<Traces> {
    const state = await stateObjects(clients);
    const images = (await clients.docker.listImages({ all: true })).map(({ Id }) => Id).sort();
    const { SystemTime } = (await clients.docker.info()) as { SystemTime: string };
    return { state, images, at: Date.parse(SystemTime) / 1000 };
}

/** Key and ETag of every object in the bucket of the stacks' state, sorted. */
export async function stateObjects({ s3, stateBucket }: Clients): Promise<string[]> {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket: stateBucket, ContinuationToken }));
        found.push(...(page.Contents ?? []).map(({ Key, ETag }) => `${Key} ${ETag}`));
        ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found.sort();
}

/** What the Docker engine did in a span of time, as `build`, `push`, `create` …, without the end of idle containers. */
export async function engineEvents({ docker }: Clients, since: number, until: number): Promise<string[]> {
    const stream = await docker.getEvents({ since, until });
    let text = "";
    for await (const chunk of stream) {
        text += String(chunk);
    }
    const events = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { Type: string; Action: string });
    return events.filter(({ Action }) => !REAPING.has(Action)).map(({ Type, Action }) => `${Type} ${Action}`);
}

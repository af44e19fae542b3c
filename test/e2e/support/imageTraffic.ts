import * as fs from "node:fs";
import { Checkout } from "./checkout";
import { clientsOf } from "./clients";

/** What the Docker engine and the registry saw; image names without the stack's prefix and the key, sorted. */
export interface ImageTraffic {
    /** Finished builds: the engine tells of each tag that it sets, of one that it sets anew as well. */
    readonly builds: readonly string[];
    /** Pushes as the engine tells. */
    readonly pushes: readonly string[];
    readonly pulls: readonly string[];
    /** Manifests that the registry was given. */
    readonly manifests: readonly string[];
    /** Layers that the registry was given. */
    readonly layers: readonly string[];
}

interface EngineEvent {
    readonly Type: string;
    readonly Action: string;
    readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
    readonly timeNano: number;
}

/** The Docker engine keeps its last 256 events (moby, daemon/events, `eventsLimit`). */
const REMEMBERED = 256;

/** Nothing was built, nothing was pushed. */
export const NONE = { builds: [], pushes: [], manifests: [], layers: [] };

/** What the engine's own memory and the registry's access log say of the time in which `work` was done. */
export async function imageTraffic<T>(checkout: Checkout, work: () => Promise<T>): Promise<{ readonly result: T; readonly traffic: ImageTraffic }> {
    const log = checkout.path(".local/logs/registry.log");
    const offset = fs.statSync(log).size;
    const since = Date.now() * 1e6;
    const result = await work();
    const { registry, docker } = clientsOf(await checkout.environment());
    const events = await eventsSince(docker, since);
    const requests = fs.readFileSync(log).subarray(offset).toString("utf8");
    const named = (action: string): string[] =>
        events.filter(({ Type, Action }) => Type === "image" && Action === action).flatMap(({ Actor: { ID, Attributes } }) => shortName([Attributes.name ?? "", ID], `${registry}/`));
    const given = (pattern: RegExp): string[] => [...requests.matchAll(pattern)].map(([, name]) => lastPart(name)).sort();
    return {
        result,
        traffic: {
            builds: named("tag").sort(),
            pushes: named("push").sort(),
            pulls: named("pull").sort(),
            manifests: given(/"PUT \/v2\/(\S+)\/manifests\/\S+ HTTP\/1\.1" 201/g),
            layers: given(/"PUT \/v2\/(\S+)\/blobs\/uploads\/\S+ HTTP\/1\.1" 201/g),
        },
    };
}

/** Without `pulls`, which say nothing of who built what. */
export function made({ builds, pushes, manifests, layers }: ImageTraffic): Omit<ImageTraffic, "pulls"> {
    return { builds, pushes, manifests, layers };
}

async function eventsSince(docker: ReturnType<typeof clientsOf>["docker"], since: number): Promise<EngineEvent[]> {
    const stream = await docker.getEvents({ since: 0, until: Math.ceil(Date.now() / 1000) });
    let text = "";
    for await (const chunk of stream) {
        text += chunk.toString();
    }
    const all = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
    if (all.length >= REMEMBERED && (all[0]?.timeNano ?? 0) > since) {
        throw new Error(`The Docker engine remembers ${all.length} events, and more than those happened: builds could be among the forgotten ones. Look at less at once.`);
    }
    return all.filter(({ timeNano }) => timeNano >= since);
}

/** Only images of this checkout's registry: an engine may have other users. */
function shortName(references: readonly string[], registry: string): string[] {
    const own = references.find((reference) => reference.startsWith(registry));
    return own === undefined ? [] : [lastPart(own.replace(/@sha256:[0-9a-f]+$|:[^:/]+$/, ""))];
}

function lastPart(name: string): string {
    return name.slice(name.lastIndexOf("/") + 1);
}

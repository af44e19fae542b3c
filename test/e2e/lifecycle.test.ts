import assert from "node:assert/strict";
import * as fs from "node:fs";
import { listAccount } from "./support/account";
import { Checkout, assertSuccess } from "./support/checkout";
import { clientsOf } from "./support/clients";
import { Footprint, footprintOf, portsOf } from "./support/footprint";
import { convertSampleRecords, CSV_PREFIX, sampleRecords } from "./support/sampleRecords";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

const PING = "container-lambdas-local-ping";
const NOTHING: Footprint = { processes: [], ports: [], interfaces: [], mounts: [], controlGroups: [], packetRules: [], sockets: [] };

/** What must be there again after a stop and a start, as AWS's API tells it. */
interface Data {
    readonly account: Record<string, string[]>;
    readonly objects: string;
    readonly versions: unknown;
    readonly aliases: unknown;
    readonly events: number;
}

describe("starting, stopping and destroying, with another checkout beside", () => {
    let neighbour: Checkout;
    let own: Checkout;

    before(async () => {
        ({ checkout: neighbour } = await sharedCheckout());
        own = Checkout.create("lifecycle");
        const begun = Date.now();
        await own.up();
        console.log(`    second checkout up after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
        await convertSampleRecords(own);
    });

    after(() => own?.remove());

    const aws = async (checkout: Checkout, ...args: string[]): Promise<string> => assertSuccess(await checkout.local("aws", args)).stdout;
    const footprint = (checkout: Checkout): Promise<Footprint> => footprintOf(checkout.root, portsOf(checkout.root));

    it("two checkouts share no process, port, bridge or container, and both answer", async () => {
        const [first, second] = [await footprint(neighbour), await footprint(own)];
        assert.deepEqual([first.ports.length, second.ports.length], [4, 4]);
        for (const kind of Object.keys(NOTHING) as (keyof Footprint)[]) {
            const shared = second[kind].filter((one) => (first[kind] as readonly unknown[]).includes(one));
            assert.deepEqual(shared, [], kind);
        }
        for (const checkout of [neighbour, own]) {
            assert.equal(await ping(checkout), "pong");
        }
        const [theirs, ours] = await Promise.all([containers(neighbour), containers(own)]);
        assert.notEqual(ours.length, 0);
        assert.deepEqual(ours.filter((id) => theirs.includes(id)), []);
        // The same name means another resource on each side.
        await aws(own, "s3", "mb", "s3://only-here");
        assert.doesNotMatch(await aws(neighbour, "s3", "ls"), /only-here/);
        await aws(own, "s3", "rb", "s3://only-here");
    });

    it("local:down leaves no process, container, port, bridge, mount, rule or socket behind, and the neighbour running", async () => {
        const [running, beside] = [await footprint(own), await footprint(neighbour)];
        const used = [...new Set([...running.processes.map(commandOf)])];
        console.log(`    was running: ${running.processes.length} processes (${used.join(", ")})`);
        assert.ok(running.processes.length >= 3, running.processes.join("\n"));
        const ours = await containers(own);
        const docker = clientsOf(await own.environment()).docker;
        const ports = portsOf(own.root);
        const before = await dataOf(own);
        fs.writeFileSync(own.path(".local/before.json"), JSON.stringify(before));

        assertSuccess(await own.npm("local:down"));
        assert.deepEqual(await footprintOf(own.root, ports), NOTHING);
        // A shared engine still answers and must have none of them; a private one is gone.
        const left = await docker.listContainers({ all: true }).then((all) => all.map(({ Id }) => Id).filter((id) => ours.includes(id)), () => []);
        assert.deepEqual(left, []);
        assert.deepEqual(daemonsOf(await footprint(neighbour)), daemonsOf(beside));
        assert.equal(await ping(neighbour), "pong");
        assert.equal(own.status(), "");
        const again = assertSuccess(await own.npm("local:down"));
        assert.match(again.stdout + again.stderr, /Nothing was running/);
    });

    it("the next npm run local finds functions and data again, and builds and changes nothing", async () => {
        const begun = Date.now();
        own.forgetEnvironment();
        const result = await own.up("--no-demo");
        console.log(`    up again after ${((Date.now() - begun) / 1000).toFixed(0)} s`);
        const { created, updated, replaced, deleted } = result.resources;
        assert.deepEqual({ created, updated, replaced, deleted }, { created: 0, updated: 0, replaced: 0, deleted: 0 });
        assert.deepEqual(result.images.filter(({ built }) => built), []);
        assert.equal(pushes(await counters(own)), 0, "manifests put since the start");
        const data = JSON.parse(own.read(".local/before.json")) as Data;
        assert.deepEqual(await dataOf(own), data);
        assert.equal(await ping(own), "pong");
        const summary = assertSuccess(await own.npm("local:invoke", "record-summary", JSON.stringify({ prefix: CSV_PREFIX })));
        assert.equal((JSON.parse(summary.stdout) as { objects: number }).objects, sampleRecords(own).length);
    });

    it("destroy leaves nothing in the account but the bucket of the state", async () => {
        const { stateBucket } = clientsOf(await own.environment());
        const { stdout, stderr } = assertSuccess(await own.npm("destroy", "local"));
        assert.deepEqual(await listAccount((args) => own.local("aws", args)), { buckets: [stateBucket] });
        await waitFor("the end of the functions' containers", async () => ((await containers(own)).length === 0 ? true : undefined));
        assert.match(stdout + stderr, /destroy of stack local succeeded/);
        assert.equal(own.status(), "");
        assert.equal(await ping(neighbour), "pong");
    });

    it("after a destroy everything is made again", async () => {
        const result = await own.up("--no-demo");
        assert.equal(result.functions.length, 5);
        assert.equal(await ping(own), "pong");
    });

    async function ping(checkout: Checkout): Promise<string> {
        return (JSON.parse(assertSuccess(await checkout.npm("local:invoke", "ping")).stdout) as { message: string }).message;
    }

    /** Ids of the functions' containers of this checkout, also where it shares the engine. */
    async function containers(checkout: Checkout): Promise<string[]> {
        const variables = await checkout.environment();
        const all = await clientsOf(variables).docker.listContainers({ all: true, filters: { label: ["ministack.instance"] } });
        const addresses = (JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "--stack", "local", "--json"])).stdout) as { functions?: Record<string, { imageUri: string }> }).functions ?? {};
        const images = new Set(Object.values(addresses).map(({ imageUri }) => imageUri));
        return all.filter(({ Image }) => images.size === 0 || images.has(Image)).map(({ Id }) => Id);
    }

    async function dataOf(checkout: Checkout): Promise<Data> {
        const account = await listAccount((args) => checkout.local("aws", args));
        const buckets = (account.buckets ?? []).filter((name) => name !== "pulumi-state");
        const objects = await Promise.all(buckets.map((bucket) => aws(checkout, "s3", "ls", "--recursive", `s3://${bucket}`)));
        const parse = async (...args: string[]): Promise<unknown> => JSON.parse(await aws(checkout, ...args)) as unknown;
        return {
            account,
            objects: objects.join(""),
            versions: await parse("lambda", "list-versions-by-function", "--function-name", PING, "--query", "Versions[].[Version,CodeSha256]"),
            aliases: await parse("lambda", "list-aliases", "--function-name", PING, "--query", "Aliases[].[Name,FunctionVersion]"),
            events: (await parse("logs", "filter-log-events", "--log-group-name", `/aws/lambda/${PING}`, "--query", "length(events)")) as number,
        };
    }

    async function counters(checkout: Checkout): Promise<Record<string, number>> {
        const { endpoint } = clientsOf(await checkout.environment());
        return (await (await fetch(`${endpoint}/_endpoint/counters`)).json()) as Record<string, number>;
    }
});

/** What the program of a process is called; a container's own program counts as it is. */
function commandOf(line: string): string {
    return line.split(" ")[1]?.split("/").at(-1) ?? "";
}

/** The lasting processes: containers of idle functions come and go. */
function daemonsOf({ processes }: Footprint): string[] {
    return processes.filter((line) => /dockerd|containerd --config|docker-registry|endpoint\/main\.ts|serve\.py/.test(line)).sort();
}

function pushes(counters: Readonly<Record<string, number>>): number {
    return counters["registry:PutManifest"] ?? 0;
}

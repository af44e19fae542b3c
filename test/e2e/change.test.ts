import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetAliasCommand, GetFunctionCommand, InvokeCommand, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { loadProject } from "../../components/project";
import { readStackFile } from "../../components/settings/stackFile";
import { RESOURCES } from "../application/app/resources";
import { Checkout, lastJson, assertSuccess, UpDocument } from "./support/checkout";
import { Clients, clientsOf } from "./support/clients";
import { imageTraffic, ImageTraffic, made, NONE } from "./support/imageTraffic";
import { sharedCheckout } from "./support/shared";

const PING = "app/functions/ping/src/app.py";
const LAYER = "app/common-layer/python/datalake/__init__.py";
const FUNCTIONS = ["csv-to-parquet", "json-to-csv", "ping", "record-lookup", "record-summary"];

interface Live {
    /** Version that the alias points at. */
    readonly version: string;
    readonly imageUri: string;
    /** How many versions are published. */
    readonly published: number;
}

describe("a change of sources", () => {
    let checkout: Checkout;
    let clients: Clients;
    let start: Record<string, Live>;
    let keys: Record<string, string>;
    let sources: Record<string, string>;
    const seconds: string[] = [];

    before(async () => {
        ({ checkout } = await sharedCheckout());
        clients = clientsOf(await checkout.environment());
        sources = Object.fromEntries([PING, LAYER].map((file) => [file, checkout.read(file)]));
        start = await allLive();
        keys = keysOf(checkout.root);
    });

    after(async () => {
        Object.entries(sources).forEach(([file, text]) => checkout.write(file, text));
        if (JSON.stringify(await digests()) !== JSON.stringify(digestsOf(start))) {
            await up("put back after a failure");
        }
        console.log(`      ${seconds.join("; ")}`);
    });

    async function up(what: string): Promise<{ document: UpDocument; traffic: ImageTraffic }> {
        const { result, traffic } = await imageTraffic(checkout, async () => lastJson<UpDocument>(assertSuccess(await checkout.npm("up", "local", "--json"))));
        seconds.push(`${what}: up ${result.seconds.up} s of ${result.seconds.total} s`);
        return { document: result, traffic };
    }

    const physical = (name: string): string => `container-lambdas-local-${name}`;

    async function live(name: string): Promise<Live> {
        const { FunctionVersion: version = "" } = await clients.lambda.send(new GetAliasCommand({ FunctionName: physical(name), Name: "live" }));
        const { Code } = await clients.lambda.send(new GetFunctionCommand({ FunctionName: physical(name), Qualifier: "live" }));
        const { Versions = [] } = await clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: physical(name) }));
        return { version, imageUri: Code?.ImageUri ?? "", published: Versions.filter(({ Version }) => Version !== "$LATEST").length };
    }

    async function allLive(): Promise<Record<string, Live>> {
        return Object.fromEntries(await Promise.all(FUNCTIONS.map(async (name) => [name, await live(name)] as const)));
    }

    const digests = async (): Promise<Record<string, string>> => digestsOf(await allLive());
    const digestsOf = (all: Record<string, Live>): Record<string, string> => Object.fromEntries(Object.entries(all).map(([name, { imageUri }]) => [name, imageUri]));

    async function ping(): Promise<{ version: string; functionVersion: string }> {
        const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName: physical("ping"), Qualifier: "live", Payload: "{}" }));
        return JSON.parse(Buffer.from(Payload ?? []).toString()) as { version: string; functionVersion: string };
    }

    it("of one line of one function builds that image once, publishes one version, and the alias answers with it", async () => {
        assert.equal((await ping()).version, "1");
        checkout.edit(PING, 'VERSION = "1"', 'VERSION = "2"');
        const { traffic } = await up("one function");
        assert.deepEqual({ builds: traffic.builds, pushes: traffic.pushes, manifests: traffic.manifests }, { builds: ["ping"], pushes: ["ping"], manifests: ["ping"] });
        const after = await allLive();
        const { ping: was, ...othersBefore } = start;
        const { ping: is, ...othersAfter } = after;
        assert.deepEqual(othersAfter, othersBefore);
        assert.notEqual(is.imageUri, was.imageUri);
        assert.equal(is.published, was.published + 1);
        assert.ok(Number(is.version) > Number(was.version));
        assert.deepEqual(pick(await ping()), { version: "2", functionVersion: is.version });
    });

    it("of the layer builds it and the images that copy it, and not the one without it", async () => {
        const pingBefore = await live("ping");
        checkout.write(LAYER, `${checkout.read(LAYER)}\nREVISION = 2\n`);
        const { traffic } = await up("the layer");
        const expected = ["common-layer", "csv-to-parquet", "json-to-csv", "records"];
        assert.deepEqual({ builds: traffic.builds, pushes: traffic.pushes, manifests: traffic.manifests }, { builds: expected, pushes: expected, manifests: expected });
        const { ping: pingAfter, ...users } = await allLive();
        assert.deepEqual(pingAfter, pingBefore);
        for (const [name, { imageUri, published }] of Object.entries(users)) {
            assert.notEqual(imageUri, start[name]?.imageUri, name);
            assert.equal(published, (start[name]?.published ?? 0) + 1, name);
        }
    });

    it("taken back builds nothing, and every function runs the digest that it ran before", async () => {
        Object.entries(sources).forEach(([file, text]) => checkout.write(file, text));
        const { document, traffic } = await up("taken back");
        assert.deepEqual(made(traffic), NONE);
        assert.deepEqual(document.images.map(({ name, key }) => [name, key]), Object.entries(keys).sort());
        assert.deepEqual(await digests(), digestsOf(start));
        assert.equal((await ping()).version, "1");
        assert.equal(checkout.status(), "");
    });

    it("of file times, owners and group rights alone changes nothing", async () => {
        const restore = eachFile(join(checkout.root, "app"), (file) => {
            const { mode, uid, gid, atime, mtime } = lstatSync(file);
            chmodSync(file, mode | 0o020);
            utimesSync(file, new Date(0), new Date(86_400_000));
            // Only root may give files away; others can be checked by root alone.
            chownSync(file, process.getuid?.() === 0 ? 12345 : uid, process.getuid?.() === 0 ? 12345 : gid);
            return () => {
                chownSync(file, uid, gid);
                chmodSync(file, mode);
                utimesSync(file, atime, mtime);
            };
        });
        try {
            assert.deepEqual(keysOf(checkout.root), keys);
            const { document, traffic } = await up("times, owners, rights");
            assert.deepEqual(made(traffic), NONE);
            const { unchanged, ...changes } = document.resources;
            assert.deepEqual(changes, { created: 0, updated: 0, replaced: 0, deleted: 0 });
            assert.ok(unchanged > 0);
            assert.equal(checkout.status(), "");
        } finally {
            restore.forEach((undo) => undo());
        }
    });

    it("of the umask or the checkout's folder gives the same keys", () => {
        const folder = mkdtempSync(join(tmpdir(), "cl-moved-"));
        try {
            for (const umask of ["002", "077"]) {
                const copy = join(folder, `under ${umask}`);
                // git restores sources with the umask's rights, as a clone does.
                const cloned = spawnSync("sh", ["-c", `umask ${umask} && git clone --quiet "$0" "$1"`, checkout.root, copy], { encoding: "utf8" });
                assert.equal(cloned.status, 0, cloned.stderr);
                cpSync(checkout.path(".local/base-images.json"), join(copy, ".local/base-images.json"));
                assert.deepEqual(keysOf(copy), keys, `umask ${umask}`);
                renameSync(copy, `${copy}, moved`);
                assert.deepEqual(keysOf(`${copy}, moved`), keys, `umask ${umask}, moved`);
            }
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });
});

/** Image's name → input key, computed as the program of stack `local` computes it. */
function keysOf(root: string): Record<string, string> {
    const { settings, problems } = readStackFile(root, "local");
    assert.ok(settings !== undefined, JSON.stringify(problems));
    return Object.fromEntries(loadProject(root, settings, RESOURCES).images.map(({ name, key }) => [name, key]));
}

function pick({ version, functionVersion }: { version: string; functionVersion: string }): { version: string; functionVersion: string } {
    return { version, functionVersion };
}

function eachFile<T>(folder: string, visit: (file: string) => T): T[] {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => visit(join(folder, name)));
}

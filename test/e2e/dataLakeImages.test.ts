import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { assertSuccess, type Checkout, lastJson, type UpDocument } from "./support/checkout";
import { type Clients, clientsOf } from "./support/clients";
import { imageTraffic, type ImageTraffic, made, NONE } from "./support/imageTraffic";
import { registryContent } from "./support/registryContent";
import { sharedCheckout } from "./support/shared";

const LAYER = "app/common-layer/python/datalake/__init__.py";
/** The directories whose images have nothing of the layer. */
const WITHOUT_LAYER = ["redrive", "routing"];

describe("the images of the sample data lake", () => {
    let checkout: Checkout;
    let clients: Clients;
    let first: UpDocument;
    let directories: readonly string[];
    let library: string;

    before(async () => {
        ({ checkout, first } = await sharedCheckout("sample"));
        clients = clientsOf(await checkout.environment());
        directories = readdirSync(checkout.path("app/functions")).sort();
        library = checkout.read(LAYER);
    });

    after(async () => {
        if (checkout.read(LAYER) !== library) {
            checkout.write(LAYER, library);
            await up("put back after a failure");
        }
    });

    async function up(what: string): Promise<{ readonly document: UpDocument; readonly traffic: ImageTraffic }> {
        const { result, traffic } = await imageTraffic(checkout, async () => lastJson<UpDocument>(assertSuccess(await checkout.npm("up", "local", "--json"))));
        console.log(`      ${what}: ${traffic.builds.length} builds, up ${result.seconds.up} s of ${result.seconds.total} s`);
        return { document: result, traffic };
    }

    /** Function → version that its alias points at. */
    async function versions(): Promise<Record<string, string>> {
        const found = first.functions.map(async ({ name }) => {
            const { FunctionVersion = "" } = await clients.lambda.send(new GetAliasCommand({ FunctionName: `container-lambdas-local-${name}`, Name: "live" }));
            return [name, FunctionVersion] as const;
        });
        return Object.fromEntries(await Promise.all(found));
    }

    it("are all built by the first run, the layer and one of each directory, for fifteen functions", async () => {
        console.log(`      seconds of the first run: ${JSON.stringify(first.seconds)}`);
        assert.equal(directories.length, 12);
        assert.deepEqual(first.images.map(({ name, built }) => `${name} ${built}`), ["common-layer", ...directories].map((name) => `${name} true`));
        assert.equal(first.functions.length, 15);
        const content = await registryContent(clients);
        const pushed = Object.fromEntries(first.images.map(({ name, key, digest }) => [`container-lambdas-local/${name}`, { tag: key, digest }]));
        assert.deepEqual(Object.keys(content), Object.keys(pushed));
        for (const [repository, { tag, digest }] of Object.entries(pushed)) {
            assert.equal(content[repository]?.find((image) => image.tag === tag)?.digest, digest, repository);
        }
    });

    it("are left alone by a run without a change", async () => {
        const { document, traffic } = await up("no change");
        assert.deepEqual(made(traffic), NONE);
        const { unchanged, ...changes } = document.resources;
        assert.deepEqual(changes, { created: 0, updated: 0, replaced: 0, deleted: 0 });
        assert.ok(unchanged > 0);
    });

    it("are built anew where they use the layer when a line of its library changes: thirteen functions get a version, routing and redrive do not", async () => {
        const before = await versions();
        checkout.write(LAYER, `${library}# ${Date.now()}\n`);
        const { traffic } = await up("a line of the layer");
        const expected = ["common-layer", ...directories.filter((name) => !WITHOUT_LAYER.includes(name))];
        assert.deepEqual({ builds: traffic.builds, pushes: traffic.pushes, manifests: traffic.manifests }, { builds: expected, pushes: expected, manifests: expected });
        const after = await versions();
        assert.deepEqual(Object.keys(after).filter((name) => after[name] === before[name]).sort(), WITHOUT_LAYER);
        assert.equal(Object.keys(after).length, 15);
    });

    it("are found again when the change is taken back: nothing is built", async () => {
        checkout.write(LAYER, library);
        const { document, traffic } = await up("taken back");
        assert.deepEqual(made(traffic), NONE);
        assert.deepEqual(document.images.map(({ name, key, digest }) => [name, key, digest]), first.images.map(({ name, key, digest }) => [name, key, digest]));
        assert.equal(checkout.status(), "");
    });
});

import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { assertSuccess, Checkout, lastJson, UpDocument } from "./support/checkout";
import { clientsOf } from "./support/clients";
import { ImageTraffic, imageTraffic, made, NONE } from "./support/imageTraffic";
import { forgetEverythingButImages } from "./support/lostState";
import { sharedCheckout } from "./support/shared";
import { comparable, exportState } from "./support/stackState";
import { callsOf } from "./support/untouched";

const FUNCTIONS = ["csv-to-parquet", "json-to-csv", "ping", "record-lookup", "record-summary"];
const UNCHANGED = { created: 0, updated: 0, replaced: 0, deleted: 0 };

describe("npm run local again", () => {
    let checkout: Checkout;
    let digests: Record<string, string>;

    before(async () => {
        ({ checkout } = await sharedCheckout());
        digests = digestsOf((await exportState(checkout)).outputs.images);
    });

    async function again(script: string, ...args: string[]): Promise<{ document: UpDocument; traffic: ImageTraffic }> {
        const started = Date.now();
        const { result, traffic } = await imageTraffic(checkout, async () => lastJson<UpDocument>(assertSuccess(await checkout.npm(script, ...args, "--json"))));
        console.log(`      npm run ${[script, ...args].join(" ")}: ${((Date.now() - started) / 1000).toFixed(1)} s with npm, ${JSON.stringify(result.seconds)}`);
        return { document: result, traffic };
    }

    /** Every function is called once, and none may fail. */
    async function answers(): Promise<void> {
        const { lambda } = clientsOf(await checkout.environment());
        for (const name of FUNCTIONS) {
            const Payload = JSON.stringify({ Records: [], prefix: "csv/smoke/", id: "0" });
            const { FunctionError, Payload: answer } = await lambda.send(new InvokeCommand({ FunctionName: `container-lambdas-local-${name}`, Qualifier: "live", Payload }));
            assert.equal(FunctionError, undefined, `${name}: ${Buffer.from(answer ?? []).toString()}`);
        }
    }

    it("builds, pushes and changes nothing", async () => {
        const clients = clientsOf(await checkout.environment());
        const [state, callsBefore] = [comparable(await exportState(checkout)), await callsOf(clients)];
        const { document, traffic } = await again("local");
        assert.deepEqual(made(traffic), NONE);
        const { unchanged, ...changes } = document.resources;
        assert.deepEqual(changes, UNCHANGED);
        assert.ok(unchanged > 0);
        const callsAfter = await callsOf(clients);
        assert.deepEqual(comparable(await exportState(checkout)), state);
        const changing = Object.keys(callsAfter).filter((name) => callsAfter[name] !== callsBefore[name] && !/^(registry:(Get|Head)|[a-z0-9]+:(Get|List|Describe|Head|BatchGet|GET ))/.test(name));
        // The engine writes its state; the demonstration writes records, sends a message and calls functions. No resource is among them.
        assert.deepEqual(changing.filter((name) => !["lambda:Invoke", "s3:DeleteObject", "s3:PutObject", "sqs:SendMessage"].includes(name)), []);
        assert.equal(checkout.status(), "");
    });

    it("with an emptied Docker engine builds and pushes nothing, and the functions answer from the registry's images", async () => {
        assertSuccess(await checkout.npm("local:down"));
        const data = checkout.path(".local/docker");
        if (existsSync(data)) {
            rmSync(data, { recursive: true });
        }
        const { document, traffic } = await again("local", "--no-demo");
        checkout.forgetEnvironment();
        assert.deepEqual(made(traffic), NONE);
        const { unchanged, ...changes } = document.resources;
        assert.deepEqual(changes, UNCHANGED);
        assert.ok(unchanged > 0);
        const { traffic: pulled } = await imageTraffic(checkout, answers);
        assert.deepEqual(made(pulled), NONE);
        assert.deepEqual(pulled.pulls, ["csv-to-parquet", "json-to-csv", "ping", "records"]);
    });

    // With the state alone lost, AWS refuses the functions, roles and queues as existing, and no tool may guess that they are
    // ours. So here all is lost but the registry, whose repositories are imported: what a person does who rebuilds an account.
    it("with the state lost and the registry kept adopts every image by its key, and builds nothing", async () => {
        await forgetEverythingButImages(checkout);
        const { document, traffic } = await again("local");
        assert.deepEqual(made(traffic), NONE);
        assert.deepEqual([document.resources.replaced, document.resources.deleted], [0, 0]);
        const { outputs, resources } = await exportState(checkout);
        assert.deepEqual(digestsOf(outputs.images), digests);
        assert.deepEqual(resources.filter(({ type }) => type === "docker:index/image:Image"), []);
        await answers();
        assertSuccess(await checkout.local("pulumi", ["preview", "--stack", "local", "--expect-no-changes"]));
        assert.equal(checkout.status(), "");
    });
});

function digestsOf(images: Readonly<Record<string, { readonly digest: string }>>): Record<string, string> {
    return Object.fromEntries(Object.entries(images).map(([name, { digest }]) => [name, digest]));
}

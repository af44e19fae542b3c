import assert from "node:assert/strict";
import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { assertSuccess, Checkout, lastJson, type UpDocument } from "./support/checkout";
import { type Clients, clientsOf } from "./support/clients";
import { imageTraffic, made, NONE } from "./support/imageTraffic";
import { sharedCheckout } from "./support/shared";
import { exportState, lockObjects } from "./support/stackState";

describe("a Dockerfile that fails", () => {
    let checkout: Checkout;
    let clients: Clients;
    const dockerfile = "app/functions/ping/Dockerfile";
    const source = "app/functions/records/src/app.py";
    const settings = "Pulumi.local.yaml";
    // Makes the contents new also where this ran before: what the registry has is not built again.
    const nonce = Date.now();
    const originals: Record<string, string> = {};
    let versions: Record<string, number> = {};

    const liveVersion = async (name: string): Promise<number> => {
        const { FunctionVersion } = await clients.lambda.send(new GetAliasCommand({ FunctionName: `container-lambdas-local-${name}`, Name: "live" }));
        return Number(FunctionVersion);
    };
    const liveVersions = async (): Promise<Record<string, number>> =>
        Object.fromEntries(await Promise.all(["ping", "record-lookup", "record-summary", "json-to-csv"].map(async (name) => [name, await liveVersion(name)] as const)));

    before(async () => {
        ({ checkout } = await sharedCheckout());
        clients = clientsOf(await checkout.environment());
        for (const file of [dockerfile, source, settings]) {
            originals[file] = checkout.read(file);
        }
        versions = await liveVersions();
    });

    after(async () => {
        Object.entries(originals).forEach(([file, text]) => checkout.write(file, text));
        const { traffic } = await imageTraffic(checkout, async () => assertSuccess(await checkout.npm("up", "local")));
        assert.deepEqual(made(traffic), NONE);
        assert.equal(checkout.status(), "");
    });

    it("is named with its step's own output, does not stop the others, and fails the command", async () => {
        checkout.write(dockerfile, originals[dockerfile].replace("COPY src", 'RUN echo "reason number $((4700 + 11))" >&2; exit 3\nCOPY src'));
        checkout.write(source, `${originals[source]}# ${nonce}\n`);
        // One at a time: the other build is still queued when this one fails.
        checkout.edit(settings, "config:\n", "config:\n  container-lambdas:maxParallelBuilds: 1\n");
        const { result: outcome, traffic } = await imageTraffic(checkout, () => checkout.npm("up", "local", "--json"));

        assert.equal(outcome.status, 1, outcome.stderr);
        const failures = outcome.stderr.split("\n").filter((line) => line.startsWith("✗ ") && !line.startsWith("✗ creating failed"));
        assert.equal(failures.length, 1, "nothing but the cause is reported");
        assert.match(failures[0], /^✗ docker Image ping-/);
        const report = outcome.stderr.slice(outcome.stderr.indexOf(failures[0]));
        assert.match(report, /exit code: 3/);
        assert.match(report, /^ +reason number 4711$/m);
        assert.equal(lastJson<{ outcome: string }>(outcome).outcome, "failed");

        assert.deepEqual(made(traffic).builds, ["records"]);
        assert.deepEqual(made(traffic).manifests, ["records"]);
        assert.deepEqual(await liveVersions(), { ...versions, "record-lookup": versions["record-lookup"] + 1, "record-summary": versions["record-summary"] + 1 });
        assert.deepEqual((await exportState(checkout)).pending, []);
        assert.deepEqual(await lockObjects(clients), []);
    });

    it("fails again while it is not mended, and builds nothing else again", async () => {
        const { result: outcome, traffic } = await imageTraffic(checkout, () => checkout.npm("up", "local"));
        assert.equal(outcome.status, 1, outcome.stderr);
        assert.deepEqual(made(traffic), NONE);
    });

    it("mended, the next run builds what was missing and nothing else", async () => {
        checkout.write(dockerfile, originals[dockerfile].replace("COPY src", `RUN echo "mended ${nonce}"\nCOPY src`));
        const { result, traffic } = await imageTraffic(checkout, async () => lastJson<UpDocument>(assertSuccess(await checkout.npm("up", "local", "--json"))));
        assert.deepEqual(made(traffic).builds, ["ping"]);
        assert.deepEqual(made(traffic).manifests, ["ping"]);
        assert.equal(await liveVersion("ping"), versions.ping + 1);
        assert.equal(result.functions.find(({ name }) => name === "ping")?.version, String(versions.ping + 1));
        const again = lastJson<UpDocument>(assertSuccess(await checkout.npm("up", "local", "--json")));
        assert.deepEqual({ ...again.resources, unchanged: 0 }, { created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 0 });
    });
});

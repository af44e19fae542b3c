import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { assertSuccess, Checkout } from "./support/checkout";
import { clientsOf } from "./support/clients";
import { sharedPipeline } from "./support/pipelineShared";

const STACK = "local-dev";

/** The commands of docs/recovery.md that no other suite runs. */
describe("a stack that is stuck", () => {
    let checkout: Checkout;

    before(async function () {
        this.timeout(900_000);
        ({ checkout } = await sharedPipeline());
    });

    const pulumi = (...args: readonly string[]): ReturnType<Checkout["local"]> => checkout.local("pulumi", [...args, "--stack", STACK, "--non-interactive"]);
    const exported = async (): Promise<{ deployment: { pending_operations?: object[]; resources: object[] } }> => JSON.parse(assertSuccess(await pulumi("stack", "export")).stdout);

    it("is free again after `pulumi cancel`, and was not before", async () => {
        const { s3, stateBucket } = clientsOf(await checkout.environment());
        const Key = `.pulumi/locks/organization/container-lambdas/${STACK}/00000000-0000-0000-0000-000000000000.json`;
        await s3.send(new PutObjectCommand({ Bucket: stateBucket, Key, Body: JSON.stringify({ pid: 1, username: "someone", hostname: "elsewhere", timestamp: "2026-01-01T00:00:00Z" }) }));
        const refused = await pulumi("refresh", "--yes", "--skip-preview");
        assert.notEqual(refused.status, 0);
        assert.match(`${refused.stdout}${refused.stderr}`, /currently locked by/);
        assertSuccess(await pulumi("cancel", "--yes"));
        assertSuccess(await pulumi("preview"));
    });

    it("has nothing unfinished after `pulumi refresh --clear-pending-creates`, and everything that it had", async () => {
        const before = (await exported()).deployment.resources.length;
        const left = { urn: `urn:pulumi:${STACK}::container-lambdas::aws:sqs/queue:Queue::never-made`, type: "aws:sqs/queue:Queue", custom: true };
        // Into the state's object itself: the engine leaves this behind when it is killed, and takes it by no import.
        const { s3, stateBucket } = clientsOf(await checkout.environment());
        const place = { Bucket: stateBucket, Key: `.pulumi/stacks/container-lambdas/${STACK}.json` };
        const state = JSON.parse((await (await s3.send(new GetObjectCommand(place))).Body?.transformToString()) ?? "") as { checkpoint: { latest: object } };
        Object.assign(state.checkpoint.latest, { pending_operations: [{ resource: left, type: "creating" }] });
        await s3.send(new PutObjectCommand({ ...place, Body: JSON.stringify(state) }));
        assert.equal((await exported()).deployment.pending_operations?.length, 1);
        assertSuccess(await pulumi("refresh", "--clear-pending-creates", "--yes", "--skip-preview"));
        const after = await exported();
        assert.deepEqual(after.deployment.pending_operations ?? [], []);
        assert.equal(after.deployment.resources.length, before);
    });
});

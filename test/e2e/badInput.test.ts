import assert from "node:assert/strict";
import type { Problem } from "../../components/manifest/problem";
import { type Fault, mend, spoil } from "./support/badTree";
import { assertSuccess, Checkout, lastJson, type Outcome } from "./support/checkout";
import { type Clients, clientsOf } from "./support/clients";
import { sharedCheckout } from "./support/shared";
import { callsOf, engineEvents, stateObjects, tracesOf } from "./support/untouched";

describe("bad manifests and settings, all in one tree", () => {
    let checkout: Checkout;
    let clients: Clients;
    let settings: string;
    let faults: readonly Fault[] = [];

    before(async () => {
        ({ checkout } = await sharedCheckout());
        clients = clientsOf(await checkout.environment());
        settings = checkout.read("Pulumi.local.yaml");
        faults = spoil(checkout);
    });

    after(() => {
        mend(checkout, settings);
        assert.equal(checkout.status(), "");
    });

    for (const [script, ...args] of [["check", "local"], ["local"], ["up", "local"], ["preview", "local"]]) {
        it(`${script} reports every one of them at once with exit status 2, and nothing was touched`, async () => {
            const before = await tracesOf(clients);
            const calls = await callsOf(clients);
            const outcome = await checkout.npm(script, ...args, "--json");
            const callsAfter = await callsOf(clients);
            const after = await tracesOf(clients);

            assert.equal(outcome.status, 2, outcome.stderr);
            assertReported(outcome, faults);
            assert.deepEqual(callsAfter, calls);
            assert.deepEqual(after.state, before.state);
            assert.deepEqual(after.images, before.images);
            assert.deepEqual(await engineEvents(clients, before.at, after.at), []);
        });
    }

    it("the look itself sees what a command does", async () => {
        mend(checkout, settings);
        const before = await tracesOf(clients);
        const calls = await callsOf(clients);
        assertSuccess(await checkout.npm("preview", "local"));
        assert.notDeepEqual(await callsOf(clients), calls);
        const [image] = before.images;
        await clients.docker.getImage(image).tag({ repo: "look", tag: "seen" });
        await clients.docker.getImage("look:seen").remove();
        assert.deepEqual(await engineEvents(clients, before.at, (await tracesOf(clients)).at), ["image tag", "image untag"]);
        assert.notDeepEqual(await stateObjects(clients), []);
    });
});

/** Each fault is one problem of the report and each problem one of the faults; the text has a line for each. */
function assertReported(outcome: Outcome, faults: readonly Fault[]): void {
    const { problems } = lastJson<{ problems: readonly Problem[] }>(outcome);
    const fits = ({ file, key, rule }: Fault, problem: Problem): boolean => problem.file === file && problem.key === key && rule.test(`${problem.rule} ${problem.fix}`);
    assert.ok(faults.length >= 30);
    assert.deepEqual(faults.filter((fault) => problems.filter((problem) => fits(fault, problem)).length !== 1).map(({ what, file }) => `${file}: ${what}`), [], outcome.stderr);
    assert.deepEqual(problems.filter((problem) => !faults.some((fault) => fits(fault, problem))), []);
    const lines = outcome.stderr.split("\n").filter((line) => line.includes(" Fix: "));
    assert.equal(lines.length, faults.length);
    assert.match(outcome.stderr, new RegExp(`^${faults.length} problems in \\d+ files; nothing was called or changed\\.$`, "m"));
    assert.doesNotMatch(outcome.stderr + outcome.stdout, /AKIA|xoxb-/, "secrets are not repeated");
    assert.doesNotMatch(outcome.stderr, /[^\x20-\x7e\n]/, "no character that a terminal would obey");
}

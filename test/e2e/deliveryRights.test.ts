import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { UNPROVED } from "../../bootstrap/policies/unproved";
import { Checkout } from "./support/checkout";
import { clientsOf } from "./support/clients";
import { Deliveries } from "./support/deliveries";
import { type Call, type Grant, grantsOf } from "./support/grants";
import { sharedPipeline } from "./support/pipelineShared";

const EXTRAS = path.join(__dirname, "..", "application", "extras");
const MANIFEST = "app/functions/everything/function.yaml";
const STACK_FILE = "Pulumi.local-dev.yaml";

describe("the roles of deliveries, live", () => {
    let checkout: Checkout;
    let deliveries: Deliveries;
    let base: string;

    before(async function () {
        this.timeout(900_000);
        ({ checkout, deliveries, base } = await sharedPipeline());
        await deliveries.restore(base);
    });

    const calls = async (): Promise<readonly (Call & { readonly count: number })[]> => {
        const { endpoint } = clientsOf(await checkout.environment());
        return ((await (await fetch(`${endpoint}/_endpoint/calls`)).json()) as { calls: (Call & { readonly count: number })[] }).calls;
    };

    it("make everything that a manifest and an application can say", async () => {
        for (const file of fs.readdirSync(EXTRAS, { recursive: true, encoding: "utf8" }).filter((one) => fs.statSync(path.join(EXTRAS, one)).isFile())) {
            deliveries.write(file, fs.readFileSync(path.join(EXTRAS, file), "utf8"));
        }
        deliveries.edit("app/resources.ts", 'conversions: "queue",', 'conversions: "queue",\n    extras: "queue",\n    extrasTable: "table",');
        deliveries.edit("app/infrastructure.ts", 'import { DataBucket } from "./DataBucket";', 'import { DataBucket } from "./DataBucket";\nimport { Extras } from "./Extras";');
        deliveries.edit(
            "app/infrastructure.ts",
            "        this.handles = {",
            [
                "        const { queue: extras, table } = new Extras(`${name}-extras`, args, { parent });",
                "        this.handles = {",
                "            extras: { kind: RESOURCES.extras, name: extras.name, arn: extras.arn, url: extras.url },",
                "            extrasTable: { kind: RESOURCES.extrasTable, name: table.name, arn: table.arn, streamArn: table.streamArn },",
            ].join("\n"),
        );
        await deliveries.deliver(await deliveries.commit("Add everything"));
    });

    it("change all of it, with tags and retention of the whole stack, the pipeline's own parts included", async () => {
        deliveries.edit("app/Extras.ts", "const VARIANT: number = 1;", "const VARIANT: number = 2;");
        for (const [from, to] of [
            ["variant 1", "variant 2"],
            ["variant.1", "variant.2"],
            ["memorySize: 128", "memorySize: 256"],
            ["reservedConcurrency: 2", "reservedConcurrency: 3"],
            ["provisionedConcurrency: 1", "provisionedConcurrency: 2"],
            ["rate(1 day)", "rate(2 days)"],
            ["- queue: extras\n    batchSize: 1", "- queue: extras\n    batchSize: 2"],
            ["errors: 1", "errors: 2"],
        ] as const) {
            deliveries.edit(MANIFEST, from, to);
        }
        deliveries.edit(STACK_FILE, "      stack: local-dev", "      stack: local-dev\n      owner: everyone");
        deliveries.edit(STACK_FILE, "logRetentionDays: 7", "logRetentionDays: 14\n  container-lambdas:keepImages: 20");
        await deliveries.deliver(await deliveries.commit("Change everything"));
    });

    it("take away what a manifest no longer says, and then all of it", async () => {
        for (const gone of ["url: iam\n", "reservedConcurrency: 3\n", "provisionedConcurrency: 2\n"]) {
            deliveries.edit(MANIFEST, gone, "");
        }
        deliveries.edit(STACK_FILE, "\n      owner: everyone", "");
        await deliveries.deliver(await deliveries.commit("Less of everything"));
        await deliveries.restore(base);
        await deliveries.deliver(await deliveries.commit("Nothing of everything"));
        const { Functions } = await deliveries.aws<{ Functions: { FunctionName: string }[] }>("lambda", "list-functions");
        assert.ok(!Functions.some(({ FunctionName }) => FunctionName.endsWith("-everything")));
    });

    it("were never refused anything that a delivery needs", async () => {
        const refused = (await calls()).filter(({ allowed, principal }) => !allowed && principal.includes("/delivery/"));
        assert.deepEqual(refused.map(({ principal, action, resource }) => `${principal.split("/").at(-1)} ${action} ${resource}`), []);
    });

    it("hold no right that no delivery used, but for at most ten with a reason", async () => {
        const { iam } = clientsOf(await checkout.environment());
        const grants = await grantsOf(iam, await calls());
        assert.ok(grants.length > 300, `only ${grants.length} grants were found`);
        const listed = ({ role, action }: Grant): boolean => UNPROVED.some(({ roles, actions }) => roles.includes(role) && actions.includes(action));
        const unused = grants.filter(({ used }) => !used);
        console.log(`      ${grants.length} grants, ${grants.length - unused.length} used`);
        const text = ({ role, statement, action }: Grant): string => `${role} ${statement} ${action}`;
        if (process.env.CONTAINER_LAMBDAS_TEST_GRANTS !== undefined) {
            fs.writeFileSync(process.env.CONTAINER_LAMBDAS_TEST_GRANTS, unused.map((grant) => `${text(grant)}\n`).join(""));
        }
        assert.deepEqual(unused.filter((grant) => !listed(grant)).map(text), [], "take them away, or write the reason into bootstrap/policies/unproved.ts");
        assert.ok(UNPROVED.length <= 10);
    });
});

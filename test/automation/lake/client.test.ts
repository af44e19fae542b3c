import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { createLakeClient, type LakeClient } from "../../../automation/lake/client";
import { FakeEndpoint } from "../fakeEndpoint";

const queue = "http://127.0.0.1:1/000000000000/dead";

describe("the client of the data lake", () => {
    const endpoint = new FakeEndpoint();
    let client: LakeClient;
    before(async () => {
        const url = await endpoint.listen();
        client = createLakeClient({ AWS_ENDPOINT_URL: url, AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" });
    });
    beforeEach(() => {
        endpoint.asked.length = 0;
        endpoint.answers = {};
    });
    after(() => endpoint.close());

    it("asks for items a hundred at a time, and again for those that were not answered", async () => {
        type Request = { RequestItems: { t: { Keys: { id: { S: string } }[]; ConsistentRead: boolean } } };
        let refused = false;
        endpoint.answers.BatchGetItem = (input) => {
            const { Keys } = (input as Request).RequestItems.t;
            const kept = refused ? Keys.length : Keys.length - 1;
            const left = Keys.slice(kept);
            refused = true;
            return { body: { Responses: { t: Keys.slice(0, kept) }, UnprocessedKeys: left.length === 0 ? {} : { t: { Keys: left } } } };
        };
        const ids = Array.from({ length: 150 }, (_, index) => `i${index}`);
        const items = await client.getItems("t", "id", ids);
        assert.deepEqual(items.map(({ id }) => id).sort(), [...ids].sort());
        assert.deepEqual(endpoint.asked.map(({ input }) => (input as Request).RequestItems.t.Keys.length), [100, 1, 50]);
    });

    it("queries an index to its last page, from a range value on, and counts in the same way", async () => {
        endpoint.answers.Query = ({ ExclusiveStartKey }) => ({
            body: ExclusiveStartKey === undefined ? { Items: [{ id: { S: "a" } }], Count: 1, LastEvaluatedKey: { id: { S: "a" } } } : { Items: [{ id: { S: "b" } }], Count: 1 },
        });
        assert.deepEqual(await client.query("t", { index: "by_stage", hash: ["stage", "B"], from: ["started_at", "2026"] }), [{ id: "a" }, { id: "b" }]);
        assert.equal(endpoint.asked[0].input.KeyConditionExpression, "#h = :h AND #r >= :r");
        assert.equal(await client.countItems("t", { index: "by_stage", hash: ["stage", "B"] }), 2);
        assert.deepEqual([endpoint.asked[2].input.Select, endpoint.asked[2].input.KeyConditionExpression], ["COUNT", "#h = :h"]);
    });

    it("looks at every message of a queue once, and shows each again to everybody else", async () => {
        const letters = Array.from({ length: 13 }, (_, index) => `m${String(index).padStart(2, "0")}`);
        let next = 0;
        endpoint.answers.ReceiveMessage = () => {
            const page = letters.slice(next, (next += 10));
            const Messages = page.map((id) => ({ MessageId: id, ReceiptHandle: `h-${id}`, Body: id, MD5OfBody: createHash("md5").update(id).digest("hex"), MessageAttributes: { reason: { DataType: "String", StringValue: "why" } } }));
            return { body: { Messages } };
        };
        endpoint.answers.ChangeMessageVisibility = () => ({ body: {} });
        const found = await client.peekMessages(queue, 100);
        assert.deepEqual(found.map(({ id, attributes }) => [id, attributes.reason]), letters.map((id) => [id, "why"]));
        const shown = endpoint.asked.filter(({ name }) => name === "ChangeMessageVisibility").map(({ input }) => [input.ReceiptHandle, input.VisibilityTimeout]);
        assert.deepEqual(shown.sort(), letters.map((id) => [`h-${id}`, 0]));
    });

    it("counts messages that wait and those that somebody works on", async () => {
        endpoint.answers.GetQueueAttributes = () => ({ body: { Attributes: { ApproximateNumberOfMessages: "2", ApproximateNumberOfMessagesNotVisible: "3" } } });
        assert.equal(await client.queueDepth(queue), 5);
    });

    it("invokes a function as an event, under its alias", async () => {
        const path = "/2015-03-31/functions/p-local-f/invocations?Qualifier=live";
        endpoint.answers[path] = () => ({ status: 202, body: {} });
        await client.invokeLater("p-local-f", '{"flush":true}', "live");
        assert.deepEqual(endpoint.asked, [{ name: path, input: { flush: true } }]);
    });
});

import assert from "node:assert/strict";
import { Checkout, UpDocument } from "./support/checkout";

describe("npm run local in a fresh clone", function () {
    let checkout: Checkout;
    let first: UpDocument;

    before(async () => {
        checkout = Checkout.create("local");
        first = await checkout.up();
    });
    after(() => checkout.remove());

    it("builds every image, runs every function by digest, and leaves git status clean", () => {
        assert.deepEqual(first.images.map(({ name, built }) => `${name} ${built}`), ["common-layer true", "csv-to-parquet true", "json-to-csv true", "ping true", "records true"]);
        assert.deepEqual(first.functions.map(({ name }) => name), ["csv-to-parquet", "json-to-csv", "ping", "record-lookup", "record-summary"]);
        const digests = new Set(first.images.map(({ digest }) => digest));
        for (const { imageUri } of first.functions) {
            assert.ok(digests.has(imageUri.slice(imageUri.indexOf("@") + 1)), imageUri);
        }
        assert.equal(checkout.status(), "");
    });

    it("a second time changes nothing and builds nothing", async () => {
        const second = await checkout.up("--no-demo");
        assert.ok(second.images.every(({ built }) => !built));
        const { created, updated, replaced, deleted } = second.resources;
        assert.deepEqual({ created, updated, replaced, deleted }, { created: 0, updated: 0, replaced: 0, deleted: 0 });
    });
});

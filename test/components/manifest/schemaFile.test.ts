import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SCHEMA_FILE, schemaText } from "../../../components/manifest/writeSchema";

interface Node {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Node>>;
    readonly description?: string;
    readonly additionalProperties?: unknown;
}

describe("the published schema of manifests", () => {
    const published = readFileSync(SCHEMA_FILE, "utf8");
    const schema = JSON.parse(published) as Node;

    it("is what the program checks with", () => {
        assert.equal(published, schemaText(), "the schema changed; run: node --import tsx components/manifest/writeSchema.ts");
    });
    it("is closed, and describes every key for editors", () => {
        assert.equal(schema.additionalProperties, false);
        for (const [key, node] of Object.entries(schema.properties ?? {})) {
            assert.ok((node.description ?? "").length > 3, key);
        }
    });
});

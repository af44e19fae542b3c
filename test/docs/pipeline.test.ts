import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { stagesOf } from "../../components/deliveryPipeline/blueprint";

const ROOT = path.join(__dirname, "..", "..");
const PAGE = fs.readFileSync(path.join(ROOT, "docs/pipeline.md"), "utf8");

function sectionOf(title: string): string[][] {
    const [, rest = ""] = PAGE.split(`## ${title}\n`);
    const [section = ""] = rest.split("\n## ");
    const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
    return rows.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

describe("docs/pipeline.md", () => {
    it("names for every failure a test that there is", () => {
        const folder = path.join(ROOT, "test/delivery");
        const tests = (fs.readdirSync(folder, { recursive: true }) as string[])
            .filter((file) => file.endsWith(".test.ts"))
            .map((file) => fs.readFileSync(path.join(folder, file), "utf8"))
            .join("\n");
        const rows = sectionOf("When something fails");
        assert.ok(rows.length >= 19, `${rows.length} rows`);
        for (const [failure, , test = ""] of rows) {
            const name = test.replace(/^`|`$/g, "");
            assert.ok(name !== "" && [`it("${name}"`, `it(\`${name} (`].some((start) => tests.includes(start)), `${failure}: there is no test "${name}"`);
        }
    });

    it("lists the stages of both kinds of pipeline in their order", () => {
        const rows = sectionOf("Stages").filter(([name]) => !name.includes("/"));
        const listed = (column: number): string[] => rows.filter((row) => row[column] === "✓").map(([name]) => name);
        assert.deepEqual(listed(1), stagesOf("branch").map(({ name }) => name));
        assert.deepEqual(listed(2), stagesOf("tag").map(({ name }) => name));
    });
});

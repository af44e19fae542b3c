import assert from "node:assert/strict";
import { resultTable, rowsOf } from "../../bench/benchmark";
import { countBuilds } from "../../bench/engine";
import { rewriteImports } from "../../bench/programStart";
import { formatRatio, median, ratio } from "../../bench/statistics";

const samples = (...all: [number, number?][]) => all.map(([milliseconds, peakKilobytes]) => ({ milliseconds, ...(peakKilobytes === undefined ? {} : { peakKilobytes }) }));

describe("a median", () => {
    it("is the middle, whatever the order and however far the others are", () => {
        assert.equal(median([3, 1, 1000]), 3);
        assert.equal(median([10, 9]), 9.5);
        assert.equal(median([7]), 7);
    });

    it("does not change the values, and does not exist for none", () => {
        const values = [3, 1, 2];
        median(values);
        assert.deepEqual(values, [3, 1, 2]);
        assert.throws(() => median([]), /no median of no values/);
    });
});

describe("a ratio", () => {
    it("needs a base above 0", () => {
        assert.equal(ratio(3, 2), 1.5);
        for (const [value, base] of [[1, 0], [1, -1], [1, NaN], [NaN, 1], [Infinity, 1]]) {
            assert.throws(() => ratio(value, base), /cannot be compared/);
        }
    });

    it("is shown with two significant digits", () => {
        assert.deepEqual([0.0421, 0.5, 0.999, 1, 1.04, 1.26, 9.96, 18.4, 123.4].map(formatRatio), ["0.042×", "0.5×", "1×", "1×", "1×", "1.3×", "10×", "18×", "120×"]);
    });
});

describe("a benchmark's rows", () => {
    it("hold medians for each unit of the case's size, and ratios to the first case", () => {
        const rows = rowsOf("b", {
            cases: [
                { name: "small", samples: samples([10, 100], [30, 300], [20, 200]), per: 2 },
                { name: "large", samples: samples([60, 400]), per: 3, counted: "4 builds" },
            ],
        });
        assert.deepEqual(rows, [
            { benchmark: "b", case: "small", runs: 3, milliseconds: 10, time: 1, peakKilobytes: 200, memory: 1 },
            { benchmark: "b", case: "large", runs: 1, milliseconds: 20, time: 2, peakKilobytes: 400, memory: 2, note: "4 builds" },
        ]);
    });

    it("say nothing of memory where none was measured", () => {
        assert.deepEqual(rowsOf("b", { cases: [{ name: "a", samples: samples([1]) }] }), [{ benchmark: "b", case: "a", runs: 1, milliseconds: 1, time: 1 }]);
    });

    it("of one that could not run say what to do first", () => {
        assert.deepEqual(resultTable(rowsOf("b", { skipped: "start it: npm run local" })), [
            "benchmark  case     time  memory  of      note",
            "---------  -------  ----  ------  ------  -----------------------",
            "b          not run     -       -  0 runs  start it: npm run local",
        ]);
    });
});

describe("what benchmarks read and write", () => {
    it("builds are the images that the engine created, each once, and nothing else", () => {
        const line = " +  docker:index:Image tiny-1-0123456789ab created (1.2s) ";
        const output = [line, `${line}pushed `, " +  docker:index:Image tiny-2-0123456789ab creating (0s)", "    docker:index:Image other-0123456789ab  ", " +  aws:ecr:Repository tiny-1-repository created (0.1s)"];
        assert.equal(countBuilds(output.join("\n")), 1);
    });

    it("a deep import becomes the same name of the package's main entry", () => {
        assert.equal(
            rewriteImports('import * as pulumi from "@pulumi/pulumi";\nimport { Role } from "@pulumi/aws/iam/role";\nimport { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";\n'),
            'import * as aws from "@pulumi/aws";\nimport * as pulumi from "@pulumi/pulumi";\nimport Role = aws.iam.Role;\nimport getCallerIdentity = aws.getCallerIdentity;\n',
        );
        assert.equal(rewriteImports('import { a } from "./b";\n'), 'import { a } from "./b";\n');
    });
});

import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { formatDuration, parseSpan } from "../../automation/duration";
import { toJsonLine } from "../../automation/json";
import { formatExports } from "../../automation/shell";
import { formatTable } from "../../automation/table";
import { cleanLines, cleanText, clip, cut } from "../../automation/text";

describe("durations", () => {
    it("are short and of the right unit", () => {
        assert.deepEqual([0, 0.04, 12.34, 59.94, 59.96, 125, 3599.6, 3725].map(formatDuration), [
            "0.0 s", "0.0 s", "12.3 s", "59.9 s", "1 min 00 s", "2 min 05 s", "1 h 00 min", "1 h 02 min",
        ]);
    });

    it("never are negative when a clock was set back", () => assert.equal(formatDuration(-3), "0.0 s"));

    it("are read as spans, and nothing else is", () => {
        assert.deepEqual(["30s", "10m", "2h", "1d"].map(parseSpan), [30_000, 600_000, 7_200_000, 86_400_000]);
        assert.deepEqual(["", "10", "m", "1.5h", "-1m", "10 m", "10M"].map(parseSpan), Array(7).fill(undefined));
    });
});

describe("tables", () => {
    it("align columns and leave no trailing blanks", () => {
        const rows = [{ name: "a", size: 5 }, { name: "longer", size: 1234 }];
        assert.deepEqual(formatTable([{ title: "name", value: (row) => row.name }, { title: "size", value: (row) => row.size, align: "right" }], rows), [
            "name    size", "------  ----", "a          5", "longer  1234",
        ]);
    });

    it("with no rows show the titles", () => assert.deepEqual(formatTable([{ title: "name", value: String }], []), ["name", "----"]));

    it("let no cell steer the terminal", () => {
        assert.equal(formatTable([{ title: "n", value: () => "\u001b[2Jx\u0007" }], [1]).at(-1), "x");
    });
});

describe("text from outside", () => {
    it("loses everything that steers a terminal, and keeps tabs and lines", () => {
        assert.equal(cleanText("\u001b[31mred\u001b[0m\u001b]0;title\u0007\tx\r\ny\u0000\u009b"), "red\tx\ny");
    });

    it("loses trailing blanks and empty lines at the end", () => assert.deepEqual(cleanLines("a  \n\nb\n\n"), ["a", "", "b"]));

    it("is cut to a width, as one line or with its blanks", () => {
        assert.equal(cut("  one\n two three", 10), "one two t…");
        assert.equal(clip("    one two three", 10), "    one t…");
    });
});

describe("JSON results", () => {
    it("are one line with sorted keys at every depth", () => {
        assert.equal(toJsonLine({ b: [{ d: 1, c: "\n" }], a: undefined, A: null }), '{"A":null,"b":[{"c":"\\n","d":1}]}');
    });
});

describe("exports for a shell", () => {
    const variables = { ZED: "plain", PATH: "/a b:/c", QUOTE: `it's "$HOME" \`x\` \\ !` };

    it("are sorted and survive a real shell unchanged", () => {
        const lines = formatExports(variables, "sh");
        assert.deepEqual(lines.map((line) => line.slice(0, 11)), ["export PATH", "export QUOT", "export ZED="]);
        const printed = execFileSync("/bin/sh", ["-c", `${lines.join("\n")}\nprintf '%s|%s|%s' "$PATH" "$QUOTE" "$ZED"`], { encoding: "utf8" });
        assert.equal(printed, `${variables.PATH}|${variables.QUOTE}|${variables.ZED}`);
    });

    it("have fish's own syntax for fish, with PATH as a list", () => {
        assert.deepEqual(formatExports(variables, "fish"), [
            "set -gx PATH '/a b' '/c'",
            `set -gx QUOTE 'it\\'s "$HOME" \`x\` \\\\ !'`,
            "set -gx ZED 'plain'",
        ]);
    });
});

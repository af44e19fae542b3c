import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBaseImages } from "../../../components/manifest/baseImages";
import { parseDockerfile } from "../../../components/manifest/dockerfile";
import { dockerfileProblems } from "../../../components/manifest/dockerfileRules";
import { writtenPathFault } from "../../../components/manifest/files";
import { readManifest } from "../../../components/manifest/manifestFile";
import { nameFault, projectOrStackFault } from "../../../components/manifest/names";
import { nearest } from "../../../components/manifest/nearest";
import { formatProblems, Problem } from "../../../components/manifest/problem";
import { splitReferences } from "../../../components/manifest/references";
import { scheduleFault } from "../../../components/manifest/schedule";
import { timeZoneFault } from "../../../components/manifest/timeZone";
import { emulatorProblem } from "../../../components/settings/emulator";
import { parseSettings } from "../../../components/settings/parseSettings";
import { rawConfiguration } from "../../../components/settings/rawConfiguration";
import { lines, readOne } from "./support";

/** One seed, so that a failure of this commit is a failure on every machine; raise the runs to search for more. */
const RUNS = { seed: 20_260_101, numRuns: Number(process.env["PROPERTY_RUNS"] ?? 200) };
const NOW = new Date("2026-01-01T00:00:00Z");

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme-ascii" }));

/** Pieces that manifests are made of, in any order: far more often half-right than plain garbage is. */
const pieces = fc.constantFrom(
    "memorySize",
    "timeout",
    "environment",
    "handlers",
    "triggers",
    "grants",
    "secrets",
    "smoke",
    "url",
    "network",
    "statements",
    "alarms",
    "layer",
    "raw",
    "conversions",
    ":",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a",
    "*a",
    "!!str",
    "|",
    ">",
    "#",
    "'",
    '"',
    "\t",
    "? ",
    "---",
    "%YAML",
    "<<",
    "${raw.name}",
    "${",
    "$${",
    "yes",
    "null",
    "0123",
    ".nan",
    "1e999",
    "-1",
    "512",
    "true",
    "__proto__",
    "constructor",
    "toString",
    "\u0000",
    "\u202e",
    "\ufeff",
    "\r\n",
    "\ud800",
    "bucket",
    "queue",
    "schedule",
    "rate(1 minutes)",
    "cron(* * * * * *)",
);
const nearlyYaml = fc
    .array(fc.oneof({ weight: 8, arbitrary: pieces }, { weight: 1, arbitrary: text }), { maxLength: 60 })
    .map((parts) => parts.join(""));

const dockerPieces = fc.constantFrom(
    "FROM ",
    "ARG ",
    "ENV ",
    "RUN ",
    "COPY ",
    "ADD ",
    "CMD ",
    "--from=",
    "${LAYER}",
    "${BASE_PYTHON}",
    "$",
    "BASE_X",
    "LAYER",
    "=",
    " ",
    "\n",
    "\\\n",
    "<<EOF",
    "EOF",
    "[",
    '"',
    "'",
    "#",
    "# syntax=",
    "AS a",
    "scratch",
    "@sha256:",
    "curl -k ",
    "\u0000",
);
const nearlyDockerfile = fc
    .array(fc.oneof({ weight: 8, arbitrary: dockerPieces }, { weight: 1, arbitrary: text }), { maxLength: 60 })
    .map((parts) => parts.join(""));

const encode = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What may be printed: one line of printable ASCII for each problem and one with the count. */
function assertPrintable(problems: readonly Problem[]): void {
    const printed = formatProblems(problems);
    assert.match(printed, /^[\x20-\x7e\n]*$/);
    assert.equal(printed.split("\n").length, problems.length + 1);
    for (const { rule, fix, line, column } of problems) {
        assert.ok(rule !== "" && fix !== "");
        assert.ok((line ?? 1) >= 1 && (column ?? 1) >= 1);
    }
}

describe("whatever is given", () => {
    it("bytes as a manifest never throw, and are reported in printable lines", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => assertPrintable(readManifest("f.yaml", bytes).problems)),
            RUNS,
        );
    });
    it("text as a manifest never throws, and is reported in printable lines", () => {
        fc.assert(
            fc.property(fc.oneof(text, nearlyYaml), (given) => assertPrintable(readManifest("f.yaml", encode(given)).problems)),
            { ...RUNS, numRuns: RUNS.numRuns * 5 },
        );
    });
    it("any value under any key of a manifest never throws, and the rest is still read", () => {
        const key = fc.constantFrom(
            "memorySize",
            "environment",
            "handlers",
            "triggers",
            "grants",
            "secrets",
            "smoke",
            "url",
            "network",
            "statements",
            "alarms",
            "layer",
            "architecture",
            "unknown",
        );
        fc.assert(
            fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })), (value) => {
                const { input, problems } = readManifest("f.yaml", encode(JSON.stringify({ ...value, timeout: 7 })));
                assertPrintable(problems);
                assert.equal(input.timeout, 7);
            }),
            RUNS,
        );
    });
    it("a whole project of it never throws, and says the same twice", () => {
        fc.assert(
            fc.property(fc.oneof(text, nearlyYaml), fc.oneof(text, nearlyDockerfile), (manifest, dockerfile) => {
                const read = () => readOne(encode(manifest), {}, { "app/functions/sample/Dockerfile": encode(dockerfile) });
                const { problems } = read();
                assertPrintable(problems);
                assert.deepEqual(lines(read().problems), lines(problems));
            }),
            RUNS,
        );
    });
    it("text as a Dockerfile never throws", () => {
        fc.assert(
            fc.property(fc.oneof(text, nearlyDockerfile), fc.boolean(), (given, layer) => {
                const { dockerfile, problems } = parseDockerfile("Dockerfile", encode(given));
                const found =
                    dockerfile === undefined
                        ? []
                        : dockerfileProblems(dockerfile, {
                              kind: "function",
                              layer,
                              baseImages: ["python"],
                              architecture: "x86_64",
                              commandGiven: false,
                          });
                assertPrintable([...problems, ...found]);
            }),
            { ...RUNS, numRuns: RUNS.numRuns * 5 },
        );
    });
    it("text as the file of base images never throws", () => {
        fc.assert(
            fc.property(fc.oneof(text, fc.json(), nearlyYaml), (given) =>
                assertPrintable(parseBaseImages("b.json", encode(given)).problems),
            ),
            RUNS,
        );
    });
    it("values as settings never throw", () => {
        const key = fc.oneof(
            fc.constantFrom("p:images", "p:maxParallelBuilds", "p:baseImages", "aws:region", "aws:allowedAccountIds", "p:__proto__"),
            text,
        );
        fc.assert(
            fc.property(text, text, fc.dictionary(key, fc.oneof(text, fc.jsonValue())), (project, stack, values) => {
                assertPrintable(parseSettings(rawConfiguration(project, stack, values)).problems);
                assertPrintable(parseSettings(rawConfiguration("p", "dev", values)).problems);
            }),
            RUNS,
        );
    });
    it("text as anything smaller never throws", () => {
        fc.assert(
            fc.property(text, text, (a, b) => {
                scheduleFault(a, b, NOW);
                scheduleFault(`cron(${a})`, "UTC", NOW);
                scheduleFault(`at(${a})`, b, NOW);
                timeZoneFault(a);
                nearest(a, [b, "memorySize"]);
                splitReferences(a);
                emulatorProblem("emulator", { AWS_ENDPOINT_URL: a });
            }),
            { ...RUNS, numRuns: RUNS.numRuns * 2 },
        );
    });
    it("names and paths that pass hold nothing that a shell, a URL or a terminal would obey", () => {
        fc.assert(
            fc.property(
                fc.oneof(text, fc.stringMatching(/^[a-z][a-z0-9-]{0,45}$/), fc.constantFrom("$(id)", "a;b", "a\nb", "../a", "%0a", "a b")),
                (given) => {
                    if (nameFault(given) === undefined) {
                        assert.match(given, /^[a-z](?:-?[a-z0-9])+$/);
                        assert.ok(given.length >= 2 && given.length <= 40);
                    }
                    if (projectOrStackFault("stack", given) === undefined) {
                        assert.match(given, /^[a-z0-9-]{1,100}$/);
                    }
                    if (writtenPathFault(given) === undefined) {
                        assert.doesNotMatch(given, /[\x00-\x1f\\$`;|&<>*?"']|^\/|(?:^|\/)\.\.(?:\/|$)/);
                    }
                },
            ),
            { ...RUNS, numRuns: RUNS.numRuns * 5 },
        );
    });
});

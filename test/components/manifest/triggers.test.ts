import assert from "node:assert/strict";
import { assertGood, assertOne, DOCKERFILE, lines, readOne, readTree } from "./support";

const FILE = "app/functions/sample/function.yaml";
const one = (trigger: string): string => `triggers:\n  - ${trigger}\n`;

describe("triggers", () => {
    const bad: readonly (readonly [string, string | RegExp])[] = [
        [
            "{}",
            `${FILE}:2:5: triggers[0]: {}: must have exactly one of the keys bucket, queue, schedule, stream and rule, which tells its kind. Fix: write one map for each trigger, like \`- queue: conversions\`.`,
        ],
        ["{ bucket: raw, queue: conversions }", /must have exactly one of the keys/],
        ["conversions", /must have exactly one of the keys/],
        ["{ topic: raw }", /must have exactly one of the keys/],
        [
            "{ queue: conversion }",
            `${FILE}:2:14: triggers[0].queue: "conversion": names an unknown queue; did you mean "conversions"? Fix: use one of conversions, refunds, or declare it in app/infrastructure.ts.`,
        ],
        ["{ queue: raw }", `${FILE}:2:14: triggers[0].queue: "raw": is a bucket; this trigger needs a queue. Fix: name a queue.`],
        ["{ bucket: rwa }", /names an unknown bucket; did you mean "raw"\?/],
        ["{ stream: raw }", /is a bucket; this trigger needs a table/],
        ["{ queue: __proto }", /names an unknown queue/],
        ["{ queue: constructor }", /names an unknown queue/],
        [
            "{ queue: conversions, batchSize: 0 }",
            /triggers\[0\]\.batchSize: 0: is below 1 \(limit: 1 to 10,000; source: Lambda API, CreateEventSourceMapping\)/,
        ],
        ["{ queue: conversions, batchSize: 10001 }", /: 10001: is above 10,000/],
        ["{ queue: conversions, batchSize: 11 }", /triggers\[0\]\.batchSize: 11: is above 10 without a batchingWindow/],
        ["{ queue: conversions, batchingWindow: 301 }", /: 301: is above 300 seconds/],
        ["{ queue: conversions, maximumConcurrency: 1 }", /: 1: is below 2/],
        ["{ queue: conversions, maximumConcurrency: 1001 }", /: 1001: is above 1,000/],
        ["{ queue: conversions, batchsize: 5 }", /batchsize: is an unknown key; did you mean "batchSize"\?/],
        ["{ queue: conversions, prefix: a }", /prefix: is not a key here; it belongs to triggers\[\]/],
        ["{ bucket: raw, events: [] }", /an empty list would never call the function/],
        [
            "{ bucket: raw, events: [create] }",
            /triggers\[0\]\.events\[0\]: "create": must be "created" or "removed"; did you mean "created"\?/,
        ],
        ["{ bucket: raw, events: [created, created] }", /triggers\[0\]\.events\[1\]: "created": is given twice/],
        ['{ bucket: raw, prefix: "in/*.json" }', /contains \*, which S3 compares literally/],
        [`{ bucket: raw, prefix: ${"x".repeat(1_025)} }`, /has 1,025 bytes \(limit: 1,024; source: S3 user guide, object keys\)/],
        [
            "{ schedule: rate(1 minutes) }",
            /triggers\[0\]\.schedule: "rate\(1 minutes\)": has the unit minutes for 1\. Fix: write rate\(1 minute\)\.$/,
        ],
        ["{ schedule: rate(5 minutes), timeZone: Mars }", /triggers\[0\]\.timeZone: "Mars": is an unknown time zone/],
        ["{ schedule: rate(5 minutes), input: hello }", /is a text that is no JSON/],
        ["{ stream: orders, startingPosition: latest }", /must be "LATEST" or "TRIM_HORIZON"; did you mean "LATEST"\?/],
        ["{ rule: { pattern: {} } }", /triggers\[0\]\.rule\.pattern: \{\}: is empty, which EventBridge refuses/],
        [
            "{ rule: { pattern: { source: aws.s3 } } }",
            /triggers\[0\]\.rule\.pattern\.source: "aws\.s3": must be a list with one or more values .* Fix: write \["aws\.s3"\]\.$/,
        ],
        ["{ rule: { pattern: { source: [{ begins: aws }] } } }", /is no comparison that EventBridge knows/],
        ["{ rule: { pattern: { source: [] } } }", /must be a list with one or more values/],
        [`{ rule: { pattern: { source: [${"x".repeat(2_050)}] } } }`, /characters as JSON \(limit: 2,048; source: EventBridge quotas\)/],
        ["{ rule: { source: [aws.s3] } }", /triggers\[0\]\.rule/],
    ];
    for (const [trigger, expected] of bad) {
        it(`refuse ${trigger.slice(0, 70)}`, () => {
            const result = readOne(one(trigger));
            if (trigger.startsWith("{ rule: { source")) {
                assert.equal(result.problems.length, 2, lines(result.problems).join("\n"));
            } else {
                assertOne(result, expected);
            }
        });
    }

    const good = [
        "{ bucket: raw }",
        `{ bucket: raw, prefix: ${"x".repeat(1_024)}, suffix: .json, events: [created, removed] }`,
        "{ queue: conversions, batchSize: 10 }",
        "{ queue: conversions, batchSize: 10000, batchingWindow: 1, maximumConcurrency: 2 }",
        "{ queue: conversions, batchingWindow: 300, maximumConcurrency: 1000 }",
        "{ schedule: rate(5 minutes), timeZone: Europe/Paris, input: { a: [1] } }",
        "{ schedule: rate(5 minutes), input: '{\"a\": 1}' }",
        "{ stream: orders, batchSize: 10000, startingPosition: TRIM_HORIZON }",
        "{ rule: { pattern: { source: [aws.s3, { prefix: my. }], detail: { size: [{ numeric: ['>', 5] }], $or: [{ a: [1] }, { b: [null] }] } } } }",
    ];
    for (const trigger of good) {
        it(`accept ${trigger.slice(0, 70)}`, () => assertGood(readOne(one(trigger))));
    }

    it("come with their defaults, sorted by content", () => {
        const { model } = readOne(
            "triggers:\n  - stream: orders\n  - schedule: rate(1 day)\n    input: { b: 1 }\n  - queue: conversions\n  - bucket: raw\n  - rule: { pattern: { source: [a] } }\n",
        );
        assert.deepEqual(model.functions[0]?.triggers, [
            { kind: "bucket", bucket: "raw", prefix: "", suffix: "", events: ["created"] },
            { kind: "queue", queue: "conversions", batchSize: 10, batchingWindow: 0 },
            { kind: "rule", pattern: { source: ["a"] } },
            { kind: "schedule", expression: "rate(1 day)", timeZone: "UTC", input: '{"b":1}' },
            { kind: "stream", table: "orders", batchSize: 100, startingPosition: "LATEST" },
        ]);
    });

    it("point at the right entry when another one is broken", () => {
        const { problems } = readOne(
            "triggers:\n  - foo: 1\n  - queue: conversion\n  - queue: conversions\n    batchSize: 0\n  - stream: order\n",
        );
        assert.deepEqual(
            lines(problems).map((line) => line.split(" ").slice(0, 2).join(" ")),
            [
                `${FILE}:2:5: triggers[0]:`,
                `${FILE}:3:12: triggers[1].queue:`,
                `${FILE}:5:16: triggers[2].batchSize:`,
                `${FILE}:6:13: triggers[3].stream:`,
            ],
        );
    });

    it("read a queue or stream once in a function", () => {
        assertOne(
            readOne("triggers:\n  - queue: conversions\n  - queue: conversions\n    batchSize: 5\n"),
            /triggers\[1\]\.queue: "conversions": is read by triggers\[0\] already; Lambda allows one mapping/,
        );
        assertOne(
            readOne("triggers: [{ stream: orders }, { stream: orders }]"),
            /triggers\[1\]\.stream: "orders": is read by triggers\[0\] already/,
        );
        assertGood(readOne("triggers: [{ queue: conversions }, { queue: refunds }, { stream: orders }]"));
    });
});

function two(first: string, second: string): Record<string, string> {
    return {
        "app/functions/first/function.yaml": `triggers: [${first}]\n`,
        "app/functions/first/Dockerfile": DOCKERFILE,
        "app/functions/second/function.yaml": `triggers: [${second}]\n`,
        "app/functions/second/Dockerfile": DOCKERFILE,
    };
}

describe("bucket triggers", () => {
    for (const [first, second] of [
        ["{ bucket: raw }", "{ bucket: raw }"],
        ["{ bucket: raw, prefix: a/ }", "{ bucket: raw, prefix: a/b/ }"],
        ["{ bucket: raw, prefix: a/, suffix: .json }", "{ bucket: raw, suffix: json }"],
        ["{ bucket: raw, suffix: .json }", "{ bucket: raw, prefix: a/ }"],
        ["{ bucket: raw, prefix: a/, events: [created, removed] }", "{ bucket: raw, prefix: a/, events: [removed] }"],
    ] as const) {
        it(`must not overlap: ${first} and ${second}`, () =>
            assertOne(
                readTree(two(first, second)),
                /^app\/functions\/second\/function\.yaml:1:12: triggers\[0\]: .* overlaps with the trigger of first in app\/functions\/first\/function\.yaml:1 /,
            ));
    }
    for (const [first, second] of [
        ["{ bucket: raw, prefix: a/ }", "{ bucket: raw, prefix: b/ }"],
        ["{ bucket: raw, prefix: a/, suffix: .json }", "{ bucket: raw, prefix: a/, suffix: .csv }"],
        ["{ bucket: raw }", "{ bucket: stage }"],
        ["{ bucket: raw, events: [created] }", "{ bucket: raw, events: [removed] }"],
    ] as const) {
        it(`may stand side by side: ${first} and ${second}`, () => assertGood(readTree(two(first, second))));
    }
    it("must not overlap inside one manifest either", () => {
        assertOne(
            readOne("triggers: [{ bucket: raw, prefix: a/ }, { bucket: raw, prefix: a/b }]"),
            `${FILE}:1:41: triggers[1]: {"bucket":"raw","prefix":"a/b"}: overlaps with the trigger of sample in ${FILE}:1 (prefix "a/", suffix ""): S3 refuses two rules that can match one object. Fix: choose prefixes or suffixes of which neither begins (ends) with the other.`,
        );
    });
});

describe("queue and stream triggers", () => {
    it("leave a queue to one function", () => {
        assertOne(
            readTree(two("{ queue: conversions }", "{ queue: conversions }")),
            'app/functions/second/function.yaml:1:21: triggers[0].queue: "conversions": is read by first in app/functions/first/function.yaml:1 already: each message would reach only one of the two. Fix: give each function a queue of its own.',
        );
        assertGood(readTree(two("{ queue: conversions }", "{ queue: refunds }")));
    });
    it("leave a queue to one handler, when both take it from the top", () => {
        assertOne(
            readOne("triggers: [{ queue: conversions }]\nhandlers:\n  sample-a: { command: [a.a] }\n  sample-b: { command: [a.b] }\n"),
            /is read by sample-a in .* already/,
        );
        assertGood(
            readOne(
                "triggers: [{ queue: conversions }]\nhandlers:\n  sample-a: { command: [a.a] }\n  sample-b: { command: [a.b], triggers: [] }\n",
            ),
        );
    });
    it("leave a stream to two readers", () => {
        const third = {
            "app/functions/third/function.yaml": "triggers: [{ stream: orders }]\n",
            "app/functions/third/Dockerfile": DOCKERFILE,
        };
        assertGood(readTree(two("{ stream: orders }", "{ stream: orders }")));
        assertOne(readTree({ ...two("{ stream: orders }", "{ stream: orders }"), ...third }), /is reader 3 of the stream \(limit: 2/);
    });
});

describe("reserved concurrency", () => {
    const reserve = (...numbers: readonly number[]): Record<string, string> =>
        Object.fromEntries(
            numbers.flatMap((number, index) => [
                [`app/functions/fn${index}/function.yaml`, `reservedConcurrency: ${number}\n`],
                [`app/functions/fn${index}/Dockerfile`, DOCKERFILE],
            ]),
        );
    it("leaves 100 of 1,000 over all functions", () => {
        assertGood(readTree(reserve(450, 450)));
        assertOne(
            readTree(reserve(450, 500)),
            "app/functions/fn1/function.yaml:1:22: reservedConcurrency: 500: the functions of this project reserve 950 of 1,000 together; at least 100 must stay free (source: Lambda quotas). Fix: reserve less.",
        );
        assertOne(readTree(reserve(300, 300, 301)), /reserve 901 of 1,000 together/);
    });
});

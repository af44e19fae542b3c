import { assertGood, assertOne, readOne } from "./support";

const FILE = "app/functions/sample/function.yaml";

interface Row {
    readonly rule: string;
    /** Manifest and the whole text, or what it must match. */
    readonly bad: readonly (readonly [string, string | RegExp])[];
    readonly good: readonly string[];
}

const number = (key: string, given: string, shown: string, rest: string): readonly [string, string] => [
    `${key}: ${given}\n`,
    `${FILE}:1:${key.length + 3}: ${key}: ${shown}: ${rest}`,
];

const ROWS: readonly Row[] = [
    {
        rule: "memory is a whole number of MiB from 128 to 10,240",
        bad: [
            number(
                "memorySize",
                "64",
                "64",
                "is below 128 MiB (limit: 128 to 10,240 MiB; source: Lambda quotas). Fix: use a whole number from 128 to 10,240.",
            ),
            number(
                "memorySize",
                "127",
                "127",
                "is below 128 MiB (limit: 128 to 10,240 MiB; source: Lambda quotas). Fix: use a whole number from 128 to 10,240.",
            ),
            number(
                "memorySize",
                "10241",
                "10241",
                "is above 10,240 MiB (limit: 128 to 10,240 MiB; source: Lambda quotas). Fix: use a whole number from 128 to 10,240.",
            ),
            number(
                "memorySize",
                '"512MB"',
                '"512MB"',
                "must be a whole number without quotes and unit (limit: 128 to 10,240 MiB; source: Lambda quotas). Fix: use a whole number from 128 to 10,240.",
            ),
            ["memorySize: 512.5", /memorySize: 512\.5: must be a whole number/],
            ["memorySize: -1", /memorySize: -1: is below 128 MiB/],
            ["memorySize:", /memorySize: null: has no value\. Fix: give it a value, or remove the key\.$/],
            ["memorySize: [512]", /memorySize: \[512\]: must be a whole number/],
        ],
        good: ["memorySize: 128", "memorySize: 10240"],
    },
    {
        rule: "a timeout is 1 to 900 seconds",
        bad: [
            number(
                "timeout",
                "0",
                "0",
                "is below 1 seconds (limit: 1 to 900 seconds; source: Lambda quotas). Fix: use a whole number from 1 to 900.",
            ),
            number(
                "timeout",
                "901",
                "901",
                "is above 900 seconds (limit: 1 to 900 seconds; source: Lambda quotas). Fix: use a whole number from 1 to 900.",
            ),
            ['timeout: "30s"', /timeout: "30s": must be a whole number/],
            ["timeout: 1e99", /timeout: 1e\+99: must be a whole number/],
        ],
        good: ["timeout: 1", "timeout: 900"],
    },
    {
        rule: "ephemeral storage is 512 to 10,240 MiB",
        bad: [
            ["ephemeralStorage: 511", /: 511: is below 512 MiB/],
            ["ephemeralStorage: 10241", /: 10241: is above 10,240 MiB/],
            ["ephemeralStorage: true", /: true: must be a whole number/],
        ],
        good: ["ephemeralStorage: 512", "ephemeralStorage: 10240"],
    },
    {
        rule: "an architecture is x86_64 or arm64, and other spellings are understood",
        bad: [
            [
                "architecture: x86",
                `${FILE}:1:15: architecture: "x86": must be "x86_64" or "arm64"; did you mean "x86_64"? Fix: write x86_64.`,
            ],
            ["architecture: aarch64", /did you mean "arm64"\? Fix: write arm64\.$/],
            ['architecture: ["arm64", "x86_64"]', /must be "x86_64" or "arm64"\. Fix: write one of these\.$/],
            ["architecture: riscv", /must be "x86_64" or "arm64"\. Fix/],
        ],
        good: ["architecture: x86_64"],
    },
    {
        rule: "a function has the architecture of the layer it is made of",
        bad: [
            [
                "architecture: arm64",
                `${FILE}:1:15: architecture: "arm64": differs from the common layer's: sample (arm64) is made of common-layer (x86_64). Fix: use the stack's architecture, or \`layer: false\`.`,
            ],
        ],
        good: ["architecture: x86_64"],
    },
    {
        rule: "a description has at most 256 characters",
        bad: [
            [
                `description: ${"x".repeat(257)}`,
                /has 257 characters \(limit: 256; source: Lambda API, CreateFunction\)\. Fix: shorten it\.$/,
            ],
            ["description: 5", /: 5: must be a text\. Fix: write it in quotes: "5"\.$/],
            ["description: [a]", /must be a text, not a list/],
        ],
        good: [`description: ${"x".repeat(256)}`, 'description: ""'],
    },
    {
        rule: "unknown keys are refused, with the one that was probably meant",
        bad: [
            [
                "memorysize: 512",
                `${FILE}:1:1: memorysize: is an unknown key; did you mean "memorySize"? Fix: write memorySize, or remove the key.`,
            ],
            ["time_out: 5", /is an unknown key; did you mean "timeout"\?/],
            ["color: red", /color: is an unknown key\. Fix: use one of description, memorySize/],
            ["vpc: {}", /vpc: is an unknown key\. Fix: use one of/],
            [
                "alarms:\n  error: 1",
                `${FILE}:2:3: alarms.error: is an unknown key; did you mean "errors"? Fix: write errors, or remove the key.`,
            ],
        ],
        good: ["{}", "memorySize: 512"],
    },
    {
        rule: "keys of zip functions are told apart from typing errors",
        bad: [
            ["handler: app.main", /handler: is not used with container images .* Fix: name the handler in the Dockerfile/],
            ["runtime: python3.12", /runtime: is not used with container images .* Fix: choose the base image in the Dockerfile\.$/],
            ["layers: [a]", /layers: is not used with container images/],
        ],
        good: ["{}", "layer: true"],
    },
    {
        rule: "a key of another level is led to its place",
        bad: [
            ["batchSize: 5", `${FILE}:1:1: batchSize: is not a key here; it belongs to triggers[]. Fix: move it there.`],
            ["subnetIds: []", /it belongs to network/],
            [
                "triggers:\n  - queue: conversions\n    timeout: 5",
                /triggers\[0\]\.timeout: is not a key here; it belongs to the top of the file/,
            ],
            ["command: [a]", /it belongs to handlers\.NAME/],
        ],
        good: ["triggers:\n  - queue: conversions\n    batchSize: 5"],
    },
    {
        rule: "a VPC needs two subnets at least and Lambda's numbers at most",
        bad: [
            [
                "network: { subnetIds: [subnet-01234567], securityGroupIds: [sg-01234567] }",
                /network\.subnetIds: .* has 1 entries; one subnet is one zone.* Fix: give at least 2\.$/,
            ],
            [
                `network: { subnetIds: [${Array.from({ length: 17 }, (_, index) => `subnet-${10_000_000 + index}`).join(", ")}], securityGroupIds: [sg-01234567] }`,
                /has 17 entries \(limit: 16; source: Lambda API, VpcConfig\)/,
            ],
            [
                "network: { subnetIds: [subnet-01234567, subnet-11234567], securityGroupIds: [] }",
                /has 0 entries; subnets need a security group/,
            ],
            ["network: { subnetIds: [subnet-01234567, subnet-11234567] }", /network: lacks the key securityGroupIds\. Fix: add it\.$/],
            [
                "network: { subnetIds: [vpc-01234567, subnet-11234567], securityGroupIds: [sg-01234567] }",
                /network\.subnetIds\[0\]: "vpc-01234567": is no id of the form subnet-/,
            ],
        ],
        good: [
            "network: { subnetIds: [subnet-01234567, subnet-11234567], securityGroupIds: [sg-01234567] }",
            `network: { subnetIds: [${Array.from({ length: 16 }, (_, index) => `subnet-${10_000_000 + index}`).join(", ")}], securityGroupIds: [sg-01, sg-02, sg-03, sg-04, sg-05] }`.replace(
                /sg-0/g,
                "sg-0123456",
            ),
        ],
    },
    {
        rule: "concurrency leaves room for others, and provisioned fits into reserved",
        bad: [
            ["reservedConcurrency: -1", /: -1: is below 0/],
            ["reservedConcurrency: 901", /: 901: is above 900 \(limit: 0 to 900; source: Lambda quotas: 100 of 1,000 stay unreserved\)/],
            [
                "reservedConcurrency: 5\nprovisionedConcurrency: 6",
                /provisionedConcurrency: 6: is above the function's reservedConcurrency 5/,
            ],
            ["provisionedConcurrency: 0", /: 0: is below 1/],
        ],
        good: ["reservedConcurrency: 0", "reservedConcurrency: 900", "reservedConcurrency: 5\nprovisionedConcurrency: 5"],
    },
    {
        rule: "a URL is true, false, iam or none",
        bad: [
            [
                "url: public",
                `${FILE}:1:6: url: "public": must be true, false, iam or none. Fix: write true for a URL that asks for IAM authorisation.`,
            ],
            ["url: 1", /must be true, false, iam or none/],
            ["url: { auth: none }", /must be true, false, iam or none/],
        ],
        good: ["url: true", "url: iam", "url: none", "url: false"],
    },
    {
        rule: "an alarm can be raised",
        bad: [
            ["alarms: { errors: 0 }", /alarms\.errors: 0: is below 1/],
            ["alarms: { durationP99: 30000 }", /is not below the timeout of 30 seconds: no call can last longer/],
            ["timeout: 10\nalarms: { durationP99: 10000 }", /Fix: give milliseconds below 10000\.$/],
        ],
        good: ["alarms: { errors: 1, throttles: 1, durationP99: 29999 }", "alarms: {}"],
    },
    {
        rule: "a smoke test has a payload",
        bad: [
            ["smoke: {}", `${FILE}:1:1: smoke: lacks the key payload. Fix: add it.`],
            ["smoke: { expect: {} }", /smoke: lacks the key payload/],
            ["smoke: ping", /smoke: "ping": must be a map, not a text/],
        ],
        good: ["smoke: { payload: {} }", "smoke: { payload: null, expect: { a: [1] } }"],
    },
    {
        rule: "handlers have a command each",
        bad: [
            ["handlers: {}", `${FILE}:1:11: handlers: {}: names no handler. Fix: name one, or remove the key.`],
            ["handlers: { sample-a: {} }", /handlers\.sample-a: lacks the key command/],
            ["handlers: { sample-a: { command: [] } }", /handlers\.sample-a\.command: \[\]: is empty/],
            ["handlers: { sample-a: { command: app.a } }", /must be a list, not a text/],
            [
                "handlers: { sample-a: { command: [a], layer: false } }",
                /handlers\.sample-a\.layer: is not a key here; it belongs to the top of the file/,
            ],
        ],
        good: ["handlers: { sample-a: { command: [app.a] }, sample-b: { command: [app.b], memorySize: 128 } }"],
    },
];

describe("a manifest", () => {
    for (const { rule, bad, good } of ROWS) {
        describe(rule, () => {
            for (const [manifest, expected] of bad) {
                it(`refuses ${JSON.stringify(manifest.slice(0, 60))}`, () => assertOne(readOne(manifest), expected));
            }
            for (const manifest of good) {
                it(`accepts ${JSON.stringify(manifest.slice(0, 60))}`, () => assertGood(readOne(manifest)));
            }
        });
    }
});

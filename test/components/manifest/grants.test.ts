import assert from "node:assert/strict";
import { assertGood, assertOne, lines, readOne } from "./support";

const FILE = "app/functions/sample/function.yaml";

describe("grants", () => {
    for (const [grant, expected] of [
        [
            "rwa: read",
            `${FILE}:1:11: grants.rwa: names an unknown resource; did you mean "raw"? Fix: use one of conversions, orders, raw, refunds, settlement, stage, or declare it in app/infrastructure.ts.`,
        ],
        ["toString: read", /names an unknown resource/],
        [
            "raw: reed",
            `${FILE}:1:16: grants.raw: "reed": must be one of read, write, consume, send and start, or a list of them. Fix: write for example \`raw: read\` or \`raw: [read, write]\`.`,
        ],
        ["raw: [read, wirte]", /grants\.raw\[1\]: "wirte": must be "read", "write", "consume", "send" or "start"; did you mean "write"\?/],
        ["raw: []", /grants\.raw: \[\]: is empty/],
        ["raw: { read: true }", /must be one of read, write, consume, send and start, or a list of them/],
        [
            "raw: consume",
            `${FILE}:1:16: grants.raw: "consume": cannot be granted on "raw", which is a bucket. Fix: use "read" and/or "write".`,
        ],
        ["conversions: read", /cannot be granted on "conversions", which is a queue\. Fix: use "consume" and\/or "send"\.$/],
        [
            "settlement: [start, write]",
            /grants\.settlement\[1\]: "write": cannot be granted on "settlement", which is a state machine\. Fix: use "start"\.$/,
        ],
        ["orders: [read, read]", /grants\.orders\[1\]: "read": is given twice/],
        ['"*": read', /grants\["\*"\]: names an unknown resource/],
    ] as const) {
        it(`refuse ${grant}`, () => assertOne(readOne(`grants: { ${grant} }`), expected));
    }
    for (const grant of ["raw: read", "raw: [write, read]", "conversions: [consume, send]", "orders: [read, write]", "settlement: start"]) {
        it(`accept ${grant}`, () => assertGood(readOne(`grants: { ${grant} }`)));
    }
    it("come sorted by resource and access", () => {
        assert.deepEqual(readOne("grants: { stage: [write, read], conversions: send }").model.functions[0]?.grants, [
            { resource: "conversions", access: ["send"] },
            { resource: "stage", access: ["read", "write"] },
        ]);
    });
    it("of a handler replace those of the top, so that a handler can have fewer rights", () => {
        const { model } = readOne(
            "grants: { raw: [read, write] }\nhandlers:\n  sample-a: { command: [a.a], grants: { raw: read } }\n  sample-b: { command: [a.b] }\n",
        );
        assert.deepEqual(
            model.functions.map(({ grants }) => grants[0]?.access),
            [["read"], ["read", "write"]],
        );
    });
});

describe("statements", () => {
    const one = (actions: string, resources: string, reason?: string): string =>
        `statements:\n  - actions: [${actions}]\n    resources: ['${resources}']\n${reason === undefined ? "" : `    reason: ${reason}\n`}`;
    const BUCKET = "arn:aws:s3:::a-bucket/*";
    for (const [manifest, expected] of [
        [
            one('"*"', BUCKET),
            /statements\[0\]\.actions\[0\]: "\*": is an action with a wildcard\. Fix: name each action that the function calls\.$/,
        ],
        [one('"s3:*"', BUCKET), /"s3:\*": is an action with a wildcard/],
        [one('"s3:Get*"', BUCKET), /is an action with a wildcard/],
        [one('"s3:Get?bject"', BUCKET), /is an action with a wildcard/],
        [one("GetObject", BUCKET), /is no action of the form service:Action/],
        [one("'s3:getObject; rm'", BUCKET), /is no action of the form service:Action/],
        [one("dynamo:GetItem", BUCKET), /has the unknown service prefix "dynamo"/],
        [one("lamda:InvokeFunction", BUCKET), /has the unknown service prefix "lamda"; did you mean "lambda"\?/],
        [
            one("iam:PassRole", BUCKET),
            `${FILE}:2:15: statements[0].actions[0]: "iam:PassRole": is outside the permissions boundary: functions get no rights of iam. Fix: do it in the program or the bootstrap, not in a function.`,
        ],
        [one("organizations:ListAccounts", BUCKET), /is outside the permissions boundary/],
        [
            one("s3:ListAllMyBuckets", "*"),
            `${FILE}:3:17: statements[0].resources[0]: "*": means every resource of the account and has no reason. Fix: name the ARNs, or write into \`reason\` why the actions take no ARN.`,
        ],
        [one("s3:ListAllMyBuckets", "*", "because"), /means every resource of the account and has no reason/],
        [one("s3:GetObject", "a-bucket"), /is no ARN\. Fix: write arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE/],
        [one("s3:GetObject", "arn:aws:dynamodb:eu-west-1:123456789012:table/x"), /is a resource of dynamodb, while the actions are of s3/],
        [one("s3:GetObject", "arn:aws:s3:::*"), /means every resource of a service/],
        [one("s3:GetObject", "${raw.name}/*"), /begins with a reference that is no ARN\. Fix: use the attribute arn\.$/],
        [one("s3:GetObject", "${rwa.arn}"), /refers to "rwa": names an unknown resource; did you mean "raw"\?/],
        ["statements: [{ actions: [], resources: ['arn:aws:s3:::b'] }]", /statements\[0\]\.actions: \[\]: is empty/],
        ["statements: [{ actions: [s3:GetObject] }]", /statements\[0\]: lacks the key resources/],
        [
            "statements: [{ effect: Allow, actions: [s3:GetObject], resources: ['arn:aws:s3:::b'] }]",
            /statements\[0\]\.effect: is an unknown key/,
        ],
    ] as const) {
        it(`refuse ${manifest.replace(/\s+/g, " ").slice(0, 80)}`, () => assertOne(readOne(manifest), expected));
    }
    for (const manifest of [
        one("s3:GetObject, s3:PutObject", BUCKET),
        one("s3:GetObject", "${raw.arn}/in/*"),
        one("ec2:DescribeRegions", "*", "this action takes no resource"),
        one("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/orders"),
    ]) {
        it(`accept ${manifest.replace(/\s+/g, " ").slice(0, 80)}`, () => assertGood(readOne(manifest)));
    }
    it("fit into a role's inline policies", () => {
        const actions = Array.from({ length: 700 }, (_, index) => `s3:GetObject${index}`).join(", ");
        assert.ok(
            lines(readOne(one(actions, BUCKET)).problems).some((line) =>
                /have 1\d,\d{3} characters as a policy \(limit: 10,240; source: IAM quotas\)/.test(line),
            ),
        );
    });
});

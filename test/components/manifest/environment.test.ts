import assert from "node:assert/strict";
import { RESERVED_VARIABLES } from "../../../components/manifest/environment";
import { splitReferences } from "../../../components/manifest/references";
import { looksSecret, nameSaysSecret } from "../../../components/manifest/secretText";
import { assertGood, assertOne, lines, readOne } from "./support";

const FILE = "app/functions/sample/function.yaml";
const one = (entry: string): string => `environment:\n  ${entry}\n`;

describe("environment", () => {
    it("holds 4,096 bytes, counted in bytes and with names", () => {
        const value = "x".repeat(4_096 - "BIG".length);
        assertGood(readOne(one(`BIG: ${value}`)));
        assertGood(readOne(one(`BIG: "${"\u00e9".repeat(2_046)}x"`)));
        assertOne(
            readOne(one(`BIG: ${value}x\n  SMALL: "1"`)),
            `${FILE}:1:1: environment: has 4,103 of 4,096 bytes, names, references and ARNs at their longest included; largest: BIG 4,097, SMALL 6 (source: Lambda quotas). Fix: keep large values in a file of the image, in SSM or in a bucket.`,
        );
        assertOne(readOne(one(`BIG: "${"\u00e9".repeat(2_047)}"`)), /has 4,097 of 4,096 bytes/);
    });

    it("counts references and the ARNs of secrets at their longest", () => {
        assertGood(readOne(one(`BIG: "${"x".repeat(4_093 - 63)}\${raw.name}"`)));
        assertOne(readOne(one(`BIG: "${"x".repeat(4_094 - 63)}\${raw.name}"`)), /has 4,097 of 4,096 bytes/);
        assertOne(
            readOne(`${one(`BIG: ${"x".repeat(4_020)}`)}secrets: { DB: "secretsmanager:db" }\n`),
            /has 4,102 of 4,096 bytes.* largest: BIG 4,023, DB 79 /,
        );
    });

    it("is merged for handlers by variable, and its size is that of the whole", () => {
        const { model } = readOne(
            "environment: { AA: a, BB: b }\nhandlers:\n  sample-a: { command: [a.a], environment: { BB: c } }\n  sample-b: { command: [a.b] }\n",
        );
        assert.deepEqual(
            model.functions.map(({ environment }) => environment),
            [
                { AA: "a", BB: "c" },
                { AA: "a", BB: "b" },
            ],
        );
        assertOne(
            readOne(
                `environment: { AA: ${"x".repeat(3_000)} }\nhandlers:\n  sample-a: { command: [a.a], environment: { BB: ${"y".repeat(2_000)} } }\n  sample-b: { command: [a.b] }\n`,
            ),
            /^app\/functions\/sample\/function\.yaml:3:31: handlers\.sample-a\.environment: has 5,004 of 4,096 bytes/,
        );
    });

    it("refuses each of the 18 variables that Lambda reserves", () => {
        assert.equal(RESERVED_VARIABLES.length, 18);
        for (const name of RESERVED_VARIABLES) {
            assertOne(
                readOne(one(`${name}: x`)),
                `${FILE}:2:3: environment.${name}: is reserved by Lambda (source: Lambda developer guide). Fix: choose another name.`,
            );
        }
        assertOne(readOne(one("aws_region: x")), /differs only in case from AWS_REGION, which Lambda reserves/);
        assertGood(readOne(one("AWS_REGION_OF_BUCKET: x")));
        assertGood(readOne(one("AWS_LAMBDA_LOG_LEVEL: x")));
    });

    for (const name of ["A", "9X", "A-B", '""', "_X", '"A B"', '"\u00c4B"', '"A=B"']) {
        it(`refuses the name ${name}`, () =>
            assertOne(
                readOne(one(`${name}: x`)),
                /a variable's name needs two or more of letters, digits and _, beginning with a letter \(source: Lambda API\)/,
            ));
    }
    for (const name of ["AB", "a1", "A_", "LOG_LEVEL", "x".repeat(200)]) {
        it(`accepts the name ${name.slice(0, 20)}`, () => assertGood(readOne(one(`${name}: x`))));
    }

    it("proposes a form for a name", () => {
        assertOne(readOne(one("LOG-LEVEL: x")), /Fix: write for example LOG_LEVEL\.$/);
    });

    for (const [value, expected] of [
        ["5432", `${FILE}:2:9: environment.PORT: 5432: must be a text. Fix: write it in quotes: "5432".`],
        ["true", `${FILE}:2:9: environment.PORT: true: must be a text. Fix: write it in quotes: "true".`],
        ["", `${FILE}:2:9: environment.PORT: null: has no value. Fix: give it a value, or remove the key.`],
        ["{ a: 1 }", `${FILE}:2:9: environment.PORT: {"a":1}: must be a text, not a map. Fix: write a text.`],
        ["[1]", `${FILE}:2:9: environment.PORT: [1]: must be a text, not a list. Fix: write a text.`],
    ] as const) {
        it(`refuses the value ${value || "of nothing"}, which is no text`, () => assertOne(readOne(one(`PORT: ${value}`)), expected));
    }
    it("accepts texts that look like numbers in quotes", () => assertGood(readOne(one('PORT: "5432"\n  EMPTY: ""'))));
});

/** None of these is or was valid anywhere; they are put together here, so that scanners do not stumble over this file. */
const CREDENTIALS: readonly string[] = [
    `AK${"IA"}ABCDEFGHIJKLMNOP`,
    `AS${"IA"}ABCDEFGHIJKLMNOP`,
    `-----BEGIN RSA ${"PRIVATE"} KEY-----`,
    `xo${"xb"}-123456789012-abcdefghijkl`,
    `gh${"p_"}${"a1B2".repeat(9)}`,
    `sk_${"live"}_${"a1B2".repeat(6)}`,
    `eyJhbGciOiJIUzI1NiJ9.${"eyJ"}zdWIiOiIxMjM0NTY3ODkwIn0.abc`,
    `postgres://user:${"hunter2"}@db.example.com/orders`,
    `${"wJalrXUtnFEMI"}/K7MDENG+bPxRfiCYzzEXAMPL0KEY`,
];

describe("credentials", () => {
    for (const secret of CREDENTIALS) {
        it(`are found by their form and never shown: ${secret.slice(0, 4)}…`, () => {
            assert.equal(looksSecret(secret), true);
            const found = lines(
                readOne(
                    `description: "${secret}"\n${one(`VALUE: "${secret}"\n  ${JSON.stringify(secret)}: x`)}unknown: "${secret}"\nurl: "${secret}"\nmemorySize: "${secret}"\ntriggers: [{ queue: "${secret}" }]\ngrants: { "${secret}": read }\nsecrets: { KEY_NAME: "${secret}" }\n`,
                ).problems,
            );
            assert.ok(
                found.some((line) => /environment\.VALUE: the value looks like a credential/.test(line)),
                found.join("\n"),
            );
            for (const part of secret.match(/[A-Za-z0-9]{7,}/g) ?? [secret]) {
                if (!/^(?:BEGIN|PRIVATE|postgres|example)$/.test(part)) {
                    assert.ok(!found.join("\n").includes(part), `${part} is shown in\n${found.join("\n")}`);
                }
            }
        });
    }

    for (const name of ["DB_PASSWORD", "API_KEY", "apiToken", "CLIENT_SECRET", "PRIVATE_KEY", "passwd"]) {
        it(`are found by the name ${name}`, () => {
            assert.equal(nameSaysSecret(name), true);
            const { problems } = readOne(one(`${name}: hunter2`));
            assertOne(
                { problems },
                /its name says that the value is a credential; anyone who may read the function's configuration could read it\. Fix: store it in Secrets Manager or SSM/,
            );
            assert.doesNotMatch(lines(problems).join(), /hunter2/);
        });
    }

    for (const [name, value] of [
        ["PASSWORD_LENGTH", "12"],
        ["USE_TOKEN", "true"],
        ["PARTITION_KEY", "customer"],
        ["TOKEN", ""],
        ["SECRET_NAME", "orders/database"],
        ["DIGEST", `sha256:${"0123456789abcdef".repeat(4)}`],
        ["TOPIC", "arn:aws:sns:eu-central-1:123456789012:alarms-of-the-orders-service"],
        ["ID", "123e4567-e89b-12d3-a456-426614174000"],
        ["PATH_IN_BUCKET", "meteorites/landings/2024/November/records-of-the-day.json"],
    ] as const) {
        it(`are not seen in ${name}`, () => assertGood(readOne(one(`${name}: "${value}"`))));
    }
});

describe("secrets", () => {
    for (const [text, rule] of [
        [
            "hunter2-is-not-a-reference",
            /is no reference to Secrets Manager or SSM; the value is not shown here\. Fix: write secretsmanager:NAME or ssm:\/NAME; never the value itself\.$/,
        ],
        [
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
            /is an ARN; the name alone is wanted, so that one manifest serves all accounts/,
        ],
        ["ssm:db/password", /names a parameter without the leading slash/],
        ["secretsmanager:with space", /has a name that the store does not allow/],
        [`secretsmanager:${"x".repeat(513)}`, /has a name that the store does not allow/],
    ] as const) {
        it(`are references: not ${text.slice(0, 30)}`, () => assertOne(readOne(`secrets: { DB_SECRET: "${text}" }`), rule));
    }
    for (const text of ["secretsmanager:orders/db", `secretsmanager:${"x".repeat(512)}`, "ssm:/orders/db", "ssm:/a"]) {
        it(`may be ${text.slice(0, 30)}`, () => assertGood(readOne(`secrets: { DB_SECRET: "${text}" }`)));
    }
    it("share their names with no variable", () => {
        assertOne(readOne("environment: { DB: x }\nsecrets: { DB: ssm:/db }"), /secrets\.DB: is a variable of `environment` as well/);
    });
    it("come sorted by variable", () => {
        assert.deepEqual(readOne("secrets: { ZZ: ssm:/z, AA: secretsmanager:a }").model.functions[0]?.secrets, [
            { variable: "AA", store: "secretsmanager", name: "a" },
            { variable: "ZZ", store: "ssm", name: "/z" },
        ]);
    });
});

describe("references", () => {
    for (const [value, rule] of [
        [
            "${rwa.name}",
            /refers to "rwa": names an unknown resource; did you mean "raw"\? Fix: use one of conversions, orders, raw, refunds, settlement, stage, or declare it in app\/infrastructure\.ts\.$/,
        ],
        ["${raw.nam}", /refers to "raw\.nam", which a bucket does not have; did you mean "name"\? Fix: use "name" or "arn"\.$/],
        ["${raw.url}", /refers to "raw\.url", which a bucket does not have/],
        ["${settlement.url}", /which a state machine does not have/],
        ["${raw}", /holds a \$\{ that begins no reference\. Fix: write \$\{RESOURCE\.ATTRIBUTE\}/],
        ["s3://${raw.name", /holds a \$\{ that begins no reference/],
        ["${}", /begins no reference/],
        ["${constructor.name}", /refers to "constructor": names an unknown resource/],
        ["${HOME}", /begins no reference/],
    ] as const) {
        it(`are refused: ${value}`, () => assertOne(readOne(one(`VALUE: "${value}"`)), rule));
    }
    for (const value of [
        "${raw.name}",
        "s3://${raw.name}/${stage.arn}",
        "${conversions.url}",
        "${orders.arn}",
        "$${literal}",
        "$5",
        "{x}",
    ]) {
        it(`are accepted: ${value}`, () => assertGood(readOne(one(`VALUE: "${value}"`))));
    }
    it("are taken apart with their literal neighbours", () => {
        assert.deepEqual(splitReferences("s3://${raw.name}/$${x}/${stage.arn}"), [
            "s3://",
            { resource: "raw", attribute: "name" },
            "/${x}/",
            { resource: "stage", attribute: "arn" },
        ]);
        assert.deepEqual(splitReferences(""), []);
    });
});

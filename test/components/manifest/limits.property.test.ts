import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { assertGood, DOCKERFILE, readOne } from "./support";

/** One seed, so that a failure of this commit is a failure on every machine; raise the runs to search for more. */
const RUNS = { seed: 20_260_101, numRuns: Number(process.env["PROPERTY_RUNS"] ?? 200) };

const name = fc.stringMatching(/^[a-z][a-z0-9]{1,18}$/);
const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{1,12}$/).map((given) => `V${given}_VALUE`);
const value = fc.stringMatching(/^[ -#%-~]{0,60}$/).map((given) => given.replace(/[A-Za-z0-9+/_=-]{20}/g, "a b"));
const limited = (minimum: number, maximum: number) =>
    fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }));

const trigger = fc.oneof(
    fc.record(
        {
            bucket: fc.constant("raw"),
            prefix: fc.stringMatching(/^[a-z/]{0,20}$/),
            events: fc.uniqueArray(fc.constantFrom("created", "removed"), { minLength: 1 }),
        },
        { requiredKeys: ["bucket"] },
    ),
    fc.record(
        {
            queue: fc.constant("conversions"),
            batchSize: limited(1, 10_000),
            batchingWindow: limited(1, 300),
            maximumConcurrency: limited(2, 1_000),
        },
        { requiredKeys: ["queue", "batchingWindow"] },
    ),
    fc.record(
        {
            schedule: fc.oneof(
                limited(2, 1_000).map((count) => `rate(${count} minutes)`),
                fc.constant("cron(0 12 * * ? *)"),
            ),
            timeZone: fc.constantFrom("UTC", "Europe/Paris"),
            input: fc.dictionary(name, value),
        },
        { requiredKeys: ["schedule"] },
    ),
    fc.record(
        { stream: fc.constant("orders"), batchSize: limited(1, 10_000), startingPosition: fc.constantFrom("LATEST", "TRIM_HORIZON") },
        { requiredKeys: ["stream"] },
    ),
);

const functionKeys = {
    description: fc.stringMatching(/^[ -~]{0,256}$/).map((given) => given.replace(/[A-Za-z0-9+/_=-]{20}/g, "a b")),
    memorySize: limited(128, 10_240),
    timeout: limited(1, 900),
    ephemeralStorage: limited(512, 10_240),
    environment: fc.dictionary(
        variable,
        fc.oneof(value, fc.constantFrom("${raw.name}", "s3://${stage.name}/x", "${conversions.url}", "$${x}")),
        { maxKeys: 8 },
    ),
    secrets: fc.dictionary(fc.stringMatching(/^S[A-Z]{1,8}$/), fc.constantFrom("secretsmanager:a/b", "ssm:/a/b"), { maxKeys: 3 }),
    reservedConcurrency: limited(1, 900),
    url: fc.constantFrom(true, false, "iam", "none"),
    triggers: fc.uniqueArray(trigger, { maxLength: 3, selector: (given) => Object.keys(given)[0] }),
    grants: fc.dictionary(fc.constantFrom("raw", "orders"), fc.constantFrom("read", "write", ["read", "write"]), { maxKeys: 2 }),
    smoke: fc.record({ payload: fc.dictionary(name, value) }),
    alarms: fc.record({ errors: limited(1, 1_000_000), throttles: limited(1, 1_000_000) }, { requiredKeys: [] }),
};

describe("what is within all limits", () => {
    it("is accepted, however it is combined and written", () => {
        fc.assert(
            fc.property(
                fc.record(functionKeys, { requiredKeys: [] }),
                fc.constantFrom("BLOCK", "JSON"),
                fc.boolean(),
                (manifest, form, crlf) => {
                    const written =
                        form === "JSON"
                            ? JSON.stringify(manifest)
                            : stringify(manifest, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
                    assertGood(readOne(crlf ? written.replace(/\n/g, "\r\n") : written));
                },
            ),
            RUNS,
        );
    });
    it("arrives in the model as it was written", () => {
        fc.assert(
            fc.property(fc.record(functionKeys), (manifest) => {
                const { model } = readOne(JSON.stringify(manifest));
                const read = model.functions[0];
                assert.deepEqual(
                    [
                        read?.description,
                        read?.memorySize,
                        read?.timeout,
                        read?.ephemeralStorage,
                        read?.reservedConcurrency,
                        { ...read?.environment },
                        read?.secrets.length,
                        read?.triggers.length,
                    ],
                    [
                        manifest.description,
                        manifest.memorySize,
                        manifest.timeout,
                        manifest.ephemeralStorage,
                        manifest.reservedConcurrency,
                        { ...manifest.environment },
                        Object.keys(manifest.secrets).length,
                        manifest.triggers.length,
                    ],
                );
            }),
            RUNS,
        );
    });
    it("is accepted in Dockerfiles whatever comments and spaces stand between the lines", () => {
        const between = fc.array(fc.constantFrom("# a comment: sudo curl -k", "", "   ", "LABEL a=b", "WORKDIR /var/task"), {
            maxLength: 4,
        });
        fc.assert(
            fc.property(between, (added) => {
                const [first = "", second = "", third = "", fourth = "", ...rest] = DOCKERFILE.split("\n");
                assertGood(
                    readOne("{}", {}, { "app/functions/sample/Dockerfile": [first, second, third, fourth, ...added, ...rest].join("\n") }),
                );
            }),
            RUNS,
        );
    });
});

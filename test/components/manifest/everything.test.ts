import assert from "node:assert/strict";
import { readBaseImages } from "../../../components/manifest/baseImages";
import { formatProblems } from "../../../components/manifest/problem";
import { readProject } from "../../../components/manifest/readProject";
import { readStackFile } from "../../../components/settings/stackFile";
import { DIGEST, DOCKERFILE, DOCKERFILE_WITHOUT_LAYER, Files, LAYER_DOCKERFILE, OPTIONS, withTree } from "./support";

/** One broken function each: its manifest, and the one line that the report must have for it. */
const MANIFESTS: Readonly<Record<string, readonly [string, RegExp]>> = {
    alarm: ["timeout: 5\nalarms: { durationP99: 5000 }\n", /alarms\.durationP99: 5000: is not below the timeout/],
    alias: ["environment:\n  AA: &x a\n", /has an anchor/],
    architecture: ["architecture: aarch64\n", /did you mean "arm64"\?/],
    batch: ["triggers: [{ queue: refunds, batchSize: 100 }]\n", /is above 10 without a batchingWindow/],
    boolean: ["layer: yes\n", /means true or false in YAML 1\.1/],
    bytes: [`environment: { BIG: ${"x".repeat(4_200)} }\n`, /has 4,203 of 4,096 bytes/],
    command: ["handlers: { command-a: { cmd: [a.b] } }\n", /handlers\.command-a: lacks the key command/],
    concurrency: ["reservedConcurrency: 950\n", /is above 900/],
    cron: ["triggers: [{ schedule: cron(0 12 * * * *) }]\n", /both day of month and day of week are set/],
    deep: [`smoke: { payload: ${"[".repeat(1_000)}${"]".repeat(1_000)} }\n`, /is nested more than 32 levels deep/],
    duplicate: ["timeout: 5\ntimeout: 6\n", /is given twice; first in line 1/],
    grant: ["grants: { raw: consume }\n", /cannot be granted on "raw"/],
    level: ["batchSize: 5\n", /it belongs to triggers\[\]/],
    memory: ["memorySize: 64\n", /is below 128 MiB/],
    network: ["network: { subnetIds: [subnet-12345678], securityGroupIds: [sg-12345678] }\n", /one subnet is one zone/],
    nothing: ["", /the file is empty/],
    number: ["environment: { PORT: 5432 }\n", /write it in quotes: "5432"/],
    past: ["triggers: [{ schedule: at(2020-01-01T00:00:00) }]\n", /is in the past/],
    pattern: ["triggers: [{ rule: { pattern: {} } }]\n", /is empty, which EventBridge refuses/],
    reference: ["environment: { BUCKET: '${rwa.name}' }\n", /did you mean "raw"\?/],
    reserved: ["environment: { AWS_REGION: x }\n", /is reserved by Lambda/],
    resource: ["triggers: [{ queue: conversion }]\n", /did you mean "conversions"\?/],
    secret: [`environment: { VALUE: ${"AK"}IAABCDEFGHIJKLMNOP }\n`, /the value looks like a credential/],
    smoke: ["smoke: {}\n", /lacks the key payload/],
    statement: ["statements: [{ actions: ['s3:*'], resources: ['arn:aws:s3:::a/*'] }]\n", /is an action with a wildcard/],
    storage: ["ephemeralStorage: 511\n", /is below 512 MiB/],
    syntax: ["memorySize: [1\n", /is not valid YAML/],
    tab: ["alarms:\n\terrors: 1\n", /is indented with a tab/],
    timeout: ["timeout: 901\n", /is above 900 seconds/],
    unknown: ["memorysize: 512\n", /did you mean "memorySize"\?/],
    variable: ["environment: { A: x }\n", /a variable's name needs two or more/],
    vault: ["secrets: { DB: hunter2 }\n", /is no reference to Secrets Manager or SSM/],
    zone: ["triggers: [{ schedule: rate(5 minutes), timeZone: Mars }]\n", /is an unknown time zone/],
};

const OTHERS: Readonly<Record<string, readonly [string, RegExp]>> = {
    "app/functions/Upper/Dockerfile": [DOCKERFILE, /the name contains "U"/],
    "app/functions/dotenv/.env": ["A=1\n", /would be sent to the build: settings that are usually secret/],
    "app/functions/floating/Dockerfile": [
        DOCKERFILE.replace("FROM ${BASE_PYTHON}", "FROM python:3.12"),
        /FROM names an image that has a tag only/,
    ],
    "app/functions/insecure/Dockerfile": [`${DOCKERFILE}RUN curl -k https://example.com\n`, /curl does not check certificates/],
    "app/functions/layerless/Dockerfile": [DOCKERFILE_WITHOUT_LAYER, /the Dockerfile lacks ARG LAYER/],
    "app/functions/leak/Dockerfile": [`${DOCKERFILE}ENV PASSWORD=hunter2\n`, /ENV PASSWORD looks like a credential/],
    "app/functions/overlap-a/function.yaml": ["triggers: [{ bucket: raw, prefix: in/ }]\n", /^$/],
    "app/functions/overlap-b/function.yaml": ["triggers: [{ bucket: raw, prefix: in/deep/ }]\n", /overlaps with the trigger of overlap-a/],
    "app/functions/shell/Dockerfile": [DOCKERFILE.replace('["app.handler"]', "app.handler"), /CMD has the shell form/],
    "app/base-images.json": [`{ "python": "python:latest", "node": "node@${DIGEST}" }`, /has the tag latest/],
};

const SETTINGS: Readonly<Record<string, readonly [string, RegExp]>> = {
    "aws:region": ["us-east-9", /did you mean "us-east-1"\?/],
    "container-lambdas:architecture": ["x86", /did you mean "x86_64"\?/],
    "container-lambdas:images": ["relase", /did you mean "release"\?/],
    "container-lambdas:keepImages": ["5", /is below 10/],
    "container-lambdas:logRetentionDays": ["45", /nearest: 30 or 60/],
    "container-lambdas:maxParalelBuilds": ["5", /did you mean "maxParallelBuilds"\?/],
    "container-lambdas:maxParallelBuilds": ["500", /is above 200/],
    "container-lambdas:protectData": ["sometimes", /must be true or false/],
};

function tree(): Files {
    const files: Record<string, string> = { "app/common-layer/Dockerfile": LAYER_DOCKERFILE };
    for (const [name, [manifest]] of Object.entries(MANIFESTS)) {
        files[`app/functions/${name}/function.yaml`] = manifest;
        files[`app/functions/${name}/Dockerfile`] = DOCKERFILE;
    }
    for (const [file, [content]] of Object.entries(OTHERS)) {
        const directory = file.slice(0, file.lastIndexOf("/"));
        if (directory !== "app") {
            files[`${directory}/function.yaml`] ??= "{}\n";
            files[`${directory}/Dockerfile`] ??= DOCKERFILE;
        }
        files[file] = content;
    }
    files["Pulumi.yaml"] = "name: container-lambdas\nruntime: nodejs\n";
    files["Pulumi.local.yaml"] = `config:\n${Object.entries(SETTINGS)
        .map(([key, [value]]) => `  ${key}: ${value}\n`)
        .join("")}`;
    return files;
}

describe("a tree in which everything is wrong", () => {
    const report = withTree(tree(), (root) => {
        const settings = readStackFile(root, "local");
        const bases = readBaseImages(root, "app/base-images.json");
        const project = readProject({ root, ...OPTIONS, baseImages: Object.keys(bases.images ?? {}) });
        return formatProblems([...settings.problems, ...bases.problems, ...project.problems]);
    });
    const found = report.split("\n");

    it("has more than thirty different faults", () => {
        assert.ok(Object.keys(MANIFESTS).length + Object.keys(OTHERS).length + Object.keys(SETTINGS).length >= 50);
    });

    it("gives one report with all of them, each at its file", () => {
        for (const [name, [, expected]] of Object.entries(MANIFESTS)) {
            assert.ok(
                found.some((line) => line.startsWith(`app/functions/${name}/function.yaml`) && expected.test(line)),
                `${name}: ${expected}\n${report}`,
            );
        }
        for (const [file, [, expected]] of Object.entries(OTHERS)) {
            const directory = file.slice(0, file.lastIndexOf("/"));
            assert.ok(
                expected.test("") || found.some((line) => line.startsWith(directory) && expected.test(line)),
                `${file}: ${expected}\n${report}`,
            );
        }
        for (const [key, [, expected]] of Object.entries(SETTINGS)) {
            assert.ok(
                found.some((line) => /^Pulumi\.local\.yaml:\d+:\d+: /.test(line) && expected.test(line)),
                `${key}: ${expected}\n${report}`,
            );
        }
    });

    it("gives few lines more than there are faults, so that no fault hides behind the noise of another", () => {
        const faults = Object.keys(MANIFESTS).length + Object.keys(OTHERS).length - 1 + Object.keys(SETTINGS).length;
        assert.ok(found.length - 1 >= faults && found.length - 1 <= faults + 4, report);
        assert.equal(
            found.at(-1),
            `${found.length - 1} problems in ${new Set(found.slice(0, -1).map((line) => line.split(":")[0])).size} files; nothing was called or changed.`,
        );
    });

    it("is reported sorted, in the same words every time, and without a secret", () => {
        assert.deepEqual(
            report,
            withTree(tree(), (root) => {
                const bases = readBaseImages(root, "app/base-images.json");
                const project = readProject({ root, ...OPTIONS, baseImages: Object.keys(bases.images ?? {}) });
                return formatProblems([...project.problems, ...bases.problems, ...readStackFile(root, "local").problems]);
            }),
        );
        assert.doesNotMatch(report, /hunter2|ABCDEFGHIJKLMNOP/);
        const files = found.slice(0, -1).map((line) => line.split(":")[0] ?? "");
        assert.deepEqual(files, [...files].sort());
    });
});

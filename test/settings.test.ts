import assert from "node:assert/strict";
import { lines } from "./components/manifest/support";
import { Problem } from "../components/manifest/problem";
import { parseSettings } from "../components/settings/parseSettings";
import { rawConfiguration } from "../components/settings/rawConfiguration";

const REGION = { "aws:region": "us-east-1" };

const own = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [`p:${key}`, value]));
const read = (settings: Readonly<Record<string, unknown>>, others: Readonly<Record<string, unknown>> = REGION) =>
    parseSettings(rawConfiguration("p", "dev", { ...others, ...own(settings) }));

function assertOne({ problems }: { readonly problems: readonly Problem[] }, expected: string | RegExp): void {
    const found = lines(problems);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(
        found[0] ?? "",
        typeof expected === "string" ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : expected,
    );
}

describe("settings", () => {
    it("have a default each, and are frozen", () => {
        const { settings, problems } = read({});
        assert.deepEqual(lines(problems), []);
        assert.deepEqual(settings, {
            project: "p",
            stack: "dev",
            region: "us-east-1",
            runsOn: "account",
            images: "build",
            release: "direct",
            repositories: "perImage",
            registry: "own",
            maxParallelBuilds: 20,
            baseImages: "app/base-images.json",
            logRetentionDays: 30,
            architecture: "x86_64",
            canaryPercent: 10,
            canarySeconds: 600,
            keepImages: 500,
            protectData: true,
            delivery: "none",
            deliverySource: "connection",
            branch: "main",
            tagPattern: "v*",
            deliveryCompute: "small",
            buildCompute: "medium",
            buildDocker: "privileged",
            deliveryCache: "local",
            stepTimeoutMinutes: 60,
            approvalTimeoutMinutes: 1440,
        });
        assert.ok(Object.isFrozen(settings));
    });

    it("come as the engine hands them over: as text", () => {
        const { settings } = read({
            runsOn: "emulator",
            maxParallelBuilds: "3",
            protectData: "false",
            alarmTopicArn: "arn:aws:sns:us-east-1:000000000000:alarms",
            releaseManifest: "",
        });
        assert.deepEqual(
            [settings?.runsOn, settings?.maxParallelBuilds, settings?.protectData, settings?.alarmTopicArn],
            ["emulator", 3, false, "arn:aws:sns:us-east-1:000000000000:alarms"],
        );
        assert.ok(settings !== undefined && !("releaseManifest" in settings));
    });

    const bad: readonly (readonly [string, unknown, string | RegExp])[] = [
        [
            "runsOn",
            "aws",
            'Pulumi.dev.yaml: runsOn: "aws": must be "account" or "emulator". Fix: set it with pulumi config set runsOn account.',
        ],
        ["runsOn", "emulater", /did you mean "emulator"\?/],
        ["runsOn", "", /must be "account" or "emulator"/],
        [
            "images",
            "Build",
            'Pulumi.dev.yaml: images: "Build": must be "build", "adopt" or "release"; did you mean "build"? Fix: set it with pulumi config set images build.',
        ],
        ["images", true, /must be "build", "adopt" or "release"/],
        ["images", { a: 1 }, /must be one plain value/],
        ["release", "canary", /must be "direct" or "gradual"/],
        ["repositories", "per-image", /did you mean "perImage"\?/],
        ["registry", "mine", /must be "own" or "external"/],
        [
            "maxParallelBuilds",
            "0",
            'Pulumi.dev.yaml: maxParallelBuilds: "0": is below 1 (limit: 1 to 200; source: this project). Fix: set it with pulumi config set maxParallelBuilds 20.',
        ],
        ["maxParallelBuilds", "201", /is above 200/],
        ["maxParallelBuilds", "many", /must be a whole number/],
        ["maxParallelBuilds", "1.5", /must be a whole number/],
        ["maxParallelBuilds", "1e2", /must be a whole number/],
        ["maxParallelBuilds", "-1", /is below 1/],
        [
            "logRetentionDays",
            "45",
            'Pulumi.dev.yaml: logRetentionDays: "45": is none of the 22 allowed values (source: CloudWatch Logs API, PutRetentionPolicy); nearest: 30 or 60. Fix: use 30 or 60.',
        ],
        ["logRetentionDays", "0", /is below 1/],
        ["logRetentionDays", "3654", /is above 3653/],
        ["architecture", "amd64", /must be "x86_64" or "arm64"; did you mean "x86_64"\?/],
        ["architecture", "aarch64", /did you mean "arm64"\?/],
        ["architecture", "arm", /did you mean "arm64"\?/],
        ["canaryPercent", "51", /is above 50 \(limit: 1 to 50; source: this project: above half, the old version is the canary\)/],
        ["canarySeconds", "9", /is below 10/],
        ["keepImages", "9", /is below 10 \(limit: 10 to 1000; source: this project: versions and rollbacks need older images\)/],
        ["keepImages", "1001", /is above 1000/],
        ["keepImages", "", /must be a whole number/],
        ["protectData", "yes", /must be true or false/],
        ["protectData", "1", /must be true or false/],
        ["protectData", "True", /must be true or false/],
        [
            "baseImages",
            "../base.json",
            'Pulumi.dev.yaml: baseImages: "../base.json": the path has a part `..`. Fix: write a path inside the project, relative to it, with forward slashes.',
        ],
        ["baseImages", "/etc/x.json", /the path is absolute/],
        ["baseImages", "", /the path is empty/],
        ["alarmTopicArn", "alarms", /is no ARN of an SNS topic/],
        ["alarmTopicArn", "arn:aws:sqs:us-east-1:000000000000:alarms", /is no ARN of an SNS topic/],
        ["alarmTopicArn", "arn:aws:sns:us-east-1:123:alarms", /is no ARN of an SNS topic/],
        [
            "maxParalelBuilds",
            "3",
            'Pulumi.dev.yaml: p:maxParalelBuilds: is an unknown key; did you mean "maxParallelBuilds"? Fix: correct or remove the key.',
        ],
        ["memorySize", "3", /p:memorySize: is an unknown key\. Fix: use one of alarmTopicArn, approvalTimeoutMinutes, architecture, baseImages/],
        ["constructor", "3", /p:constructor: is an unknown key/],
    ];
    for (const [key, value, expected] of bad) {
        it(`refuse ${key}: ${JSON.stringify(value)}`, () => assertOne(read({ [key]: value }), expected));
    }

    for (const [key, value] of [
        ["maxParallelBuilds", "1"],
        ["maxParallelBuilds", 200],
        ["canaryPercent", "1"],
        ["canarySeconds", "3600"],
        ["keepImages", "10"],
        ["keepImages", "1000"],
        ["protectData", false],
        ["architecture", "arm64"],
        ["baseImages", ".local/base-images.json"],
        ["alarmTopicArn", "arn:aws-cn:sns:cn-north-1:000000000000:a.fifo"],
        ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map(
            (days) => ["logRetentionDays", String(days)] as const,
        ),
    ] as const) {
        it(`accept ${key}: ${value}`, () => assert.deepEqual(lines(read({ [key]: value }).problems), []));
    }

    it("need a release manifest exactly when images come from a release", () => {
        assertOne(
            read({ images: "release" }),
            "Pulumi.dev.yaml: releaseManifest: is missing, while `images` is release. Fix: name the release manifest, or choose another value of `images`.",
        );
        assertOne(
            read({ releaseManifest: "releases/prod.json" }),
            /releaseManifest: "releases\/prod\.json": has no effect, while `images` is build/,
        );
        assertOne(
            read({ images: "release", releaseManifest: "s3://bucket/x", registry: "external" }),
            /releaseManifest: "s3:\/\/bucket\/x": is an address, not a path/,
        );
        assert.deepEqual(lines(read({ images: "release", releaseManifest: "releases/prod.json", registry: "external" }).problems), []);
    });

    it("let only the stack that builds own the repositories", () => {
        assertOne(
            read({ registry: "external" }),
            'Pulumi.dev.yaml: registry: "external": is external, while `images` is build: repositories belong to the stack that builds. Fix: set `registry` to own, or `images` to release.',
        );
        assert.deepEqual(lines(read({ registry: "external", images: "adopt" }).problems), []);
    });

    for (const [region, expected] of [
        ["", /aws:region: is missing\. Fix: set it with pulumi config set aws:region us-east-1\.$/],
        ["us-east-9", /aws:region: "us-east-9": is no region that has Lambda; did you mean "us-east-1"\?/],
        ["EU-WEST-1", /did you mean "eu-west-1"\?/],
        ["Frankfurt", /is no region that has Lambda\. Fix: use the region's code, like us-east-1\.$/],
    ] as const) {
        it(`refuse the region ${JSON.stringify(region)}`, () => assertOne(read({}, { "aws:region": region }), expected));
    }
    it("need a region", () =>
        assertOne(read({}, {}), "Pulumi.dev.yaml: aws:region: is missing. Fix: set it with pulumi config set aws:region us-east-1."));

    for (const [accounts, expected] of [
        [
            '["12345678901"]',
            /aws:allowedAccountIds\[0\]: "12345678901": is no account id of 12 digits\. Fix: write all 12 digits in quotes\.$/,
        ],
        [
            "[12345678901]",
            /aws:allowedAccountIds\[0\]: 12345678901: is a number: leading zeros are lost\. Fix: write the account id in quotes\.$/,
        ],
        ["prod", /is no account id of 12 digits/],
    ] as const) {
        it(`refuse the account ${accounts}`, () => assertOne(read({}, { ...REGION, "aws:allowedAccountIds": accounts }), expected));
    }
    it("accept an account that begins with a zero", () =>
        assert.deepEqual(lines(read({}, { ...REGION, "aws:allowedAccountIds": '["012345678901"]' }).problems), []));

    it("refuse credentials in plain text, without showing them", () => {
        for (const [key, value] of [
            ["aws:secretKey", "hunter2"],
            ["p:alarmTopicArn", `${"AK"}IAABCDEFGHIJKLMNOP`],
            ["other:webhook", `https://hooks.${"slack"}.com/services/T0123456789/B0123456789/abcdefghijkl`],
        ] as const) {
            const found = lines(parseSettings(rawConfiguration("p", "dev", { ...REGION, [key]: value })).problems);
            assert.ok(
                found.some((line) =>
                    line.includes(
                        `${key}: looks like a credential and stands there in plain text; the value is not shown. Fix: replace the credential, and set it with pulumi config set --secret ${key}`,
                    ),
                ),
                found.join("\n"),
            );
            assert.ok(!found.join().includes(value));
        }
    });

    it("refuse names of project and stack that nothing can be named after", () => {
        assertOne(
            parseSettings(rawConfiguration("p", "prod/eu", REGION)),
            /^stack: "prod\/eu": the stack name contains "\/" \(U\+002F\) at position 5/,
        );
        assertOne(
            parseSettings(rawConfiguration("p:q", "dev", REGION)),
            /^Pulumi\.yaml: name: "p:q": the project name contains ":" \(U\+003A\) at position 2/,
        );
        assertOne(
            parseSettings(rawConfiguration("p", "x".repeat(101), REGION)),
            /the stack name has 101 characters \(limit: 1 to 100; source: Pulumi engine\)/,
        );
        assertOne(parseSettings(rawConfiguration("p", "Dev", REGION)), /the stack name does not fit into the names made of it/);
        assertOne(parseSettings(rawConfiguration("p", "", REGION)), /the stack name has 0 characters/);
    });

    it("are all reported at once", () => {
        const { settings, problems } = read(
            {
                runsOn: "x",
                images: "x",
                release: "x",
                repositories: "x",
                registry: "x",
                maxParallelBuilds: "x",
                architecture: "x",
                keepImages: "x",
                protectData: "x",
                nonsense: "x",
            },
            {},
        );
        assert.equal(settings, undefined);
        assert.equal(problems.length, 11, lines(problems).join("\n"));
    });
});

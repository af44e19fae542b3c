import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { lines, withTree } from "../manifest/support";
import { Problem } from "../../../components/manifest/problem";
import { DEFINITIONS, SETTING_NAMES } from "../../../components/settings/definitions";
import { readStackFile, stacksOf } from "../../../components/settings/stackFile";

const ROOT = join(__dirname, "../../..");

function assertOne({ problems }: { readonly problems: readonly Problem[] }, expected: string | RegExp): void {
    const found = lines(problems);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(
        found[0] ?? "",
        typeof expected === "string" ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : expected,
    );
}

describe("Pulumi.yaml", () => {
    interface ProjectFile {
        readonly name: string;
        readonly runtime: unknown;
        readonly requiredPulumiVersion: string;
        readonly config: Readonly<Record<string, { readonly type: string; readonly default: unknown; readonly description: string }>>;
    }
    const project = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as ProjectFile;

    it("declares every setting with the type, default and description that the program knows", () => {
        const types = { choice: "string", number: "integer", flag: "boolean", path: "string", text: "string" } as const;
        assert.deepEqual(Object.keys(project.config).sort(), SETTING_NAMES);
        for (const [name, definition] of Object.entries(DEFINITIONS)) {
            assert.deepEqual(
                project.config[name],
                { type: types[definition.kind], default: definition.default, description: definition.description },
                name,
            );
        }
    });

    it("names the engine it needs and the tsconfig without type check", () => {
        assert.equal(project.name, "container-lambdas");
        assert.equal(project.requiredPulumiVersion, ">=3.230.0");
        assert.deepEqual(project.runtime, { name: "nodejs", options: { tsconfig: "tsconfig.pulumi.json", nodeargs: "--max-semi-space-size=64", packagemanager: "npm" } });
    });
});

describe("stack files", () => {
    it("of this project are valid", () => {
        assert.deepEqual(stacksOf(ROOT), ["dev", "local-dev", "local-prod", "local", "prod"]);
        for (const stack of stacksOf(ROOT)) {
            assert.deepEqual(lines(readStackFile(ROOT, stack).problems), [], stack);
        }
    });

    it("hold differences only", () => {
        for (const stack of stacksOf(ROOT)) {
            const { config } = parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as {
                readonly config: Readonly<Record<string, unknown>>;
            };
            for (const [name, definition] of Object.entries(DEFINITIONS)) {
                assert.notDeepEqual(config[`container-lambdas:${name}`], definition.default, `${stack} repeats the default of ${name}`);
            }
        }
    });

    it("make local an emulator's stack, and prod one that builds nothing", () => {
        const settings = (stack: string) => readStackFile(ROOT, stack).settings;
        assert.deepEqual(
            [settings("local")?.runsOn, settings("local")?.baseImages, settings("local")?.protectData],
            ["emulator", ".local/base-images.json", false],
        );
        assert.deepEqual(
            [settings("dev")?.runsOn, settings("dev")?.images, settings("dev")?.release, settings("dev")?.registry],
            ["account", "build", "direct", "own"],
        );
        assert.deepEqual(
            [
                settings("prod")?.runsOn,
                settings("prod")?.images,
                settings("prod")?.release,
                settings("prod")?.registry,
                settings("prod")?.releaseManifest,
            ],
            ["account", "release", "gradual", "external", "releases/prod.json"],
        );
    });

    it("make local-dev and local-prod the pipelines of the emulator, and leave those of an account to bootstrap", () => {
        const settings = (stack: string) => readStackFile(ROOT, stack).settings;
        const delivery = stacksOf(ROOT).map((stack) => [stack, settings(stack)?.runsOn, settings(stack)?.delivery, settings(stack)?.releasesFrom]);
        assert.deepEqual(delivery, [
            ["dev", "account", "none", undefined],
            ["local-dev", "emulator", "branch", undefined],
            ["local-prod", "emulator", "tag", "local-dev"],
            ["local", "emulator", "none", undefined],
            ["prod", "account", "none", "dev"],
        ]);
    });

    it("share the passphrase of the emulator, for nothing in them is secret", () => {
        const salt = (stack: string): unknown => (parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as { encryptionsalt?: unknown }).encryptionsalt;
        assert.match(String(salt("local")), /^v1:/);
        assert.deepEqual([salt("local-dev"), salt("local-prod")], [salt("local"), salt("local")]);
    });

    it("on a real account say npm run bootstrap once a delivery is asked for without what it writes", () => {
        for (const [stack, delivery] of [["dev", "branch"], ["prod", "tag"]] as const) {
            const text = `${readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")}  container-lambdas:delivery: ${delivery}\n`;
            const files = { "Pulumi.yaml": readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"), [`Pulumi.${stack}.yaml`]: text };
            const found = lines(withTree(files, (root) => readStackFile(root, stack)).problems);
            assert.equal(found.length, 2, found.join("\n"));
            assert.ok(found.every((line) => line.includes(`is missing, while \`delivery\` is ${delivery}. Fix: run npm run bootstrap, which writes it`)), found.join("\n"));
        }
    });

    const tree = (stackFile: string): Record<string, string> => ({
        "Pulumi.yaml": readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"),
        "Pulumi.dev.yaml": stackFile,
    });
    const readFrom = (stackFile: string, stack = "dev") => withTree(tree(stackFile), (root) => readStackFile(root, stack));

    for (const [text, expected] of [
        [
            "config:\n  aws:region: us-east-1\n  container-lambdas:maxParallelBuilds: 0\n",
            "Pulumi.dev.yaml:3:40: maxParallelBuilds: 0: is below 1 (limit: 1 to 200; source: this project). Fix: set it with pulumi config set maxParallelBuilds 20.",
        ],
        ["config:\n  aws:region: us-east-9\n", /^Pulumi\.dev\.yaml:2:15: aws:region: "us-east-9"/],
        [
            "config:\n  aws:region: us-east-1\n  images: adopt\n",
            /^Pulumi\.dev\.yaml:3:3: config\.images: lacks its namespace\. Fix: write it like container-lambdas:images/,
        ],
        ["config:\n  aws:region: us-east-1\n  container-lambdas:images:\n", /config\.container-lambdas:images: null: has no value/],
        ["config:\n  aws:region: us-east-1\n  container-lambdas:images:\n    secure: v1:abc\n", /images: is encrypted, but is no secret/],
        ["config:\n  aws:region: us-east-1\n  aws:region: us-east-2\n", /is given twice; first in line 2/],
        ["config:\n\taws:region: us-east-1\n", /is indented with a tab/],
        [
            "config:\n  aws:region: us-east-1\n  aws:allowedAccountIds: [012345678901]\n",
            /is a number that YAML versions read differently|is a number/,
        ],
        ["", /^Pulumi\.dev\.yaml: the file is empty/],
        ["encryptionsalt: v1:abc:def\n", /aws:region: is missing/],
    ] as const) {
        it(`are refused with line and column: ${JSON.stringify(text.slice(0, 70))}`, () => {
            const { problems, settings } = readFrom(text);
            assert.equal(settings, undefined);
            assert.match(
                lines(problems)[0] ?? "",
                typeof expected === "string" ? new RegExp(`^${expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : expected,
            );
        });
    }

    it("may hold encrypted values of others, salts and providers", () => {
        const { problems, settings } = readFrom(
            'secretsprovider: awskms://x\nencryptedkey: abc\nconfig:\n  aws:region: eu-west-1\n  other:token:\n    secure: v1:abc\n  container-lambdas:protectData: "false"\n',
        );
        assert.deepEqual(lines(problems), []);
        assert.equal(settings?.protectData, false);
        assert.equal(settings?.region, "eu-west-1");
    });

    it("are looked for under safe names only, with the nearest when there is none", () => {
        assertOne(
            readFrom("config: {}", "dve"),
            'Pulumi.dve.yaml: the stack has no settings; did you mean "dev"? (stacks with settings: dev). Fix: choose another stack, or make Pulumi.dve.yaml with aws:region.',
        );
        assertOne(readFrom("config: {}", "../dev"), /the stack name contains "\/"/);
        assertOne(readFrom("config: {}", "de\u0430v"), /^stack: "de\\u0430v": the stack name contains U\+0430 at position 3/);
    });
});

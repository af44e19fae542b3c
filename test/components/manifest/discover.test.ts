import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseBaseImages, readBaseImages } from "../../../components/manifest/baseImages";
import { writtenPathFault } from "../../../components/manifest/files";
import { readProject } from "../../../components/manifest/readProject";
import {
    assertGood,
    assertOne,
    DIGEST,
    DOCKERFILE,
    DOCKERFILE_WITHOUT_LAYER,
    LAYER_DOCKERFILE,
    lines,
    OPTIONS,
    readOne,
    readTree,
    withTree,
} from "./support";

const GOOD = {
    "app/functions/sample/function.yaml": "{}",
    "app/functions/sample/Dockerfile": DOCKERFILE,
    "app/common-layer/Dockerfile": LAYER_DOCKERFILE,
};

/** Reads a good tree that was changed before. */
function changed(change: (root: string) => void): ReturnType<typeof readProject> {
    return withTree(GOOD, (root) => {
        change(root);
        return readProject({ root, ...OPTIONS });
    });
}

describe("directories", () => {
    it("are functions, sorted by name", () => {
        const file = (name: string): Record<string, string> => ({
            [`app/functions/${name}/function.yaml`]: "{}",
            [`app/functions/${name}/Dockerfile`]: DOCKERFILE,
        });
        const { model, problems } = readTree({
            ...file("zz"),
            ...file("aa"),
            ...file("b1"),
            "app/functions/README.md": "x",
            "app/functions/.DS_Store": "x",
            "app/functions/__pycache__/x.pyc": "x",
        });
        assert.deepEqual(lines(problems), []);
        assert.deepEqual(
            model.images.map(({ name }) => name),
            ["aa", "b1", "zz"],
        );
        assert.deepEqual(
            model.functions.map(({ name }) => name),
            ["aa", "b1", "zz"],
        );
    });
    it("give a model that is frozen all the way down", () => {
        const { model } = readOne(
            "smoke: { payload: { a: [1] } }\ntriggers: [{ rule: { pattern: { a: [1] } } }]\nenvironment: { AB: c }\n",
        );
        const open: string[] = [];
        const visit = (value: unknown, path: string): void => {
            if (typeof value === "object" && value !== null) {
                if (!Object.isFrozen(value)) {
                    open.push(path);
                }
                Object.entries(value).forEach(([key, item]) => visit(item, `${path}.${key}`));
            }
        };
        visit(model, "model");
        assert.deepEqual(open, []);
    });
    it("exist, and at least one is a function", () => {
        assertOne(
            readTree({ "app/functions/README.md": "x" }),
            "app/functions: has no function: every directory in it is one. Fix: make app/functions/NAME with a Dockerfile and a function.yaml.",
        );
        assertOne(
            readTree({ "app/function/sample/function.yaml": "{}" }),
            'app/functions: the directory is missing; nearest: "function". Fix: make it, or correct the path.',
        );
        assertOne(readTree({ "app/functions": "x" }), /app\/functions: is a file where a directory is needed/);
    });
    it("have a manifest and a Dockerfile, with exactly these names", () => {
        assert.deepEqual(lines(readTree({ "app/functions/sample/README.md": "x" }).problems), [
            "app/functions/sample/Dockerfile: the file is missing. Fix: write a Dockerfile; copy the one of a similar function.",
            "app/functions/sample/function.yaml: the file is missing. Fix: write a manifest; `{}` is enough, every key has a default.",
        ]);
        assertOne(
            readTree({ ...GOOD, "app/functions/sample/function.yaml": "" }),
            "app/functions/sample/function.yaml: the file is empty. Fix: write a manifest; `{}` is enough, every key has a default.",
        );
        assertOne(
            readTree({ ...GOOD, "app/functions/sample/function.yaml": "# nothing\n" }),
            /the manifest is empty\. Fix: write at least `description: What the function does`, or `\{\}`\.$/,
        );
        assertOne(readTree({ ...GOOD, "app/functions/sample/function.yaml": "- a\n" }), /the manifest is not a map/);
        const { "app/functions/sample/function.yaml": _, ...rest } = GOOD;
        assertOne(
            readTree({ ...rest, "app/functions/sample/function.yml": "{}" }),
            'app/functions/sample/function.yaml: the file is missing. Fix: rename "function.yml"; the name must be exact.',
        );
    });
    it("have files where files belong", () => {
        const result = changed((root) => {
            mkdirSync(join(root, "app/functions/other/function.yaml"), { recursive: true });
            writeFileSync(join(root, "app/functions/other/Dockerfile"), DOCKERFILE);
        });
        assertOne(
            result,
            "app/functions/other/function.yaml: is a directory where a file is needed. Fix: write a manifest; `{}` is enough, every key has a default.",
        );
    });
    it("do not leave the tree by links", () => {
        assertOne(
            changed((root) => symlinkSync("/tmp", join(root, "app/functions/outside"))),
            "app/functions/outside: is a link that leads outside its folder. Fix: put the function's files under app/functions.",
        );
        assertOne(
            changed((root) => symlinkSync("../common-layer", join(root, "app/functions/outside"))),
            /is a link that leads outside its folder/,
        );
        assertOne(
            changed((root) => symlinkSync("nowhere", join(root, "app/functions/outside"))),
            "app/functions/outside: is a broken link where a function's directory is expected. Fix: remove it.",
        );
        const linked = changed((root) => {
            mkdirSync(join(root, "app/functions/other"));
            writeFileSync(join(root, "app/functions/other/Dockerfile"), DOCKERFILE);
            symlinkSync("../../../secret.yaml", join(root, "app/functions/other/function.yaml"));
            writeFileSync(join(root, "secret.yaml"), "{}");
        });
        assertOne(
            linked,
            "app/functions/other/function.yaml: is a link that leads outside its folder. Fix: keep everything under app/functions/other.",
        );
    });
    it("are readable", () => {
        const result = changed((root) => chmodSync(join(root, "app/functions/sample/function.yaml"), 0));
        if (process.getuid?.() === 0) {
            // Root may read everything.
            assertGood(result);
        } else {
            assertOne(result, /cannot be read: EACCES/);
        }
    });
    it("need the layer only when a function uses it", () => {
        const alone = {
            "app/functions/sample/function.yaml": "layer: false\n",
            "app/functions/sample/Dockerfile": DOCKERFILE_WITHOUT_LAYER,
        };
        assertGood(withTree(alone, (root) => readProject({ root, ...OPTIONS })));
        assertOne(
            withTree(
                { ...alone, ...{ "app/functions/sample/function.yaml": "{}", "app/functions/sample/Dockerfile": DOCKERFILE } },
                (root) => readProject({ root, ...OPTIONS }),
            ),
            "app/common-layer: the directory is missing. Fix: make it, or correct the path.",
        );
    });
});

describe("a build context", () => {
    for (const [file, what] of [
        [".env", "settings that are usually secret"],
        ["src/.env.production", "settings that are usually secret"],
        [".git/config", "the repository's history"],
        ["node_modules/a/index.js", "installed packages"],
        ["id_rsa", "a private key"],
        ["server.key", "a private key"],
        [".npmrc", "credentials of a tool"],
        [".aws/credentials", "credentials of a tool"],
        ["terraform.tfstate", "state, which can hold secrets"],
    ] as const) {
        it(`has no ${file}, unless it is ignored`, () => {
            const first = file.startsWith("src") ? file : (file.split("/")[0] ?? "");
            assertOne(
                readOne("{}", {}, { [`app/functions/sample/${file}`]: "x" }),
                new RegExp(
                    `^app/functions/sample/${first.replace(/\./g, "\\.")}: would be sent to the build: ${what}.* Fix: add ".*" to app/functions/sample/\\.dockerignore, or remove it\\.$`,
                ),
            );
            assertGood(readOne("{}", {}, { [`app/functions/sample/${file}`]: "x", "app/functions/sample/.dockerignore": `${first}\n` }));
        });
    }
    for (const file of [".env.example", "src/app.py", "key.py", "src/keys/public.pem"]) {
        it(`may have ${file}`, () => assertGood(readOne("{}", {}, { [`app/functions/sample/${file}`]: "x" })));
    }
    it("has at most 20,000 files", () => {
        const result = changed((root) => {
            const folder = join(root, "app/functions/sample/data");
            mkdirSync(folder);
            for (let index = 0; index < 20_001; index++) {
                writeFileSync(join(folder, String(index)), "");
            }
        });
        assertOne(result, /^app\/functions\/sample: the build context has more than 20,000 files/);
    }).timeout(60_000);
});

describe("paths that somebody wrote", () => {
    for (const [path, rule] of [
        ["../other", "the path has a part `..`"],
        ["a/../../b", "the path has a part `..`"],
        ["/etc/passwd", "the path is absolute"],
        ["C:\\x", "the path contains a backslash"],
        ["C:/x", "the path is absolute"],
        ["a\\b", "the path contains a backslash"],
        ["a\u0000b", "the path contains a control character"],
        ["a\nb", "the path contains a control character"],
        ["~/x", "the path begins with ~, which only a shell replaces"],
        ["$(id)", "the path contains characters that shells treat specially"],
        ["a;rm", "the path contains characters that shells treat specially"],
        ["", "the path is empty"],
        [" a", "the path begins or ends with a space"],
    ] as const) {
        it(`are refused: ${JSON.stringify(path)}`, () => assert.equal(writtenPathFault(path)?.rule, rule));
    }
    for (const path of ["a", "app/base-images.json", ".local/base-images.json", "a..b/c", "a b/c"]) {
        it(`are accepted: ${path}`, () => assert.equal(writtenPathFault(path), undefined));
    }
});

describe("the file of base images", () => {
    const parse = (text: string) => parseBaseImages("b.json", new TextEncoder().encode(text));
    for (const [text, expected] of [
        [
            '{ "python": "python:3.12" }',
            'b.json:1:13: python: "python:3.12": has a tag only; a tag can be moved to another image. Fix: pin it as NAME:TAG@sha256:<64 hex digits>; `docker buildx imagetools inspect NAME:TAG` shows the digest.',
        ],
        ['{ "python": 5 }', /must be a text/],
        ['{ "python": "python:latest" }', /has the tag latest/],
        [`{ "Python": "python@${DIGEST}" }`, /the name is not made of a to z/],
        [`{ "py-thon": "python@${DIGEST}" }`, /the name is not made of a to z/],
        [`{ "python": "python@${DIGEST}", "python": "python@${DIGEST}" }`, /python: is given twice; first in line 1/],
        ["{}", /names no base image/],
        ["[]", /is no map of names to references/],
        [`python: python@${DIGEST}\n`, /is not valid JSON/],
        ['{ "python": ', /is not valid YAML/],
    ] as const) {
        it(`is refused: ${text.slice(0, 50)}`, () => assertOne(parse(text), expected));
    }
    it("is read sorted and frozen, tabs and byte order mark included", () => {
        const { images, problems } = parse(
            `\ufeff{\n\t"python": "python:3.12@${DIGEST}",\n\t"node_22": "node@${DIGEST}"\n}\n`.replace("\ufeff", ""),
        );
        assert.deepEqual(lines(problems), []);
        assert.deepEqual(images, { node_22: `node@${DIGEST}`, python: `python:3.12@${DIGEST}` });
        assert.ok(Object.isFrozen(images));
    });
    it("is found inside the project only", () => {
        withTree({ "app/base-images.json": `{ "python": "python@${DIGEST}" }` }, (root) => {
            assertGood(readBaseImages(root, "app/base-images.json"));
            assertOne(readBaseImages(root, "../base-images.json"), /the path has a part `\.\.`/);
            assertOne(
                readBaseImages(root, "app/base-image.json"),
                'app/base-image.json: the file is missing. Fix: rename "base-images.json"; the name must be exact.',
            );
            assertOne(
                readBaseImages(root, ".local/base-images.json"),
                /the file is missing\. Fix: write .* for the stack local, `npm run local` writes it/,
            );
        });
    });
});

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { prepareImages, PreparedImage } from "../../../components/images/prepareImages";
import { InvalidInputError } from "../../../components/manifest/problem";

const BASE = `python@sha256:${"a".repeat(64)}`;

describe("prepared images", () => {
    let roots: string[] = [];
    afterEach(() => {
        for (const root of roots) {
            fs.rmSync(root, { recursive: true, force: true });
        }
        roots = [];
    });

    /** A checkout with a layer, a function above it and one beside it. */
    function checkout(changes: Readonly<Record<string, string>> = {}): string {
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "prepare-"));
        roots.push(root);
        const files = {
            "layer/Dockerfile": "ARG BASE_PYTHON\nFROM ${BASE_PYTHON} AS build\nFROM scratch\nCOPY python /opt\n",
            "layer/python/shared.py": "A = 1\n",
            "above/Dockerfile": "ARG BASE_PYTHON\nARG LAYER\nFROM ${LAYER} AS layer\nFROM ${BASE_PYTHON}\n",
            "beside/Dockerfile": "ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\n",
            "static/Dockerfile": "FROM scratch\nCOPY main /main\n",
            "static/main": "binary",
            ...changes,
        };
        for (const [file, text] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
            fs.writeFileSync(path.join(root, file), text);
        }
        return root;
    }

    function prepare(root: string, base = BASE): Record<string, PreparedImage> {
        const images = (["above", "beside", "static"] as const).map((name) => ({ name, directory: name, layer: name === "above", architecture: "x86_64" as const }));
        const layer = { name: "layer", directory: "layer", architecture: "x86_64" as const };
        return Object.fromEntries(prepareImages({ root, layer, images, baseImages: { python: base } }).map((image) => [image.name, image]));
    }

    const keysOf = (images: Record<string, PreparedImage>): Record<string, string> => Object.fromEntries(Object.values(images).map(({ name, key }) => [name, key]));

    /** Names of the images whose key differs. */
    function changed(before: Record<string, string>, after: Record<string, string>): string[] {
        return Object.keys(before).filter((name) => before[name] !== after[name]).sort();
    }

    it("get new keys with a change of the layer only where they copy it", () => {
        const before = keysOf(prepare(checkout()));
        const after = keysOf(prepare(checkout({ "layer/python/shared.py": "A = 2\n" })));
        assert.deepEqual(changed(before, after), ["above", "layer"]);
    });

    it("get new keys with a base image's digest only where their Dockerfile declares it, and the layer's above them", () => {
        const root = checkout();
        const before = keysOf(prepare(root));
        assert.deepEqual(changed(before, keysOf(prepare(root, `python@sha256:${"b".repeat(64)}`))), ["above", "beside", "layer"]);
    });

    it("do not get new keys with another registry of the same base image", () => {
        const root = checkout();
        const before = keysOf(prepare(root));
        assert.deepEqual(changed(before, keysOf(prepare(root, `127.0.0.1:5000/base/python@sha256:${"a".repeat(64)}`))), []);
    });

    it("are the same in two checkouts: keys, and every path", () => {
        const images = prepare(checkout());
        assert.deepEqual(prepare(checkout()), images);
        assert.deepEqual(Object.values(images).map(({ context }) => context), [
            ".build/contexts/layer",
            ".build/contexts/above",
            ".build/contexts/beside",
            ".build/contexts/static",
        ]);
    });

    it("get base images by the build argument that their Dockerfile declares", () => {
        const images = prepare(checkout());
        assert.deepEqual(images.beside.bases, { BASE_PYTHON: BASE });
        assert.deepEqual(images.static.bases, {});
    });

    it("report the problems of all contexts at once", () => {
        const root = checkout();
        fs.symlinkSync("/etc/passwd", path.join(root, "above/out"));
        fs.symlinkSync("nowhere", path.join(root, "static/dangling"));
        assert.throws(
            () => prepare(root),
            (error: unknown) => error instanceof InvalidInputError && /above\/out/.test(error.message) && /static\/dangling/.test(error.message),
        );
    });
});

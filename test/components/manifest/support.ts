import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ResourceDeclarations } from "../../../components/manifest/model";
import { formatProblems, Problem } from "../../../components/manifest/problem";
import { ReadProject, readProject, ReadProjectOptions } from "../../../components/manifest/readProject";

export const RESOURCES: ResourceDeclarations = {
    raw: "bucket",
    stage: "bucket",
    conversions: "queue",
    refunds: "queue",
    orders: "table",
    settlement: "stateMachine",
};

export const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

export const LAYER_DOCKERFILE =
    "ARG BASE_PYTHON\nFROM ${BASE_PYTHON} AS build\nCOPY python /layer/python\nFROM scratch\nCOPY --from=build /layer /opt\n";
export const DOCKERFILE =
    'ARG BASE_PYTHON\nARG LAYER\nFROM ${LAYER} AS layer\nFROM ${BASE_PYTHON}\nCOPY --from=layer /opt /opt\nCMD ["app.handler"]\n';
export const DOCKERFILE_WITHOUT_LAYER = 'ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\nCOPY src /var/task\nCMD ["app.handler"]\n';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A project tree in a temporary folder for the time of a call. */
export function withTree<T>(files: Files, use: (root: string) => T): T {
    const root = mkdtempSync(join(tmpdir(), "container-lambdas-manifest-"));
    try {
        for (const [file, content] of Object.entries(files)) {
            mkdirSync(dirname(join(root, file)), { recursive: true });
            writeFileSync(join(root, file), content);
        }
        return use(root);
    } finally {
        rmSync(root, { recursive: true, force: true });
    }
}

export const OPTIONS: Omit<ReadProjectOptions, "root"> = {
    functionsDirectory: "app/functions",
    layerDirectory: "app/common-layer",
    resources: RESOURCES,
    project: "container-lambdas",
    stack: "local",
    defaultArchitecture: "x86_64",
    baseImages: ["python"],
    now: new Date("2026-01-01T00:00:00Z"),
};

/** Reads a tree that gets a good layer unless it has one. */
export function readTree(files: Files, options: Partial<ReadProjectOptions> = {}): ReadProject {
    return withTree({ "app/common-layer/Dockerfile": LAYER_DOCKERFILE, ...files }, (root) => readProject({ root, ...OPTIONS, ...options }));
}

/** Reads a project with the one function `sample`, which has this manifest. */
export function readOne(manifest: string | Uint8Array, options: Partial<ReadProjectOptions> = {}, files: Files = {}): ReadProject {
    return readTree({ "app/functions/sample/function.yaml": manifest, "app/functions/sample/Dockerfile": DOCKERFILE, ...files }, options);
}

/** Problems as a person sees them, one a line. */
export function lines(problems: readonly Problem[]): readonly string[] {
    return formatProblems(problems).split("\n").slice(0, -1);
}

export function assertGood({ problems }: { readonly problems: readonly Problem[] }): void {
    assert.deepEqual(lines(problems), []);
}

/** Exactly one problem, whose line is this (a text) or matches this. */
export function assertOne({ problems }: { readonly problems: readonly Problem[] }, expected: string | RegExp): void {
    const found = lines(problems);
    assert.equal(found.length, 1, `expected one problem, found ${found.length}:\n${found.join("\n")}`);
    if (typeof expected === "string") {
        assert.equal(found[0], expected);
    } else {
        assert.match(found[0] ?? "", expected);
    }
}

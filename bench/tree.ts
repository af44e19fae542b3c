import * as fs from "node:fs";
import * as path from "node:path";

const PYTHON = `public.ecr.aws/lambda/python:3.12@sha256:${"a".repeat(64)}`;
/** Modules of a generated function beside its entry point. */
const MODULES = 5;
/** Bytes of a module: what a file of this project's samples has. */
const MODULE_SIZE = 2_000;

/** `fn-001`, `fn-002` …; three digits, so that names sort as numbers. */
export function functionName(index: number): string {
    return `fn-${String(index + 1).padStart(3, "0")}`;
}

/** Writes a checkout with a common layer and some functions, as far as the program reads one. */
export function writeTree(root: string, functions: number): void {
    write(root, "app/base-images.json", JSON.stringify({ python: PYTHON }));
    write(root, "app/common-layer/Dockerfile", "ARG BASE_PYTHON\nFROM ${BASE_PYTHON} AS build\nCOPY python /layer/python\nFROM scratch\nCOPY --from=build /layer /opt\n");
    write(root, "app/common-layer/python/shared.py", module("shared"));
    for (let index = 0; index < functions; index += 1) {
        writeFunction(root, functionName(index));
    }
}

function writeFunction(root: string, name: string): void {
    const directory = `app/functions/${name}`;
    write(root, `${directory}/Dockerfile`, "ARG BASE_PYTHON\nARG LAYER\nFROM ${LAYER} AS layer\nFROM ${BASE_PYTHON}\nCOPY --from=layer /opt /opt\nCOPY src /var/task\nCMD [\"app.handler\"]\n");
    write(root, `${directory}/.dockerignore`, "function.yaml\ntests\n**/__pycache__\n");
    write(root, `${directory}/tests/test_app.py`, module(`${name} tests`));
    write(root, `${directory}/src/app.py`, module(name));
    for (let number = 0; number < MODULES; number += 1) {
        write(root, `${directory}/src/module_${number}.py`, module(`${name} ${number}`));
    }
    write(root, `${directory}/function.yaml`, manifest(name));
}

/** The sections that functions of the sample use. */
function manifest(name: string): string {
    return [
        `description: Generated function ${name}.`,
        "memorySize: 256",
        "timeout: 30",
        "environment:",
        "  STAGE_BUCKET: ${stage.name}",
        "triggers:",
        "  - bucket: raw",
        `    prefix: in/${name}/`,
        "    suffix: .json",
        "grants:",
        "  raw: read",
        "  stage: write",
        "smoke:",
        "  payload: { Records: [] }",
        "  expect: { written: [] }",
        "alarms:",
        "  errors: 1",
        "",
    ].join("\n");
}

function module(subject: string): string {
    const line = `# ${subject}: a line like any other, so that there is something to read and to copy\n`;
    return line.repeat(Math.ceil(MODULE_SIZE / line.length));
}

function write(root: string, file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
}

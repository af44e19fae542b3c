import { readdirSync, rmSync } from "node:fs";
import type { Checkout } from "./checkout";

const FUNCTIONS = "app/functions";

/** Leaves a checkout without functions: tests of the engine's own behaviour need quick builds, not the sample. */
export function removeFunctions(checkout: Checkout): void {
    for (const name of readdirSync(checkout.path(FUNCTIONS))) {
        rmSync(checkout.path(`${FUNCTIONS}/${name}`), { recursive: true, force: true });
    }
}

/** A function without the layer whose image copies one file. `run` goes into its Dockerfile. */
export function writeTiny(checkout: Checkout, name: string, version: number, run = ""): void {
    const folder = `${FUNCTIONS}/${name}`;
    checkout.write(`${folder}/Dockerfile`, `ARG BASE_PYTHON\nFROM \${BASE_PYTHON}\n${run}COPY src /var/task\nCMD ["app.handler"]\n`);
    checkout.write(`${folder}/.dockerignore`, "function.yaml\n");
    checkout.write(`${folder}/function.yaml`, `layer: false\nsmoke:\n  payload: {}\n  expect: { function: ${name} }\n`);
    checkout.write(`${folder}/src/app.py`, `def handler(event, context):\n    return {"function": "${name}", "version": ${version}}\n`);
}

export function removeTiny(checkout: Checkout, name: string): void {
    rmSync(checkout.path(`${FUNCTIONS}/${name}`), { recursive: true, force: true });
}

import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { SuiteTools } from "../verify/suites";
import { outputPath } from "./wire";

/** Rights and places of the build: what a commit's own code could use, and what would change how its tests end. */
const OF_THE_BUILD = /^(?:AWS_|CODEBUILD_|COMMIT$|CONTAINER_LAMBDAS_|DOCKER_|EXECUTION_ID$|GENERATION$|PIPELINE$|PULUMI_|RECORDS_BUCKET$|RELEASES_FROM$|STACK$|STEP$)/;

export function suiteTools(root: string, stack: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): SuiteTools {
    const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_THE_BUILD.test(name)));
    return {
        stack,
        node: (...args) =>
            new Promise((resolve, reject) => {
                const child = spawn(process.execPath, args, { cwd: root, env, signal, stdio: ["ignore", "pipe", "pipe"] });
                const out: Buffer[] = [];
                const err: Buffer[] = [];
                child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
                child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
                child.on("error", reject);
                child.on("close", (code) => resolve({ status: code ?? 1, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") }));
            }),
        scratch: (name) => {
            const file = outputPath(root, "verify", name);
            mkdirSync(dirname(file), { recursive: true });
            rmSync(file, { force: true });
            return file;
        },
        read: (path) => readFile(path, "utf8"),
    };
}

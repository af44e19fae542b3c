import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The application's own check of what is deployed, which users replace together with `app/`. */
const PROGRAM = "app/integration.ts";

/** Runs the application's check if it has one: a program whose exit status says how it ended, and whose output is shown. */
export function applicationTest(root: string, variables: Readonly<Record<string, string>>, signal: AbortSignal): (() => Promise<void>) | undefined {
    if (!existsSync(join(root, PROGRAM))) {
        return undefined;
    }
    return () =>
        new Promise((resolve, reject) => {
            const output: Buffer[] = [];
            const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], { cwd: root, env: { ...process.env, ...variables }, signal, stdio: ["ignore", "pipe", "pipe"] });
            for (const stream of [child.stdout, child.stderr]) {
                stream.on("data", (chunk: Buffer) => {
                    output.push(chunk);
                    process.stdout.write(chunk);
                });
            }
            child.on("error", reject);
            child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`${PROGRAM} ended with status ${code ?? "none"}:\n${Buffer.concat(output).toString("utf8").trim()}`))));
        });
}

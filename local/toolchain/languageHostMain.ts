import * as path from "node:path";

import { serveLanguageHost } from "./languageHost";

/** The engine passes flags for its own logs and, last, its address. */
async function main(argv: readonly string[]): Promise<void> {
    const engine = argv.filter((argument) => !argument.startsWith("-")).at(-1) ?? "";
    const keep = path.dirname(process.argv[1] ?? "");
    const host = await serveLanguageHost({ engine, keep, preload: path.join(keep, "languageHostPreload.js"), out: process.stdout, err: process.stderr });
    process.stdout.write(`${host.port}\n`);

    // An engine that was killed cannot tell; its process being gone can be seen by who our parent is now.
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) {
            end(1);
        }
    }, 300).unref();
    const end = (status: number): void => {
        host.close();
        process.exit(status);
    };
    // The engine ends its plugins by an interrupt, and by a kill ten seconds later. Ctrl-C in a terminal reaches only the
    // engine: plugins are in process groups of their own.
    process.on("SIGINT", () => end(0));
    process.on("SIGTERM", () => end(0));
}

main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`pulumi-language-nodejs: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
});

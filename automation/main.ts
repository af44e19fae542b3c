import { dirname } from "node:path";
import { ExitCode } from "./exitCodes";
import { Interrupts } from "./interrupts";
import { runCommandLine } from "./run";
import { createPorts } from "./wiring";

async function main(): Promise<void> {
    const root = dirname(__dirname);
    // Which Node.js this runs on is checked by the launcher; the AWS SDK would add its own advice to every output.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    const interrupts = new Interrupts(() => {
        process.stderr.write("\nInterrupted.\n");
        process.exit(ExitCode.interrupted);
    });
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(name, interrupts.receive);
    }
    // The launcher is gone: nobody waits for the result any more.
    process.once("disconnect", interrupts.receive);
    process.channel?.unref();
    for (const stream of [process.stdout, process.stderr]) {
        // The reader of a pipe left, as `head` does. An engine that runs must end in order all the same.
        stream.on("error", () => (interrupts.busy ? interrupts.receive() : process.exit(ExitCode.done)));
    }
    const { signal, shield } = interrupts;
    process.exitCode = await runCommandLine(process.argv.slice(2), {
        root,
        environment: process.env,
        signal,
        shield,
        now: () => performance.now(),
        ports: createPorts(root),
        stdout: process.stdout,
        stderr: process.stderr,
    });
    // Left-over handles (keep-alive connections of AWS clients) must not hold the program.
    await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
    process.exit();
}

void main();

import { ExitCode } from "../automation/exitCodes";
import { Interrupts } from "../automation/interrupts";
import { Terminal } from "../automation/terminal";
import { runStep } from "./run";
import { STEP_PROGRAMS } from "./steps";

/** What the launcher calls. Ends the process. */
export async function main(root: string, argv: readonly string[]): Promise<void> {
    // The AWS SDK would add its own advice about Node to the log of every build.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    const interrupts = new Interrupts(() => {
        process.stderr.write("\nInterrupted.\n");
        process.exit(ExitCode.interrupted);
    });
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(name, interrupts.receive);
    }
    const { signal, shield } = interrupts;
    const { stdout, stderr } = process;
    const status = await runStep(argv, {
        root,
        variables: process.env,
        terminal: new Terminal({ stdout, stderr, json: false, environment: process.env }),
        signal,
        shield,
        now: () => Date.now(),
        steps: STEP_PROGRAMS,
    });
    // Left-over handles (keep-alive connections of AWS clients) must not hold the build.
    await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))));
    process.exit(status);
}

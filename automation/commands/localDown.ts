import type { Command } from "../context";
import { ExitCode } from "../exitCodes";

export const localDown: Command = {
    spec: {
        name: "local:down",
        summary: "Stop the local environment. The next start finds functions and data again.",
        arguments: [],
        options: [{ name: "purge", description: "delete its data too (.local); what checkouts share in the cache stays" }],
    },
    run: async ({ ports, terminal }, { switches }) => {
        const { stopped, kept } = await ports.stopLocal(switches.has("purge"));
        terminal.line(stopped.length === 0 ? "Nothing was running." : `Stopped: ${stopped.join(", ")}.`);
        if (kept.length > 0) {
            terminal.line(`Kept: ${kept.join(", ")}.`);
        }
        terminal.result({ stopped, kept });
        return ExitCode.done;
    },
};

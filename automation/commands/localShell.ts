import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { requireRunning } from "../stackCommand";

export const localShell: Command = {
    spec: {
        name: "local:shell",
        summary: "Open a shell in which plain pulumi, aws and docker use the local environment.",
        arguments: [],
        options: [],
    },
    run: async (context) => {
        const { ports, environment, terminal, shield } = context;
        const { variables } = await requireRunning(context);
        const shell = environment.SHELL ?? "/bin/sh";
        terminal.line(`${shell} with the local environment; leave it with exit.`);
        const status = await shield(() => ports.runInteractive(shell, [], { ...environment, ...variables }));
        if (status !== 0) {
            throw new CommandFailure(ExitCode.failed, {
                given: `${shell} ended with status ${status}, which is that of its last command.`,
                next: "nothing, unless you expected otherwise.",
            });
        }
        terminal.result({ shell });
        return ExitCode.done;
    },
};

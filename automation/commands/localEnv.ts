import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { formatExports } from "../shell";
import { requireRunning } from "../stackCommand";

export const localEnv: Command = {
    spec: {
        name: "local:env",
        summary: "Print exports for the shell, after which plain pulumi, aws and docker use the local environment.",
        arguments: [],
        options: [{ name: "shell", value: "SHELL", choices: ["bash", "zsh", "sh", "fish"], description: "whose syntax; default sh, which bash and zsh share" }],
        notes: ['Use: eval "$(npm run -s local:env)", in fish: npm run -s local:env -- --shell fish | source', ""],
    },
    run: async (context, { values }) => {
        const { variables } = await requireRunning(context);
        if (context.terminal.json) {
            context.terminal.result({ variables });
        } else {
            context.terminal.product(formatExports(variables, values.shell === "fish" ? "fish" : "sh").join("\n"));
        }
        return ExitCode.done;
    },
};

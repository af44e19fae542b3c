import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { CheckFailure } from "../stackCommand";
import { knownStacks, requireStackFile } from "../stackFiles";
import { count } from "../text";

export const check: Command = {
    spec: {
        name: "check",
        summary: "Validate the settings of all stacks (or of one) and all manifests. Reads files only.",
        arguments: [{ name: "STACK", description: "the only stack to look at", required: false }],
        options: [],
    },
    run: async ({ root, ports, terminal }, { words: [stack] }) => {
        if (stack !== undefined) {
            requireStackFile(root, stack);
        }
        const stacks = stack === undefined ? knownStacks(root) : [stack];
        const report = await ports.check({ stacks, manifests: true });
        if (report.problems.length > 0) {
            throw new CheckFailure(report);
        }
        const functions = report.model?.functions.length ?? 0;
        const images = report.model?.images.length ?? 0;
        terminal.line(`No problems: ${count(stacks.length, "stack")} (${stacks.join(", ")}), ${count(functions, "function")} in ${count(images, "image")}.`);
        terminal.result({ stacks, problems: [], functions, images });
        return ExitCode.done;
    },
};

import { quote } from "../../components/manifest/problem";
import type { ArgumentSpec } from "../cli";
import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { localStack, runStackCommand } from "../stackCommand";

const stackArgument: ArgumentSpec = { name: "STACK", description: "a stack with a settings file Pulumi.STACK.yaml" };
const localNote =
    'A stack with "runsOn: emulator" uses the local environment, which is started where needed; others your own AWS and Pulumi environment.';

export const up: Command = {
    spec: { name: "up", summary: "Build what changed and bring a stack up to date.", arguments: [stackArgument], options: [], notes: [localNote] },
    run: (context, { words: [stack] }) => runStackCommand(context, "up", stack),
};

export const preview: Command = {
    spec: { name: "preview", summary: "Show what up would change. Builds and changes nothing.", arguments: [stackArgument], options: [], notes: [localNote] },
    run: (context, { words: [stack] }) => runStackCommand(context, "preview", stack),
};

export const refresh: Command = {
    spec: { name: "refresh", summary: "Compare the recorded state with what exists and correct the record.", arguments: [stackArgument], options: [] },
    run: (context, { words: [stack] }) => runStackCommand(context, "refresh", stack),
};

export const destroy: Command = {
    spec: {
        name: "destroy",
        summary: "Delete everything a stack created, but for what is protected or kept on purpose.",
        arguments: [stackArgument],
        options: [{ name: "confirm", value: "STACK", description: `the stack's name again; needed for every stack but ${localStack}` }],
    },
    run: (context, { words: [stack], values: { confirm } }) => {
        if (stack !== localStack && confirm !== stack) {
            throw new CommandFailure(ExitCode.refused, {
                given: `destroy ${stack} deletes real resources${confirm === undefined ? "" : `, and --confirm says ${quote(confirm)}`}.`,
                allowed: "The stack's name must be given twice.",
                next: `if you mean it: npm run destroy -- ${stack} --confirm ${stack}.`,
            });
        }
        return runStackCommand(context, "destroy", stack);
    },
};

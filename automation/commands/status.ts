import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { describeOwner } from "../lock";
import { aliasName, functionsOf, shortDigest } from "../results";
import { readStack } from "../stack";
import { requireRunning, requireValid, stackPorts } from "../stackCommand";
import { formatTable } from "../table";
import { count } from "../text";

export const status: Command = {
    spec: {
        name: "status",
        summary: "Show what a stack runs, as recorded by its last update, and who holds its lock.",
        arguments: [{ name: "STACK", description: "a stack with a settings file Pulumi.STACK.yaml" }],
        options: [],
    },
    run: async (context, { words: [stack] }) => {
        const { terminal } = context;
        const { settings } = await requireValid(context, stack, false);
        const local = settings.runsOn === "emulator" ? await requireRunning(context) : undefined;
        const ports = await stackPorts(context, local);
        const { outputs, resources, pending } = await readStack(stack, ports);
        const owners = await ports.lockOwners(stack);
        const functions = functionsOf(outputs);
        terminal.line(`Stack ${stack}: ${count(resources, "resource")}, ${count(functions.length, "function")}.`);
        if (functions.length > 0) {
            formatTable(
                [
                    { title: "function", value: ({ name }) => name },
                    { title: "version", value: ({ version }) => version, align: "right" },
                    { title: "alias", value: ({ alias }) => aliasName(alias) },
                    { title: "image", value: ({ imageUri }) => shortDigest(imageUri) },
                ],
                functions,
            ).forEach((line) => terminal.line(line));
        }
        owners.forEach((owner) => terminal.line(`Locked by ${describeOwner(owner)}.`));
        if (pending > 0) {
            const why =
                owners.length > 0
                    ? "in flight, if the owner of the lock still runs"
                    : `left unfinished by an update that was killed; the next "npm run up -- ${stack}" settles or explains that`;
            terminal.line(`Operations ${why}: ${pending}.`);
        }
        terminal.result({ stack, functions, resources, pending, locks: owners });
        return ExitCode.done;
    },
};

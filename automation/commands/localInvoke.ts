import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { quote } from "../../components/manifest/problem";
import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, messageOf } from "../failure";
import { resolveFunction } from "../functionNames";
import { localStack, requireRunning } from "../stackCommand";
import { projectName } from "../stackFiles";
import { cleanLines } from "../text";

export const localInvoke: Command = {
    spec: {
        name: "local:invoke",
        summary: "Call a function of the local environment and print what it answers.",
        arguments: [
            { name: "NAME", description: "the function, as its directory or handler is called" },
            { name: "PAYLOAD", description: 'JSON, or @FILE to read it from; default "{}"', required: false },
        ],
        options: [
            { name: "logs", description: "print the end of the invocation's log to stderr" },
            { name: "version", value: "VERSION", description: 'a version or alias; default "live"' },
        ],
    },
    run: async (context, { words: [name, given], values, switches }) => {
        const { ports, terminal } = context;
        const payload = readPayload(given ?? "{}", context.environment.INIT_CWD ?? process.cwd());
        const { variables } = await requireRunning(context);
        const aws = await ports.aws(variables);
        const physical = await resolveFunction(aws, projectName(context.root), localStack, name);
        const answer = await aws.invoke(physical, payload, values.version ?? "live");
        if (!terminal.json) {
            terminal.product(answer.payload);
        }
        if (switches.has("logs")) {
            cleanLines(answer.log).forEach((line) => terminal.error(line));
        }
        if (answer.functionError !== undefined) {
            terminal.error(`${physical} failed: FunctionError ${answer.functionError}. See npm run local:logs -- ${name}.`);
        }
        terminal.result({ function: physical, version: answer.version, payload: parsed(answer.payload), functionError: answer.functionError });
        return answer.functionError === undefined ? ExitCode.done : ExitCode.failed;
    },
};

/** Text of the payload argument; a file is looked for from the folder in which the person stands. Throws a failure with exit status 2 when it cannot be read or is not JSON. */
export function readPayload(given: string, folder: string): string {
    let text = given;
    if (given.startsWith("@")) {
        try {
            text = readFileSync(resolve(folder, given.slice(1)), "utf8");
        } catch (error) {
            throw badInput({
                given: `The payload file ${quote(given.slice(1))} cannot be read: ${messageOf(error)}`,
                next: "give the path of a JSON file behind the @.",
            });
        }
    }
    try {
        JSON.parse(text);
    } catch (error) {
        throw badInput({
            given: `The payload ${quote(given)} is not JSON: ${messageOf(error)}`,
            allowed: "A payload is JSON, or @ and the path of a JSON file.",
            next: `quote it for the shell, like '{"a": 1}'.`,
        });
    }
    return text;
}

function parsed(payload: string): unknown {
    try {
        return JSON.parse(payload);
    } catch {
        return payload;
    }
}

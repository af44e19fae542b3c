import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "../../components/manifest/problem";
import type { Aws, LogEvent } from "../aws";
import type { Command } from "../context";
import { parseSpan } from "../duration";
import { ExitCode } from "../exitCodes";
import { badInput } from "../failure";
import { resolveFunction } from "../functionNames";
import { localStack, requireRunning } from "../stackCommand";
import { projectName } from "../stackFiles";
import { cleanLines } from "../text";

/** Milliseconds between two looks with --follow. */
const pause = 1000;

export const localLogs: Command = {
    spec: {
        name: "local:logs",
        summary: "Print what a function of the local environment logged.",
        arguments: [{ name: "NAME", description: "the function, as its directory or handler is called" }],
        options: [
            { name: "follow", description: "go on printing until Ctrl-C" },
            { name: "since", value: "SPAN", description: "how far back: 30s, 10m (default), 2h, 1d" },
        ],
    },
    run: async (context, { words: [name], values, switches }) => {
        const { ports, terminal, signal } = context;
        const span = parseSpan(values.since ?? "10m");
        if (span === undefined) {
            throw badInput({ given: `--since is ${quote(values.since)}.`, allowed: "Allowed: a whole number and s, m, h or d.", next: "write it like 10m." });
        }
        const follow = switches.has("follow");
        if (follow && terminal.json) {
            throw badInput({
                given: "--follow and --json were both given.",
                allowed: "--json prints one document at the end, and --follow has no end.",
                next: "leave one out.",
            });
        }
        const { variables } = await requireRunning(context);
        const aws = await ports.aws(variables);
        const physical = await resolveFunction(aws, projectName(context.root), localStack, name);
        const group = `/aws/lambda/${physical}`;
        const since = Date.now() - span;
        const events = await readNew(aws, group, since, new Set());
        if (terminal.json) {
            terminal.result({ group, events: events.map(({ time, message }) => ({ time: new Date(time).toISOString(), message: message.trimEnd() })) });
            return ExitCode.done;
        }
        events.flatMap(formatEvent).forEach((line) => terminal.product(line));
        if (events.length === 0 && !follow) {
            terminal.error(`No events in ${group} since ${new Date(since).toISOString()}. Invoke it, or look further back with --since.`);
        }
        if (follow) {
            await followLogs(aws, group, since, new Set(events.map(({ id }) => id)), signal, (line) => terminal.product(line));
        }
        return ExitCode.done;
    },
};

/** `2026-01-31T12:00:00.000Z message`, the further lines of a message as they are. */
export function formatEvent({ time, message }: LogEvent): string[] {
    const [first = "", ...rest] = cleanLines(message);
    return [`${new Date(time).toISOString()} ${first}`, ...rest];
}

/** Ends when the signal is aborted. Events are told apart by id, because late ones carry earlier times. */
export async function followLogs(
    aws: Pick<Aws, "readLogs">,
    group: string,
    since: number,
    seen: Set<string>,
    signal: AbortSignal,
    print: (line: string) => void,
    interval = pause,
): Promise<void> {
    while (!signal.aborted) {
        await sleep(interval, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted) {
            (await readNew(aws, group, since, seen)).flatMap(formatEvent).forEach(print);
        }
    }
}

async function readNew(aws: Pick<Aws, "readLogs">, group: string, since: number, seen: Set<string>): Promise<readonly LogEvent[]> {
    const fresh = ((await aws.readLogs(group, since)) ?? []).filter(({ id }) => !seen.has(id));
    fresh.forEach(({ id }) => seen.add(id));
    return fresh;
}

import { quote } from "../../components/manifest/problem";
import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, type CommandFailure, formatFailure } from "../failure";
import { physicalName, resolveFunction } from "../functionNames";
import type { Fired } from "../schedules";
import { localStack, requireRunning } from "../stackCommand";
import { projectName } from "../stackFiles";

export const localFire: Command = {
    spec: {
        name: "local:fire",
        summary: "Run the schedules of a function of the local environment now, as EventBridge Scheduler would.",
        arguments: [{ name: "FUNCTION", description: "the function, as its directory or handler is called" }],
        options: [],
        notes: ["Each schedule runs under its role, with its input. The function is called asynchronously: see what it did with npm run local:logs.", ""],
    },
    run: async (context, { words: [name] }) => {
        const { ports, terminal } = context;
        const { variables, endpoint } = await requireRunning(context);
        const project = projectName(context.root);
        const physical = await resolveFunction(await ports.aws(variables), project, localStack, name);
        const answer = await ports.fire(endpoint, physical);
        const { fired } = answer;
        if (fired.length === 0) {
            throw noSchedule(name, answer, physicalName(project, localStack, ""));
        }
        for (const { schedule, expression, input } of fired.filter(({ refused }) => refused === undefined)) {
            terminal.line(`${schedule}, ${expression}: called with ${input ?? "the event of a schedule"}. See npm run local:logs -- ${name}`);
        }
        terminal.result({ function: physical, schedules: fired });
        const refused = fired.find((one) => one.refused !== undefined);
        if (refused === undefined) {
            return ExitCode.done;
        }
        terminal.error(
            formatFailure({
                given: `Schedule ${quote(refused.schedule)} cannot run: ${refused.refused}`,
                allowed: "A schedule runs as its role, which must trust scheduler.amazonaws.com and be allowed to call the function.",
                next: 'put the role back as it is declared: "npm run refresh -- local", then "npm run local".',
            }),
        );
        return ExitCode.failed;
    },
};

function noSchedule(name: string | undefined, { scheduled }: Fired, prefix: string): CommandFailure {
    const short = scheduled.flatMap((one) => (one.startsWith(prefix) ? [one.slice(prefix.length)] : []));
    return badInput({
        given: `Function ${quote(name)} has no schedule.`,
        allowed: short.length > 0 ? `With a schedule: ${short.join(", ")}.` : "No function has one.",
        next: `add a schedule to its triggers in function.yaml, or call it with "npm run local:invoke -- ${name}".`,
    });
}

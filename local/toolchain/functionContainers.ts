import { setTimeout as sleep } from "node:timers/promises";
import { askEngine } from "./dockerApi";

/** The label with which the emulator marks the containers of a checkout's functions. */
const rootLabel = "container-lambdas.root";
/** Milliseconds between the two looks that tell which container works. */
const between = 100;

/**
 * Kills the container of a function that used the most processor time just now.
 * @param functionName the physical name
 * @returns its id; undefined where no container of the function runs
 */
export async function killBusiestContainer(dockerHost: string, root: string, functionName: string): Promise<string | undefined> {
    const ids = await runningContainers(dockerHost, root, functionName);
    const before = await Promise.all(ids.map((id) => processorTime(dockerHost, id)));
    await sleep(between);
    const after = await Promise.all(ids.map((id) => processorTime(dockerHost, id)));
    const busiest = ids.map((id, index) => ({ id, used: after[index] - before[index] })).sort((a, b) => b.used - a.used)[0];
    if (busiest !== undefined) {
        await askEngine(dockerHost, "POST", `/containers/${busiest.id}/kill`);
    }
    return busiest?.id;
}

async function runningContainers(dockerHost: string, root: string, functionName: string): Promise<string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${rootLabel}=${root}`] }));
    const listed = await askEngine(dockerHost, "GET", `/containers/json?filters=${filters}`);
    const ids = (Array.isArray(listed) ? listed : []).map((container: unknown) => String(member(container, "Id"))).sort();
    const inspected = await Promise.all(ids.map((id) => askEngine(dockerHost, "GET", `/containers/${id}/json`)));
    const wanted = `AWS_LAMBDA_FUNCTION_NAME=${functionName}`;
    return ids.filter((_, index) => {
        const variables = member(member(inspected[index], "Config"), "Env");
        return Array.isArray(variables) && variables.includes(wanted);
    });
}

async function processorTime(dockerHost: string, id: string): Promise<number> {
    const stats = await askEngine(dockerHost, "GET", `/containers/${id}/stats?stream=false&one-shot=true`);
    const total = member(member(member(stats, "cpu_stats"), "cpu_usage"), "total_usage");
    return typeof total === "number" ? total : 0;
}

function member(value: unknown, name: string): unknown {
    return typeof value === "object" && value !== null && name in value ? (value as Record<string, unknown>)[name] : undefined;
}

import { ConflictError, DuplicateStopError, LimitError, NotStoppableError, type Ports, type RestartRecord } from "../ports";
import { chooseNewest, type Choice } from "./choice";
import type { Budgets, Follows } from "./run";
import { poll } from "./wait";

/** Retries that a commit gets whose self-updates were killed; a build that always runs into its time-out must end. */
const KILLED_RETRIES = 2;
/** Starts until one has the current version. */
const START_ATTEMPTS = 3;

/** A restart that somebody is owed. */
export interface Owed {
    /** The run whose place is taken. */
    readonly executionId: string;
    /** The commit that caused it. */
    readonly commit: string;
    readonly generation: number;
    readonly fingerprint: string;
    /** `moved`: its update ended and moved the definition; `killed`: nobody knows how far it came. */
    readonly reason: "moved" | "killed";
}

export interface RestartPlace {
    readonly ports: Pick<Ports, "pipeline" | "git" | "clock" | "records" | "log">;
    readonly follows: Follows;
    readonly budgets: Budgets;
}

/** `spent`: the commit has caused all the restarts that it may. */
export type RestartResult = "started" | "carried" | "spent";

/**
 * Step 10 a to d: sees to it that a run with the newest revision exists on the current definition.
 * @throws ConflictError or LimitError when AWS refuses the start until the budget is used up.
 */
export async function restartNewest(place: RestartPlace, owed: Owed): Promise<RestartResult> {
    const { ports, follows } = place;
    let choice = await chooseNewest(ports, follows, owed);
    if (choice.carrier !== undefined) {
        ports.log.say(`${choice.commit} is under way on version ${choice.version} already: ${ports.pipeline.link(choice.carrier)}`);
        return "carried";
    }
    const before = await ports.records.restart(owed.commit);
    const record = charge(before, owed, new Date(ports.clock.now()).toISOString());
    if (record === undefined) {
        return "spent";
    }
    if (record !== before) {
        await ports.records.putRestart(record);
    }
    const started = new Map<string, string>();
    const attempted = new Set<string>();
    while (choice.carrier === undefined && !attempted.has(choice.commit)) {
        attempted.add(choice.commit);
        const id = await startOn(place, choice, owed);
        started.set(id, choice.commit);
        ports.log.say(`Started ${choice.commit} on the new definition: ${ports.pipeline.link(id)}`);
        // Looked at once more: what was pushed since the choice has a run that waits, and this start may have overtaken it.
        choice = await chooseNewest(ports, follows, owed, started);
    }
    return "started";
}

/**
 * The commit's record with this restart in it; the same record when it is there already, because whoever wrote it may have
 * been killed before the start. Undefined when there may be no further one.
 */
export function charge(record: RestartRecord | undefined, owed: Owed, at: string): RestartRecord | undefined {
    const { executionId, commit, fingerprint, reason } = owed;
    const cause = { executionId, fingerprint, at };
    if (reason === "moved") {
        return record?.moved === undefined ? { ...record, commit, moved: cause } : record.moved.executionId === executionId ? record : undefined;
    }
    const killed = record?.killed ?? [];
    if (record !== undefined && killed.some((one) => one.executionId === executionId)) {
        return record;
    }
    return killed.length < KILLED_RETRIES ? { ...record, commit, killed: [...killed, cause] } : undefined;
}

/** Starts the chosen revision, and again when the new run is on an older version than the current one. */
async function startOn({ ports, budgets }: RestartPlace, choice: Choice, owed: Owed): Promise<string> {
    const { pipeline, clock, log } = ports;
    // Another commit begins its own count: whatever it changes, it has not tried yet.
    const generation = choice.commit === owed.commit ? owed.generation + (owed.reason === "moved" ? 1 : 0) : 0;
    for (let attempt = 1; ; attempt++) {
        // Whoever finishes this restart for a killed build asks with the same token; another restart of the commit has another one.
        const clientToken = [choice.commit, owed.executionId, attempt].join("-");
        const id = await startPatiently(ports, budgets.start, { commit: choice.commit, generation, clientToken });
        const { version } = await pipeline.execution(id);
        if (version >= choice.version || attempt === START_ATTEMPTS) {
            return id;
        }
        log.say(`${pipeline.link(id)} was started on version ${version}, not ${choice.version}; starting once more.`);
        await stopRun(ports, id, "started on an old definition");
        await clock.sleep(5_000);
    }
}

async function startPatiently({ pipeline, clock, log }: RestartPlace["ports"], budget: number, request: Parameters<Ports["pipeline"]["start"]>[0]): Promise<string> {
    let refusal: unknown;
    const id = await poll(clock, budget, async () => {
        try {
            return await pipeline.start(request);
        } catch (error) {
            if (!(error instanceof ConflictError || error instanceof LimitError)) {
                throw error;
            }
            log.say(`The start was refused, trying again: ${error.message}`);
            refusal = error;
            return undefined;
        }
    });
    if (id === undefined) {
        throw refusal;
    }
    return id;
}

/** Step 10 e: stops a run and lets its build end. One that has ended, or is being stopped, needs nothing. */
export async function stopRun({ pipeline }: Pick<Ports, "pipeline">, id: string, reason: string): Promise<void> {
    try {
        await pipeline.stop(id, reason);
    } catch (error) {
        if (!(error instanceof NotStoppableError || error instanceof DuplicateStopError)) {
            throw error;
        }
    }
}

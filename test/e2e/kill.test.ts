import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { listAccount } from "./support/account";
import { assertSuccess, Checkout, cleanEnvironment, type Outcome } from "./support/checkout";
import { type Clients, clientsOf } from "./support/clients";
import { type ProcessInfo, processesOf, processesWith } from "./support/processes";
import { randomFrom } from "./support/random";
import { registryContent } from "./support/registryContent";
import { comparable, exportState, lockObjects, type StackState } from "./support/stackState";
import { removeFunctions, removeTiny, writeTiny } from "./support/tinyApp";
import { waitFor } from "./support/wait";

const KILLS = 10;
const BOUND = 2;
const QUEUED = 20;
/** Seconds that the first build would take, far longer than any test waits; each takes one more, for the builder runs equal steps once. */
const FOREVER = 86_400;

/** What an undisturbed run leaves, with names in place of keys, digests and versions. */
interface End {
    readonly state: readonly string[];
    readonly registry: Readonly<Record<string, number>>;
}

describe("an update that is interrupted or killed", () => {
    let checkout: Checkout;
    let clients: Clients;
    let bystanders: ReadonlySet<number> = new Set();
    const started = new Set<number>();

    before(async () => {
        checkout = Checkout.create("kill");
        removeFunctions(checkout);
        writeTiny(checkout, "changing", 0);
        writeTiny(checkout, "constant", 0);
        checkout.edit("Pulumi.local.yaml", "config:\n", `config:\n  container-lambdas:maxParallelBuilds: ${BOUND}\n`);
        await checkout.up("--no-demo");
        clients = clientsOf(await checkout.environment());
        bystanders = new Set(processesOf(checkout.root).map(({ pid }) => pid));
    });

    after(async () => {
        // A test that failed half-way leaves its update running.
        [...started].filter((pid) => processesOf(checkout.root).some((process) => process.pid === pid)).forEach((pid) => process.kill(-pid, "SIGINT"));
        await assertNothingLeft().catch(() => undefined);
        await checkout.remove();
    });

    /** Processes of this checkout besides the emulator's: engine, program, providers, builds' clients. */
    const left = (): ProcessInfo[] => [...processesOf(checkout.root).filter(({ pid }) => !bystanders.has(pid)), ...sleepers()];

    const sleepers = (): ProcessInfo[] => Array.from({ length: QUEUED + BOUND }, (_, index) => processesWith("sleep", String(FOREVER + index))).flat();

    async function assertNothingLeft(): Promise<void> {
        // The Docker engine ends a build's container some moments after its client has gone.
        await waitFor("the end of every process", async () => (left().length === 0 ? true : undefined), 20).catch(() => undefined);
        assert.deepEqual(left().map(({ args }) => args.join(" ").slice(0, 300)), []);
    }

    /** `npm run up -- local` as the shell of a terminal starts it: in a process group of its own. */
    function start(): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
        const child = spawn("npm", ["run", "--silent", "up", "--", "local"], { cwd: checkout.root, env: cleanEnvironment(), detached: true, stdio: ["ignore", "pipe", "pipe"] });
        started.add(child.pid ?? 0);
        let [stdout, stderr] = ["", ""];
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        const ended = new Promise<Outcome>((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code, signal) => resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr }));
        });
        return { child, ended };
    }

    it(`Ctrl-C with ${QUEUED} queued and ${BOUND} building ends at once: nothing pending, no lock, no process left`, async () => {
        const names = Array.from({ length: QUEUED + BOUND }, (_, index) => `sleeper-${String(index + 1).padStart(2, "0")}`);
        names.forEach((name, index) => writeTiny(checkout, name, 0, `RUN ["sleep", "${FOREVER + index}"]\n`));
        const pushed = await registryContent(clients);
        const { child, ended } = start();
        await waitFor("two builds", async () => (sleepers().length >= BOUND ? true : undefined), 120);
        // Everything else of the stack is made meanwhile, and a third build would have begun if it could.
        await sleep(3_000);
        assert.equal(sleepers().length, BOUND);
        const since = performance.now();
        assert.ok(child.pid);
        process.kill(-child.pid, "SIGINT");
        const outcome = await ended;
        names.forEach((name) => removeTiny(checkout, name));
        console.log(`      ended ${((performance.now() - since) / 1000).toFixed(1)} s after Ctrl-C`);

        assert.equal(outcome.status, 130, outcome.stderr);
        assert.match(outcome.stdout, /^State: .* nothing unfinished\./m);
        const state = await exportState(checkout);
        assert.deepEqual(state.pending, []);
        assert.deepEqual(state.resources.filter(({ type }) => type === "docker:index/image:Image").map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2).replace(/-[0-9a-f]{12}$/, "")).sort(), ["changing", "constant"]);
        assert.deepEqual(await lockObjects(clients), []);
        await assertNothingLeft();
        const now = await registryContent(clients);
        assert.deepEqual(now, pushed);

        assertSuccess(await checkout.npm("up", "local"));
        assert.deepEqual(await registryContent(clients), pushed);
    });

    it(`kill -9 of the engine at ${KILLS} random moments: each time the next run says what it found and ends as an undisturbed one`, async () => {
        const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
        const random = randomFrom(seed);
        console.log(`      KILL_SEED=${seed}`);
        let round = 0;

        /** Another version of one function, and a function that comes in one round and goes in the next. */
        const change = (): void => {
            round += 1;
            writeTiny(checkout, "changing", round);
            if (round % 2 === 1) {
                writeTiny(checkout, "coming", 0);
            } else {
                removeTiny(checkout, "coming");
            }
        };
        const look = async (): Promise<{ readonly end: End; readonly state: StackState }> => {
            const state = await exportState(checkout);
            const content = await registryContent(clients);
            for (const [name, { key, digest }] of Object.entries(state.outputs.images)) {
                assert.equal(content[`container-lambdas-local/${name}`]?.find(({ tag }) => tag === key)?.digest, digest, `${name}: the registry's digest`);
            }
            return { end: { state: comparable(state), registry: Object.fromEntries(Object.entries(content).map(([name, tags]) => [name, tags.length])) }, state };
        };
        const versions = async (): Promise<number> => {
            const { Versions = [] } = await clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: "container-lambdas-local-changing" }));
            return Versions.filter(({ Version }) => Version !== "$LATEST").length;
        };

        // Two undisturbed runs, one with the function that comes and one with the function gone.
        const undisturbed: End[] = [];
        const accounts: Record<string, string[]>[] = [];
        const seconds: number[] = [];
        const account = (): Promise<Record<string, string[]>> => listAccount((args) => checkout.local("aws", args));
        for (let turn = 0; turn < 2; turn++) {
            change();
            const { ended } = start();
            await waitFor("the engine", async () => engine(checkout), 60);
            const since = performance.now();
            assertSuccess(await ended);
            seconds.push((performance.now() - since) / 1000);
            undisturbed[round % 2] = (await look()).end;
            accounts[round % 2] = await account();
        }
        console.log(`      undisturbed: ${seconds.map((one) => one.toFixed(1)).join(" s and ")} s`);

        for (let kill = 1; kill <= KILLS; kill++) {
            change();
            const moment = random() * seconds[(round + 1) % 2];
            const { ended } = start();
            const pid = await waitFor("the engine", async () => engine(checkout), 60);
            await sleep(moment * 1000);
            const killed = endAtOnce(pid);
            const first = await ended;
            const found = await exportState(checkout);
            const locks = await lockObjects(clients);
            const second = await checkout.npm("up", "local");
            const { end, state } = await look();
            const told = second.stdout.split("\n").filter((line) => /^(?:Found|Settled|  \w+ing )/.test(line));
            console.log(`      ${kill}. after ${moment.toFixed(1)} s: ${killed ? `status ${first.status}` : "had ended"}; pending ${found.pending.map(shortly).join(", ") || "none"}; locks ${locks.length}; own images before and after: ${owned(found)}, ${owned(state)}\n${told.map((line) => `           ${line}`).join("\n")}`);

            assertSuccess(second);
            // Killed after its last write, the engine may have done all that was asked of it; its command fails all the same.
            assert.equal(first.status, killed ? 1 : 0, first.stderr);
            assert.equal(told.some((line) => line.startsWith("Found a lock of an engine that no longer runs")), locks.length > 0, second.stdout);
            assert.equal(told.some((line) => line.startsWith(`Found ${found.pending.length} unfinished operation`)), found.pending.length > 0, second.stdout);
            assert.deepEqual(end.state, undisturbed[round % 2].state);
            // One image more for each change of the one function, and nothing besides: no second push, no manifest without a tag.
            assert.deepEqual(end.registry, { ...undisturbed[round % 2].registry, "container-lambdas-local/changing": round + 1 });
            assert.equal(await versions(), round + 1);
            const { Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName: "container-lambdas-local-changing", Qualifier: "live" }));
            assert.deepEqual(JSON.parse(Buffer.from(Payload ?? []).toString()), { function: "changing", version: round });
            assert.deepEqual((await exportState(checkout)).pending, []);
            assert.deepEqual(await lockObjects(clients), []);
            await assertNothingLeft();
        }
        assert.deepEqual(await account(), accounts[round % 2], "nothing is left in the account that no state knows");
        const last = await checkout.npm("up", "local");
        assert.match(assertSuccess(last).stdout, /succeeded: 0 created, 0 updated, 0 replaced, 0 deleted/);
    });
});

/** The engine that runs an update of this checkout. */
function engine(checkout: Checkout): number | undefined {
    return processesOf(checkout.root).find(({ args }) => args[0] === checkout.path(".local/bin/pulumi") && args[1] === "up")?.pid;
}

/** Whether it was still there. */
function endAtOnce(pid: number): boolean {
    try {
        return process.kill(pid, "SIGKILL");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") {
            return false;
        }
        throw error;
    }
}

/** How many images the state holds as built by this stack, of how many. */
function owned({ resources, outputs }: StackState): string {
    return `${resources.filter(({ type }) => type === "docker:index/image:Image").length} of ${Object.keys(outputs.images).length}`;
}

function shortly(pending: string): string {
    return `${pending.split(" ", 1)[0]} ${pending.slice(pending.lastIndexOf("::") + 2)}`;
}

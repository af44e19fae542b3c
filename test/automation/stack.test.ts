import { strict as assert } from "node:assert";
import { EngineError } from "../../automation/engine";
import { engineWidth, readStack, runStack, type StackPorts, type StackRequest } from "../../automation/stack";
import { FakeEngine, plainTerminal, recorded, type Recorder } from "./support";

const request: StackRequest = { kind: "up", stack: "local", emulated: true, parallel: 64 };
const owner = { pid: 4711, user: "ada", host: "here", since: "2026-01-31T12:00:00Z" };
const roleUrn = "urn:pulumi:local::p::aws:iam/role:Role::ping";

function pendingState(): FakeEngine["state"] {
    const operation = (type: string, name: string, inputs: object): object => ({ type: "creating", resource: { urn: `urn:pulumi:local::p::${type}::${name}`, type, custom: true, inputs } });
    return {
        version: 3,
        deployment: { resources: [], pending_operations: [operation("docker:index/image:Image", "ping-0123456789ab", {}), operation("aws:iam/role:Role", "ping", { name: "r" })] },
    };
}

function setUp(change: Partial<StackPorts> = {}): { engine: FakeEngine; ports: StackPorts; stdout: Recorder; stderr: Recorder } {
    const engine = new FakeEngine();
    const { terminal, stdout, stderr } = plainTerminal();
    const ports: StackPorts = {
        engine,
        terminal,
        signal: new AbortController().signal,
        shield: (work) => work(),
        now: () => 0,
        lockOwners: async () => [],
        wouldWriteKey: () => false,
        identityOf: async ({ type }) => (type === "aws:iam/role:Role" ? "r" : undefined),
        isEngine: () => true,
        host: "here",
        ...change,
    };
    return { engine, ports, stdout, stderr };
}

async function failure(promise: Promise<unknown>): Promise<{ exitCode: number; message: string }> {
    return promise.then(
        () => assert.fail("nothing was thrown"),
        ({ exitCode, message }) => ({ exitCode, message }),
    );
}

describe("an operation on a stack", () => {
    it("looks for the stack and for unfinished operations at once, runs, and ends with the counts", async () => {
        const { engine, ports, stdout } = setUp();
        engine.events = recorded("up-replaced");
        const result = await runStack(request, ports);
        assert.deepEqual(engine.calls, ["select local", "up"]);
        assert.deepEqual([result.outcome, result.changes], ["succeeded", { created: 0, updated: 1, replaced: 1, deleted: 2, unchanged: 2 }]);
        assert.equal(stdout.lines.at(-1), "up of stack local succeeded: 0 created, 1 updated, 1 replaced, 2 deleted, 2 unchanged.");
    });

    it("that fails shows the reasons on stderr, grouped by resource", async () => {
        const { engine, ports, stderr } = setUp();
        engine.events = recorded("up-failed");
        engine.failure = new EngineError("failed", "exit status 1");
        assert.equal((await runStack(request, ports)).outcome, "failed");
        assert.deepEqual(stderr.lines.filter((line) => line.startsWith("✗")), ["✗ docker Image alpha-2", "✗ docker Image gamma"]);
    });

    it("that fails before any event shows the engine's own words", async () => {
        const { engine, ports, stderr } = setUp();
        engine.failure = new EngineError("failed", "error: passphrase must be set");
        assert.equal((await runStack(request, ports)).outcome, "failed");
        assert.deepEqual(stderr.lines, ["error: passphrase must be set"]);
    });

    it("whose engine was killed says what the state holds", async () => {
        const { engine, ports, stdout, stderr } = setUp();
        engine.events = recorded("up-killed");
        engine.failure = new EngineError("failed", "The engine was killed (SIGKILL).");
        engine.onRun = () => (engine.state = pendingState());
        assert.equal((await runStack(request, ports)).outcome, "failed");
        assert.deepEqual(stderr.lines, ["The engine was killed (SIGKILL)."]);
        assert.match(stdout.text, /State: 0 resources recorded, 2 operations unfinished; the next "npm run up -- local" settles them\./);
    });

    it("passes faults of our own through", async () => {
        const { engine, ports } = setUp();
        engine.failure = new TypeError("ours");
        await assert.rejects(runStack(request, ports), TypeError);
    });

    it("that only looks settles nothing", async () => {
        const { engine, ports } = setUp();
        engine.state = pendingState();
        await runStack({ ...request, kind: "preview" }, ports);
        assert.deepEqual(engine.calls, ["select local", "preview"]);
    });

    it("creates a new stack for up and preview, but never for destroy and refresh", async () => {
        for (const kind of ["up", "preview"] as const) {
            const { engine, ports } = setUp();
            engine.exists = false;
            await runStack({ ...request, kind }, ports);
            assert.equal(engine.calls[1], "create local");
        }
        for (const kind of ["destroy", "refresh"] as const) {
            const { engine, ports } = setUp();
            engine.exists = false;
            const { exitCode, message } = await failure(runStack({ ...request, kind }, ports));
            assert.deepEqual([exitCode, engine.calls], [2, ["select local"]]);
            assert.match(message, /Stack "local" has no state in the backend/);
        }
    });

    it("never lets the engine write a key into a committed settings file", async () => {
        const { engine, ports } = setUp({ wouldWriteKey: () => true });
        engine.exists = false;
        const { exitCode, message } = await failure(runStack(request, ports));
        assert.deepEqual([exitCode, engine.calls], [2, ["select local"]]);
        assert.match(message, /Pulumi\.local\.yaml names no key/);
    });

    it("runs wider than the bound of parallel builds", () => {
        assert.deepEqual([0, 20, 100].map(engineWidth), [64, 64, 132]);
    });
});

describe("unfinished operations of a killed update", () => {
    it("are said and settled in the emulator before the update", async () => {
        const { engine, ports, stdout } = setUp();
        engine.state = pendingState();
        await runStack(request, ports);
        assert.deepEqual(engine.calls, ["select local", "export", "import", `refresh ${roleUrn}`, "export", "up"]);
        assert.deepEqual(stdout.lines.slice(0, 5), [
            "Found 2 unfinished operations of an update that was killed:",
            "  creating docker Image ping-0123456789ab",
            "  creating iam Role ping",
            "Settled: of 1 resource looked up, these exist and are kept: ping.",
            "Settled: 1 operation will be done again by this up where needed.",
        ]);
        assert.equal(engine.state.deployment.pending_operations, undefined);
    });

    it("stop the update of a real account with exit status 4, and nothing is written", async () => {
        const { engine, ports } = setUp();
        engine.state = pendingState();
        const { exitCode, message } = await failure(runStack({ ...request, stack: "prod", emulated: false }, ports));
        assert.deepEqual([exitCode, engine.calls], [4, ["select prod", "export"]]);
        assert.match(message, /left 1 operation unfinished:\n {2}creating iam Role ping\n/);
        assert.match(message, /pulumi refresh --stack prod/);
    });

    it("of images alone never stop anything", async () => {
        const { engine, ports } = setUp();
        const state = pendingState();
        engine.state = { ...state, deployment: { ...state.deployment, pending_operations: (state.deployment.pending_operations as unknown[]).slice(0, 1) } };
        await runStack({ ...request, stack: "prod", emulated: false }, ports);
        assert.deepEqual(engine.calls, ["select prod", "export", "import", "up"]);
    });
});

describe("a lock", () => {
    it("of a dead engine of this machine is removed, and that is said", async () => {
        const { engine, ports, stdout } = setUp({ lockOwners: async () => [owner], isEngine: () => false });
        await runStack(request, ports);
        assert.deepEqual(engine.calls, ["select local", "cancel", "up"]);
        assert.match(stdout.lines[0], /lock of an engine that no longer runs \(ada@here, process 4711, since 2026-01-31T12:00:00Z\): removed/);
    });

    it("of a living engine, or of another machine's, ends in exit status 3 that names the owner", async () => {
        for (const change of [{}, { host: "elsewhere", isEngine: () => false }]) {
            const { engine, ports } = setUp({ lockOwners: async () => [owner], ...change });
            const { exitCode, message } = await failure(runStack(request, ports));
            assert.deepEqual([exitCode, engine.calls], [3, ["select local"]]);
            assert.match(message, /Stack "local" is locked by ada@here, process 4711/);
        }
    });

    it("that appears between the look and the update ends in exit status 3 as well", async () => {
        const { engine, ports } = setUp();
        engine.failure = new EngineError("locked", "the stack is currently locked by 1 lock(s)");
        assert.equal((await failure(runStack(request, ports))).exitCode, 3);
    });
});

describe("an interruption", () => {
    it("reaches the engine, and the end says what is left", async () => {
        const controller = new AbortController();
        const { engine, ports, stdout } = setUp({ signal: controller.signal });
        engine.events = recorded("up-interrupted");
        engine.failure = new EngineError("failed", "exit status 1");
        let seen: AbortSignal | undefined;
        engine.onRun = (_, { signal }) => {
            seen = signal;
            controller.abort();
        };
        const result = await runStack(request, ports);
        assert.deepEqual([result.outcome, seen?.aborted], ["interrupted", true]);
        assert.match(stdout.text, /Interrupted: the engine ends what is in flight and starts nothing new/);
        assert.match(stdout.text, /State: 0 resources recorded, nothing unfinished\. The same command goes on from here\./);
        assert.match(stdout.lines.at(-1) ?? "", /up of stack local interrupted/);
    });

    it("before the engine started starts none", async () => {
        const { engine, ports } = setUp({ signal: AbortSignal.abort() });
        await assert.rejects(runStack(request, ports));
        assert.ok(!engine.calls.includes("up"));
    });
});

describe("the recorded state of a stack", () => {
    it("is read without running anything", async () => {
        const { engine, ports } = setUp();
        engine.state = pendingState();
        assert.deepEqual(await readStack("local", ports), { outputs: {}, resources: 0, pending: 2 });
        assert.deepEqual(engine.calls, ["select local"]);
    });
});

import assert from "node:assert/strict";
import { ExitCode } from "../../../automation/exitCodes";
import { CommandFailure } from "../../../automation/failure";
import { emptyProgress } from "../../../automation/progress";
import type { StackResult } from "../../../automation/stack";
import { type DeliveryChange, type LockOwner, type PendingOperation, UnknownCommitError } from "../../../delivery/ports";
import { deploy, type DeployPorts } from "../../../delivery/steps/deploy";
import { Lines } from "../support/lines";

const [OLD, MINE, NEW] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [string, string, string];
const HISTORY = [OLD, MINE, NEW];

/** A stack that can be deployed, and a list of what was done to it. */
class Scene {
    lastApplied: string | undefined = OLD;
    version: string | undefined = "v7";
    change: DeliveryChange = { changes: [], desired: [] };
    pending: readonly PendingOperation[] = [];
    outcome: StackResult["outcome"] = "succeeded";
    owners: LockOwner[] = [];
    finished = true;
    readonly done: string[] = [];
    /** Called whenever time passes. */
    meanwhile: () => void = () => undefined;
    private time = 0;

    readonly ports: DeployPorts = {
        git: {
            isAncestor: async (ancestor, commit) => {
                if (!HISTORY.includes(ancestor) || !HISTORY.includes(commit)) {
                    throw new UnknownCommitError(ancestor);
                }
                return HISTORY.indexOf(ancestor) <= HISTORY.indexOf(commit);
            },
            sequence: async (commit) => HISTORY.indexOf(commit) + 1,
            head: async () => NEW,
            tagged: async () => [],
        },
        lock: {
            register: async (buildId) => void this.done.push(`register ${buildId}`),
            owner: async () => this.owners[0],
            buildFinished: async () => this.finished,
            break: async ({ lock }) => {
                this.done.push(`break ${lock}`);
                this.owners = [];
            },
        },
        clock: {
            now: () => this.time,
            sleep: async (milliseconds) => {
                this.time += milliseconds;
                this.meanwhile();
            },
        },
        log: new Lines(),
        state: {
            lastApplied: async () => this.lastApplied,
            pendingOperations: async () => this.pending,
            clearPendingImages: async () => void this.done.push("clear images"),
            refreshDelivery: async () => void this.done.push("refresh"),
            previewDelivery: async () => this.change,
            applyDelivery: async () => assert.fail("Deploy never changes the pipeline"),
        },
        stateVersion: async () => this.version,
        update: async (after) => {
            this.done.push(`update after ${after ?? "nothing"}`);
            return { outcome: this.outcome, changes: { created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 0 }, outputs: {}, progress: emptyProgress };
        },
        recordDeployed: async () => void this.done.push("record"),
    };

    deploy(stateVersion?: string): Promise<void> {
        return deploy({ commit: MINE, buildId: "p:1", stateVersion, lockBudget: 60_000 }, this.ports);
    }

    async refuses(text: RegExp, exitCode: number = ExitCode.refused, stateVersion?: string): Promise<void> {
        await assert.rejects(this.deploy(stateVersion), (error: unknown) => {
            assert.ok(error instanceof CommandFailure, String(error));
            assert.match(error.message, text);
            assert.equal(error.exitCode, exitCode);
            return true;
        });
        assert.deepEqual(this.done.filter((line) => /^(?:update|record)/.test(line)), [], "nothing was changed");
    }
}

const owner = (more: Partial<LockOwner> = {}): LockOwner => ({ lock: "l", host: "h", pid: 1, user: "u", since: "s", builds: ["p:0"], runsHere: false, ...more });

describe("Deploy", () => {
    let scene: Scene;
    beforeEach(() => (scene = new Scene()));

    it("updates the stack after what was applied last, and writes down that it did", async () => {
        await scene.deploy();
        assert.deepEqual(scene.done, ["register p:1", `update after ${OLD}`, "record"]);
    });

    it("delivers a new stack, the same commit again, and one whose predecessor git has forgotten", async () => {
        for (const last of [undefined, MINE, "d".repeat(40)]) {
            scene = new Scene();
            scene.lastApplied = last;
            await scene.deploy();
            assert.ok(scene.done.includes(`update after ${last ?? "nothing"}`));
        }
    });

    it("refuses a commit that is older than what was applied", async () => {
        scene.lastApplied = NEW;
        await scene.refuses(/This run is for b{40}, which is older than c{40}.*An older commit is never deployed/s);
    });

    it("refuses one that became older while it waited for the lock", async () => {
        scene.owners = [owner()];
        scene.finished = false;
        scene.meanwhile = () => {
            scene.owners = [];
            scene.lastApplied = NEW;
        };
        await scene.refuses(/is older than c{40}/);
    });

    it("refuses a state that is not the one of the approved plan, at once and after it waited", async () => {
        await scene.refuses(/The plan was made from version "v6" of the state, which is version "v7" now/, ExitCode.refused, "v6");
        scene = new Scene();
        scene.owners = [owner()];
        scene.finished = false;
        scene.meanwhile = () => {
            scene.owners = [];
            scene.version = "v8";
        };
        await scene.refuses(/which is version "v8" now/, ExitCode.refused, "v7");
    });

    it("accepts the plan of a stack that had no state", async () => {
        scene.version = undefined;
        await scene.deploy("none");
        scene.version = "v1";
        scene.done.length = 0;
        await scene.refuses(/version "none" of the state, which is version "v1" now/, ExitCode.refused, "none");
    });

    it("waits for a lock, breaks one whose build has ended, and gives up on one that is held", async () => {
        scene.owners = [owner()];
        await scene.deploy();
        assert.deepEqual(scene.done, ["register p:1", "break l", `update after ${OLD}`, "record"]);
        scene = new Scene();
        scene.owners = [owner({ runsHere: true })];
        await scene.refuses(/The stack is still locked by u@h, process 1/, ExitCode.locked);
    });

    it("forgets images that a killed update was creating, and stops before anything else that it left", async () => {
        scene.pending = [{ urn: "urn:pulumi:dev::p::docker:index/image:Image::a", type: "docker:index/image:Image", kind: "creating" }];
        await scene.deploy();
        assert.deepEqual(scene.done, ["register p:1", "clear images", `update after ${OLD}`, "record"]);
        scene = new Scene();
        scene.pending = [{ urn: "urn:pulumi:dev::p::aws:sqs/queue:Queue::a", type: "aws:sqs/queue:Queue", kind: "creating" }];
        await scene.refuses(/was cut off during 1 operation:\n {4}creating urn:pulumi:dev::p::aws:sqs\/queue:Queue::a/);
    });

    it("refuses to deploy under a pipeline that is not the one of this commit", async () => {
        const change = { urn: "urn:pulumi:dev::p::t:Pipeline::delivery-pipeline", type: "t:Pipeline", operation: "update" as const, protect: true, before: { a: 1 }, after: { a: 2 } };
        scene.change = { changes: [change], desired: [] };
        await scene.refuses(/The pipeline itself is not what this commit declares:\n {4}update t:Pipeline delivery-pipeline\n {8}a: 1 → 2/);
    });

    it("does not write down what failed", async () => {
        for (const [outcome, code] of [["failed", ExitCode.failed], ["interrupted", ExitCode.interrupted]] as const) {
            scene = new Scene();
            scene.outcome = outcome;
            await assert.rejects(scene.deploy(), (error: unknown) => error instanceof CommandFailure && error.exitCode === code);
            assert.ok(!scene.done.includes("record"));
        }
    });
});

import { messageOf } from "../../../automation/failure";
import { isOlder } from "../../../delivery/order";
import type { Ports } from "../../../delivery/ports";
import { selfUpdate } from "../../../delivery/selfUpdate/driver";
import { waitForLock } from "../../../delivery/selfUpdate/lock";
import type { Budgets } from "../../../delivery/selfUpdate/run";
import { watchdog } from "../../../delivery/selfUpdate/watchdog";
import type { ActionJob, JobResult } from "../../../local/endpoint/codepipeline/model/results";
import { PIPELINE } from "./declaration";
import { check } from "./check";
import type { Journal } from "./journal";
import { executionOf } from "./pipelinePorts";
import { portsOf } from "./ports";
import { Program, type ProgramKind } from "./program";
import type { Schedule, Setting } from "./schedule";
import { isInPlace } from "./stackPorts";
import { commitId, indexOf, type HeldLock } from "./stack";
import { World, type Policy } from "./world";

/** So long that only a real deadlock uses them up; time passes only where everybody sleeps. */
const PATIENT: Budgets = { lock: 1e9, hold: 1e9, start: 1e9 };
/** Events after which a schedule counts as endless. */
const ENDLESS = 4_000;
const WATCHDOG_TICKS = 8;

/** Plays one schedule to its end and says what was violated. */
export async function play(schedule: Schedule, setting: Setting, policy: Policy): Promise<Journal> {
    const play = new Play(new World(schedule, setting, policy));
    await play.toTheEnd();
    return play.world.journal;
}

class Play {
    private programs: Program[] = [];
    /** What CodePipeline waits for, and what it is not told yet. */
    private jobs: { readonly id: string; readonly result: () => JobResult }[] = [];
    private person: HeldLock | undefined;
    private builds = 0;
    private calls = 0;
    /** What the watchdog said after everything else had happened. */
    private lastWord: string | undefined;

    constructor(readonly world: World) {}

    async toTheEnd(): Promise<void> {
        const { world } = this;
        let ticks = 0;
        for (let events = 0; events < ENDLESS; events++) {
            this.takeJobs();
            if (await this.happen()) {
                continue;
            }
            if (!world.policy.watchdog || ticks++ === WATCHDOG_TICKS || this.lastWord !== undefined) {
                check(world);
                return;
            }
            this.tick(true);
        }
        world.journal.violate("ends", `still busy after ${ENDLESS} events`);
    }

    /** One event of those that are possible; false when there is none. */
    private async happen(): Promise<boolean> {
        const { world, jobs } = this;
        const { chance } = world;
        const awake = this.programs.filter(({ wake }) => wake <= world.now);
        const asleep = this.programs.length - awake.length;
        const left = world.history.length - 1 - world.head;
        if (chance.once(60) && this.surprise()) {
            return true;
        }
        // Sleepers come rarely while others work: what they wait for needs its time.
        const sleepers = asleep > 0 && (awake.length + jobs.length === 0 || chance.once(12)) ? 1 : 0;
        const total = awake.length * 3 + jobs.length * 2 + Math.min(left, 1) + sleepers;
        if (total === 0) {
            return this.releasePerson();
        }
        this.lastWord = undefined;
        let pick = chance.below(total);
        if ((pick -= awake.length * 3) < 0) {
            await this.step(awake[Math.floor((pick + awake.length * 3) / 3)] as Program);
        } else if ((pick -= jobs.length * 2) < 0) {
            const [job] = jobs.splice(Math.floor((pick + jobs.length * 2) / 2), 1);
            world.service.completeJob(job?.id ?? "", job?.result() ?? FAILED);
        } else if (left > 0 && pick === 0) {
            world.pushNext();
        } else {
            world.now = Math.min(...this.programs.filter(({ wake }) => wake > world.now).map(({ wake }) => wake));
            this.releasePerson();
        }
        return true;
    }

    private async step(program: Program): Promise<void> {
        const { world } = this;
        if (program.kind !== "deploy" && world.schedule.kills.includes(this.calls++)) {
            program.kill();
            world.note(`${program.buildId} is killed`);
            world.noteKill(program);
            this.finish(program, FAILED);
        } else {
            await program.step();
        }
        if (program.over) {
            this.programs = this.programs.filter((one) => one !== program);
        }
    }

    /** The build is over; CodePipeline hears of it some time later. */
    private finish(program: Program, result: JobResult): void {
        this.world.finishedBuilds.add(program.buildId);
        const job = program.buildId.split(":")[1];
        if (job !== undefined && program.kind !== "watchdog") {
            this.jobs.push({ id: job, result: () => result });
        }
    }

    private takeJobs(): void {
        for (const job of this.world.service.takeJobs()) {
            const commit = this.world.commitOf(job);
            switch (job.action) {
                case "Source":
                    this.jobs.push({ id: job.jobId, result: () => ({ ok: true, revision: { revisionId: this.world.commitOf(job) }, outputVariables: { CommitId: this.world.commitOf(job) } }) });
                    break;
                case "Verify":
                    this.jobs.push({ id: job.jobId, result: () => (this.world.facts(commit).fault === "verify" ? FAILED : { ok: true }) });
                    break;
                case "SelfUpdate":
                    this.start("self-update", job, commit, (program, ports) => this.selfUpdate(program, ports));
                    break;
                default:
                    this.start("deploy", job, commit, (program, ports) => this.deploy(program, ports));
            }
        }
    }

    private start(kind: ProgramKind, job: Pick<ActionJob, "jobId" | "executionId">, commit: string, body: (program: Program, ports: Ports) => Promise<JobResult>): void {
        const program = new Program(kind, `${kind}:${job.jobId}`, job.executionId, commit, async (self) => {
            let result: JobResult;
            try {
                result = await body(self, portsOf(this.world, self));
            } catch (error) {
                this.world.note(`${self.buildId} (${commit}) fails: ${messageOf(error)}`);
                result = FAILED;
            }
            // Its last word may be lost as well.
            await self.park();
            this.finish(self, result);
        });
        this.programs.push(program);
    }

    private async selfUpdate(program: Program, ports: Ports): Promise<JobResult> {
        const { world } = this;
        const own = executionOf(world, program.executionId);
        if (own.status !== "InProgress") {
            world.journal.endedBefore.add(program.executionId);
        }
        const { commit, executionId, buildId } = program;
        const input = { executionId, commit, generation: own.generation, buildId, follows: world.follows, budgets: PATIENT };
        const { result, version } = await selfUpdate(input, ports, world.policy.steps);
        world.note(`${buildId} (${commit}, ${executionId} on version ${own.version}): ${result}`);
        return { ok: true, outputVariables: { RESULT: result, VERSION: String(version) } };
    }

    /** What the Deploy step does, as far as it touches what the self-update does. */
    private async deploy(program: Program, ports: Ports): Promise<JobResult> {
        const { world } = this;
        const { stack, journal } = world;
        const { commit, executionId, buildId } = program;
        const refuse = (why: string): JobResult => {
            world.note(`${buildId} (${commit}) refuses: ${why}`);
            return FAILED;
        };
        for (;;) {
            await waitForLock(ports, buildId, PATIENT.lock);
            const after = await ports.state.lastApplied();
            if (world.policy.deployGuard && after !== undefined && (await isOlder(ports.git, commit, after))) {
                return refuse("older than what was applied");
            }
            await program.park();
            if (stack.lock === undefined && stack.applied === after) {
                break;
            }
        }
        const lock = stack.take(buildId);
        await program.park();
        if (!isInPlace(world, commit) && world.policy.deployGuard) {
            stack.release(lock);
            return refuse("the pipeline is not as this commit declares it");
        }
        stack.applied = commit;
        world.note(`${buildId} deploys ${commit}`);
        journal.deployments.push(indexOf(commit));
        const { version } = executionOf(world, executionId);
        if (world.definitionAt(version) !== world.facts(commit).definition) {
            journal.violate("foreign", `${commit} was deployed by ${executionId} under version ${version} with definition ${world.definitionAt(version)}`);
        }
        await program.park();
        if (world.chance.once(20)) {
            world.note(`${buildId} dies with the lock`);
            return FAILED;
        }
        stack.release(lock);
        return { ok: true };
    }

    /** @param last whether everything else was over when it began. */
    private tick(last: boolean): void {
        const { world } = this;
        const id = `watchdog:${++this.builds}`;
        const program = new Program("watchdog", id, "", "", async (self) => {
            const { result, alarm } = await watchdog({ buildId: id, follows: world.follows, budgets: PATIENT }, portsOf(world, self));
            world.note(`${id}: ${result}${alarm === undefined ? "" : `, ${alarm}`}`);
            if (last) {
                this.lastWord = result === "waiting" ? undefined : result;
            }
            this.finish(self, FAILED);
        });
        this.programs.push(program);
    }

    /** What people and clocks do now and then; false when nothing of it can happen. */
    private surprise(): boolean {
        const { world } = this;
        const { chance, stack } = world;
        switch (chance.below(4)) {
            case 0:
                if (!world.policy.watchdog || this.programs.some(({ kind }) => kind === "watchdog")) {
                    return false;
                }
                this.tick(false);
                return true;
            case 1: {
                const revision = commitId(chance.below(world.head + 1));
                world.service.startPipelineExecution({ name: PIPELINE, sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: revision }] });
                world.journal.startedByPerson = true;
                world.note(`a person starts ${revision}`);
                return true;
            }
            case 2:
                return this.stopSomething();
            default:
                if (stack.lock !== undefined) {
                    return false;
                }
                this.person = stack.take(undefined);
                world.note("a person holds the lock");
                return true;
        }
    }

    private stopSomething(): boolean {
        const { world } = this;
        const running = world.service.listPipelineExecutions({ pipelineName: PIPELINE }).pipelineExecutionSummaries.filter(({ status }) => status === "InProgress");
        const chosen = running[world.chance.below(Math.max(1, running.length))];
        if (chosen === undefined) {
            return false;
        }
        const id = chosen.pipelineExecutionId;
        world.service.stopPipelineExecution({ pipelineName: PIPELINE, pipelineExecutionId: id });
        world.journal.stopped.add(id);
        world.note(`a person stops ${id}`);
        return true;
    }

    private releasePerson(): boolean {
        if (this.person === undefined) {
            return false;
        }
        this.world.stack.release(this.person);
        this.person = undefined;
        return true;
    }
}

const FAILED: JobResult = { ok: false, code: "JobFailed", message: "the build failed" };

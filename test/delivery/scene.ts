import type { Ports } from "../../delivery/ports";
import { selfUpdate } from "../../delivery/selfUpdate/driver";
import type { Outcome } from "../../delivery/selfUpdate/run";
import { watchdog, type WatchdogOutcome } from "../../delivery/selfUpdate/watchdog";
import type { ActionJob } from "../../local/endpoint/codepipeline/model/results";
import { PIPELINE } from "./world/declaration";
import { executionOf } from "./world/pipelinePorts";
import { portsOf } from "./world/ports";
import type { CommitSpec, Setting } from "./world/schedule";
import { FULL, World } from "./world/world";

export type PortName = keyof Omit<Ports, "log">;

/** Where a build is killed: at a port's call, before or after it has done what it does, or when half of it is done. */
export interface Kill {
    readonly port: PortName;
    readonly method: string;
    readonly moment: "before" | "after" | { readonly during: (buildId: string) => void };
}

/** Changes of the ports of one build. */
export type Disturbance = (ports: Ports) => Partial<Ports>;

export const CHANGES_DEFINITION: CommitSpec = { change: "definition", fault: "none" };
export const CHANGES_NOTHING: CommitSpec = { change: "none", fault: "none" };

class Killed extends Error {}

/** One story told step by step, in the same world in which the property tests let chance decide. */
export class Scene {
    readonly world: World;
    /** What the builds have said. */
    readonly said: string[] = [];
    /** Whether Source actions fail from now on. */
    sourceBroken = false;
    private builds = 0;
    private waiting: ActionJob[] = [];

    constructor(commits: readonly CommitSpec[], setting: Partial<Setting> = {}) {
        this.world = new World({ seed: 0, commits, kills: [] }, { mode: "SUPERSEDED", cancelled: "none", kind: "branch", ...setting }, FULL, { once: () => false, below: () => 0 });
        this.advance();
    }

    push(): void {
        this.world.pushNext();
        this.advance();
    }

    /** Does every job but those of SelfUpdate, which wait for `selfUpdate`. */
    advance(): void {
        for (let jobs = this.world.service.takeJobs(); jobs.length > 0; jobs = this.world.service.takeJobs()) {
            for (const job of jobs) {
                const commit = this.world.commitOf(job);
                if (job.action === "SelfUpdate") {
                    this.waiting.push(job);
                } else if (job.action === "Source" && this.sourceBroken) {
                    this.world.service.completeJob(job.jobId, { ok: false, code: "ConfigurationError", message: "no such connection" });
                } else {
                    this.world.service.completeJob(job.jobId, { ok: true, ...(job.action === "Source" ? { revision: { revisionId: commit } } : {}) });
                }
            }
        }
    }

    /** Runs the self-update whose turn it is, to its end or to where it is killed (undefined). Throws what it throws. */
    async selfUpdate(options: { readonly kill?: Kill; readonly disturb?: Disturbance } = {}): Promise<Outcome | undefined> {
        const job = this.waiting.shift();
        if (job === undefined) {
            throw new Error("No self-update waits.");
        }
        const { executionId } = job;
        const commit = this.world.commitOf(job);
        const buildId = `build:${++this.builds}`;
        const ports = this.ports({ buildId, executionId, commit }, options);
        const { generation } = executionOf(this.world, executionId);
        try {
            const outcome = await selfUpdate({ executionId, commit, generation, buildId, follows: this.world.follows }, ports);
            this.end(job, buildId, { RESULT: outcome.result });
            return outcome;
        } catch (error) {
            this.end(job, buildId);
            if (error instanceof Killed) {
                return undefined;
            }
            throw error;
        }
    }

    /** Runs all self-updates that wait, one after the other. */
    async selfUpdates(): Promise<(string | undefined)[]> {
        const results: (string | undefined)[] = [];
        while (this.waiting.length > 0) {
            results.push((await this.selfUpdate())?.result);
        }
        return results;
    }

    async watchdog(options: { readonly kill?: Kill } = {}, patience?: number): Promise<WatchdogOutcome> {
        const buildId = `watchdog:${++this.builds}`;
        try {
            return await watchdog({ buildId, follows: this.world.follows, patience }, this.ports({ buildId, executionId: "", commit: "" }, options));
        } finally {
            this.world.finishedBuilds.add(buildId);
            this.advance();
        }
    }

    /** `c1 Succeeded 2`: commit, status and version of every run, oldest first. */
    runs(): string[] {
        const { service } = this.world;
        return service
            .listPipelineExecutions({ pipelineName: PIPELINE })
            .pipelineExecutionSummaries.map(({ pipelineExecutionId, sourceRevisions }) => {
                const { status, pipelineVersion } = service.getPipelineExecution({ pipelineName: PIPELINE, pipelineExecutionId }).pipelineExecution;
                return `${sourceRevisions[0]?.revisionId ?? "?"} ${status} ${pipelineVersion}`;
            })
            .reverse();
    }

    private end({ jobId }: ActionJob, buildId: string, outputVariables?: Record<string, string>): void {
        this.world.finishedBuilds.add(buildId);
        this.world.service.completeJob(jobId, outputVariables === undefined ? { ok: false, code: "JobFailed", message: "failed" } : { ok: true, outputVariables });
        this.advance();
    }

    private ports(build: { readonly buildId: string; readonly executionId: string; readonly commit: string }, { kill, disturb }: { readonly kill?: Kill; readonly disturb?: Disturbance }): Ports {
        const { world } = this;
        const park = async (wake = 0): Promise<void> => {
            world.now = Math.max(world.now, wake);
        };
        const plain: Ports = { ...portsOf(world, { ...build, park }), log: { say: (line) => void this.said.push(line) } };
        const ports = { ...plain, ...disturb?.(plain) };
        return kill === undefined ? ports : killedAt(ports, kill, build.buildId);
    }
}

/** From the moment of the kill on nothing that the program does has any effect. */
function killedAt(ports: Ports, { port, method, moment }: Kill, buildId: string): Ports {
    let dead = false;
    const guarded = <T extends object>(name: string, target: T): T =>
        new Proxy(target, {
            get: (object, key) => {
                const value: unknown = Reflect.get(object, key);
                if (typeof value !== "function") {
                    return value;
                }
                return (...parameters: unknown[]): unknown => {
                    const here = name === port && key === method;
                    if (dead || (here && moment !== "after")) {
                        if (!dead && typeof moment === "object") {
                            moment.during(buildId);
                        }
                        dead = true;
                        throw new Killed();
                    }
                    const answer: unknown = Reflect.apply(value, object, parameters);
                    if (!here) {
                        return answer;
                    }
                    return Promise.resolve(answer).then(() => {
                        dead = true;
                        throw new Killed();
                    });
                };
            },
        });
    return {
        ...ports,
        pipeline: guarded("pipeline", ports.pipeline),
        git: guarded("git", ports.git),
        state: guarded("state", ports.state),
        lock: guarded("lock", ports.lock),
        records: guarded("records", ports.records),
    };
}

import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { readIfPresent, writeAtomically } from "../../toolchain/files";
import type { BuildStarter } from "../codebuild/service";
import { AwsError } from "../own/error";
import type { Rights } from "../own/rights";
import { CodePipelineApi, SERVICE } from "./api";
import type { Notify } from "./approvalNotice";
import type { Artifacts } from "./artifacts";
import { runBuild } from "./buildAction";
import { notificationTypes, stateEvent, type StateEvent } from "./events";
import { CheckoutRepository, type Repository } from "./git";
import type { Change } from "./model/changes";
import type { ActionJob, JobResult } from "./model/results";
import { CodePipelineService } from "./model/service";
import type { SerializedState } from "./model/state";
import type { PushEvent } from "./model/triggers";
import { runSource, type RoleCheck } from "./sourceAction";

export interface RunnerOptions {
    /** The checkout: its repository is every pipeline's source, and its `.local/endpoint` keeps the state. */
    readonly root: string;
    readonly account: string;
    readonly region: string;
    readonly builds: BuildStarter;
    readonly rights: Pick<Rights, "authoriseRole" | "assume">;
    readonly artifacts: Artifacts;
    /** Tells approvers. */
    readonly tellApprover: Notify;
    /** Tells the rules of CodeStar notifications. */
    readonly notify?: (resource: string, eventTypeId: string, message: StateEvent["detail"]) => Promise<void>;
    /** Tells EventBridge. */
    readonly putEvent?: (event: StateEvent) => Promise<void>;
    /** @default "older-runs", which is what the status Cancelled is documented to mean */
    readonly cancelled?: "older-runs" | "none";
    /** @default the checkout's */
    readonly repository?: Repository;
}

/** Longest time that a timer can wait. */
const LONGEST = 2 ** 31 - 1;

/** Runs the pipelines of the model: does their jobs, keeps their state in a file, and tells of their changes. */
export class CodePipelineRunner {
    readonly api: CodePipelineApi;
    readonly service: CodePipelineService;
    readonly repository: Repository;
    private readonly file: string;
    private readonly atWork = new Set<Promise<void>>();
    private timer: NodeJS.Timeout | undefined;
    private closed = false;

    constructor(private readonly options: RunnerOptions) {
        const { root, account, region, cancelled = "older-runs", repository } = options;
        this.file = path.join(root, ".local", "endpoint", "codepipeline.json");
        this.repository = repository ?? new CheckoutRepository(root);
        const text = readIfPresent(this.file);
        this.service = new CodePipelineService({
            now: Date.now,
            newId: randomUUID,
            cancelled,
            account,
            region,
            tell: (change) => this.tell(change),
            ...(text === undefined ? {} : { state: JSON.parse(text) as SerializedState }),
        });
        this.api = new CodePipelineApi({ service: this.service, account, region, changed: () => this.pump(), trusts: (role, source) => this.trusts(role, source) });
    }

    /** Fails what an endpoint that has ended was doing, and goes on with the rest. */
    recover(): void {
        for (const { jobId, action } of this.service.openJobs()) {
            const message = `The emulator ended while action '${action}' ran. Retry the stage, or push again.`;
            this.service.completeJob(jobId, { ok: false, code: "JobFailed", message });
        }
        this.pump();
    }

    /** A push to a repository; without a name, to every one that a pipeline fetches from. */
    push({ repository, ...event }: Omit<PushEvent, "repository"> & { readonly repository?: string }): readonly string[] {
        const repositories = repository === undefined ? this.service.repositories() : [repository];
        const executions = repositories.flatMap((name) => this.service.push({ ...event, repository: name }));
        this.pump();
        return executions;
    }

    /** Starts what can be started, unless closed, and writes the state down. */
    pump(): void {
        for (const job of this.closed ? [] : this.service.takeJobs()) {
            const work = this.run(job).then((result) => {
                this.service.completeJob(job.jobId, result);
                this.atWork.delete(work);
                this.pump();
            });
            this.atWork.add(work);
        }
        for (const notice of this.closed ? [] : this.service.takeNotices()) {
            void this.options.tellApprover(notice).catch((error: Error) => {
                this.service.failApproval(notice.id, failureCode(error), `The approver could not be told by ${notice.topicArn}: ${error.message}`);
                this.pump();
            });
        }
        // Nobody waits for an abandoned action, and its build goes on, as on AWS; the word that it has ended will change nothing.
        this.service.stopRequests();
        this.save();
        this.wakeForDeadline();
    }

    /** Resolves when no job is at work any more. */
    async idle(): Promise<void> {
        while (this.atWork.size > 0) {
            await Promise.all(this.atWork);
        }
    }

    /** Starts nothing more. To be called before CodeBuild is closed, whose last builds are still written down. */
    close(): void {
        this.closed = true;
        clearTimeout(this.timer);
        this.save();
    }

    private save(): void {
        writeAtomically(this.file, `${JSON.stringify(this.service)}\n`, 0o600);
    }

    private wakeForDeadline(): void {
        clearTimeout(this.timer);
        const deadline = this.closed ? undefined : this.service.nextDeadline();
        if (deadline !== undefined) {
            this.timer = setTimeout(() => this.pump(), Math.min(Math.max(deadline - Date.now(), 0), LONGEST)).unref();
        }
    }

    /** Whatever goes wrong in a job is the job's failure, never the endpoint's. */
    private async run(job: ActionJob): Promise<JobResult> {
        const { account, region, builds, artifacts } = this.options;
        const { allowed, repository } = this;
        try {
            if (job.actionTypeId.category === "Source") {
                return await runSource(job, { repository, artifacts, allowed, account, region });
            }
            const started = (externalExecutionId: string): void => {
                this.service.noteExternal(job.jobId, { externalExecutionId });
                this.save();
            };
            return await runBuild(job, { builds, artifacts, allowed, account, region, started });
        } catch (error) {
            return { ok: false, code: failureCode(error), message: error instanceof Error ? error.message : String(error) };
        }
    }

    private readonly allowed: RoleCheck = (roleArn, action, resource, context) => this.options.rights.authoriseRole(roleArn, "CodePipeline", action, resource, context);

    private async trusts(roleArn: string, sourceArn: string): Promise<void> {
        await this.options.rights.assume({ roleArn, service: SERVICE, sourceArn, sessionName: "AWSCodePipeline", seconds: 1 });
    }

    /** Best effort, as on AWS: who does not hear of a change does not stop a pipeline. */
    private tell(change: Change): void {
        const { account, region, notify, putEvent } = this.options;
        const arn = `arn:aws:codepipeline:${region}:${account}:${change.pipeline}`;
        const event = stateEvent(change, arn);
        const told = [putEvent?.(event), ...notificationTypes(change).map((type) => notify?.(arn, type, event.detail))];
        void Promise.allSettled(told);
    }
}

/** A refusal of a service played here, or of S3 in its own words. */
function failureCode(error: unknown): string {
    if (error instanceof Error && ["AccessDeniedException", "AccessDenied", "AuthorizationErrorException"].includes(error.name)) {
        return "PermissionError";
    }
    return error instanceof AwsError || (error instanceof Error && error.name === "NoSuchBucket") ? "ConfigurationError" : "InternalError";
}

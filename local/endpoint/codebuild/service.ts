import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Caller, OwnService } from "../own/handler";
import type { ObjectPlace, ObjectsOf } from "../own/objects";
import type { Rights } from "../own/rights";
import { batchGetBuilds, idOf, listBuilds, listBuildsForProject, newBuild, projectOf } from "./builds";
import { BuildCache } from "./cache";
import type { BuildImage } from "./environment";
import { endBuild } from "./processes";
import { batchGetProjects, createProject, deleteProject, listProjects, nameOf, SERVICE, type TrustCheck, updateProject } from "./projects";
import { batchGetReportGroups, batchGetReports, createReportGroup, deleteReportGroup, describeTestCases, listReportGroups, listReportsForReportGroup, updateReportGroup } from "./reports";
import { BuildRun } from "./run";
import { read, startBuildInput, type StartBuildInput } from "./schema";
import { newestFirst, Store } from "./store";
import { removeTemporary } from "./temporary";
import type { Build } from "./types";

/** What a pipeline asks of CodeBuild, in the same process and without the caller's rights: the pipeline's role is asked before. */
export interface BuildStarter {
    startBuild(request: {
        readonly projectName: string;
        readonly commit: string;
        /** Where the input artifact is, which the build reads in its role's name. */
        readonly artifact?: ObjectPlace;
        readonly environmentVariablesOverride: readonly { readonly name: string; readonly value: string; readonly type: string }[];
        /** `codepipeline/NAME` */
        readonly initiator: string;
    }): Promise<{ readonly buildId: string; readonly done: Promise<{ readonly ok: boolean; readonly exportedVariables: Record<string, string>; readonly message?: string }> }>;
    stopBuild(buildId: string): Promise<void>;
}

export interface CodeBuildOptions {
    /** The checkout. */
    readonly root: string;
    readonly account: string;
    readonly region: string;
    readonly rights: Rights;
    readonly objects: ObjectsOf;
    readonly image: () => BuildImage;
    /** Milliseconds that a minute of a time-out has. @default 60000 */
    readonly minute?: number;
}

const KEPT_FOLDERS = 20;

/** CodeBuild whose builds run on this machine, on a clone of the checkout and with nothing but their role's rights. */
export class CodeBuildService implements OwnService, BuildStarter {
    readonly signingNames = ["codebuild"];
    private readonly store: Store;
    private readonly cache: BuildCache;
    private readonly runs = new Map<string, BuildRun>();
    private readonly tokens = new Map<string, string>();
    private closed = false;

    constructor(private readonly options: CodeBuildOptions) {
        this.store = new Store(path.join(options.root, ".local", "endpoint"), options.account, options.region);
        this.cache = new BuildCache(path.join(this.folder, "cache"));
    }

    /** Ends what an endpoint that was killed left running. */
    async recover(): Promise<void> {
        for (const build of Object.values(this.store.builds).filter((entry) => !entry.buildComplete)) {
            await endBuild(build.id, this.store.shells[build.id], 0);
            await removeTemporary(this.folderOf(build));
            const last = build.phases.at(-1);
            if (last !== undefined) {
                last.phaseStatus = "FAULT";
                last.contexts = [{ statusCode: "INTERNAL_SERVER_ERROR", message: "The emulator ended while the build ran." }];
            }
            build.phases.push({ phaseType: "COMPLETED", startTime: now() });
            Object.assign(build, { buildStatus: "FAULT", buildComplete: true, currentPhase: "COMPLETED", endTime: now() } satisfies Partial<Build>);
            delete this.store.shells[build.id];
            this.store.save();
        }
    }

    /** Ends all running builds, at once, and starts no more. */
    async close(): Promise<void> {
        this.closed = true;
        await Promise.all([...this.runs.values()].map(async (run) => {
            await run.end("STOPPED", 1000);
            await run.done;
        }));
    }

    handle(action: string, input: JsonObject, caller: Caller): Promise<unknown> {
        const { store } = this;
        switch (action) {
            case "CreateProject":
                return createProject(store, input, caller, this.trust, now());
            case "UpdateProject":
                return updateProject(store, input, caller, this.trust, now());
            case "DeleteProject":
                return deleteProject(store, input, caller);
            case "BatchGetProjects":
                return batchGetProjects(store, input, caller);
            case "ListProjects":
                return listProjects(store, input, caller);
            case "StartBuild":
                return this.start(input, caller);
            case "StopBuild":
                return this.stop(input, caller);
            case "BatchGetBuilds":
                return batchGetBuilds(store, input, caller);
            case "ListBuilds":
                return listBuilds(store, input, caller);
            case "ListBuildsForProject":
                return listBuildsForProject(store, input, caller);
            case "CreateReportGroup":
                return createReportGroup(store, input, caller, now());
            case "UpdateReportGroup":
                return updateReportGroup(store, input, caller, now());
            case "DeleteReportGroup":
                return deleteReportGroup(store, input, caller);
            case "BatchGetReportGroups":
                return batchGetReportGroups(store, input, caller);
            case "ListReportGroups":
                return listReportGroups(store, input, caller);
            case "ListReportsForReportGroup":
                return listReportsForReportGroup(store, input, caller);
            case "BatchGetReports":
                return batchGetReports(store, input, caller);
            case "DescribeTestCases":
                return describeTestCases(store, input, caller);
            default:
                throw new AwsError("UnknownOperationException", `codebuild:${action} is not emulated here. The operations that are stand in local/endpoint/README.md.`);
        }
    }

    async startBuild(request: Parameters<BuildStarter["startBuild"]>[0]): ReturnType<BuildStarter["startBuild"]> {
        const input = read(startBuildInput, { projectName: request.projectName, sourceVersion: request.commit, environmentVariablesOverride: request.environmentVariablesOverride });
        const { build, run } = this.begin(input, request.initiator, request.artifact);
        const done = run.done.then(() => {
            const exportedVariables = Object.fromEntries(build.exportedEnvironmentVariables.map(({ name, value }) => [name, value]));
            const ok = build.buildStatus === "SUCCEEDED";
            return { ok, exportedVariables, ...(ok ? {} : { message: reasonOf(build) }) };
        });
        return { buildId: build.id, done };
    }

    async stopBuild(buildId: string): Promise<void> {
        await this.runs.get(buildId)?.end("STOPPED");
    }

    /** CodeBuild refuses a role that does not trust it when it is named, not when it is first used. */
    private readonly trust: TrustCheck = async (roleArn, sourceArn) => {
        await this.options.rights.assume({ roleArn, service: SERVICE, sourceArn, sessionName: "AWSCodeBuild", seconds: 1 }).catch((error: Error) => {
            throw new AwsError("InvalidInputException", `CodeBuild is not authorized to perform: sts:AssumeRole on ${roleArn} (${error.message}). Let the role exist and its trust policy name ${SERVICE}.`);
        });
    };

    private async start(input: JsonObject, caller: Caller): Promise<unknown> {
        const wanted = read(startBuildInput, input);
        const name = nameOf(wanted.projectName);
        await caller.authorise("codebuild:StartBuild", this.store.arn("project", name));
        const known = wanted.idempotencyToken === undefined ? undefined : this.tokens.get(`${name} ${wanted.idempotencyToken}`);
        if (known !== undefined) {
            return { build: this.store.builds[known] };
        }
        const type = wanted.sourceTypeOverride ?? this.store.projects[name]?.source.type;
        if (type === "CODEPIPELINE") {
            throw new AwsError("InvalidInputException", `Project source type CODEPIPELINE is built by its pipeline only: start the pipeline, or give a source type override`);
        }
        // By a person or role, not by a service: the last part of the ARN, as CodeBuild names it.
        const { build } = this.begin(wanted, caller.principalArn.split(/[:/]/).at(-1) ?? "");
        if (wanted.idempotencyToken !== undefined) {
            this.tokens.set(`${name} ${wanted.idempotencyToken}`, build.id);
        }
        return { build };
    }

    private begin(input: StartBuildInput, initiator: string, artifact?: ObjectPlace): { readonly build: Build; readonly run: BuildRun } {
        if (this.closed) {
            throw new AwsError("InternalFailure", "The emulator is ending and starts no more builds. Run `npm run local` again.", 500);
        }
        const build = newBuild(this.store, input, initiator, now(), (uuid) => path.join(this.folder, uuid, "log"));
        const { root, rights, objects, image, minute = 60_000 } = this.options;
        this.store.builds[build.id] = build;
        const run = new BuildRun({ store: this.store, rights, objects, cache: this.cache, root, folder: this.folderOf(build), image, now, minute, ...(artifact === undefined ? {} : { artifact }) }, build);
        this.runs.set(build.id, run);
        void run.done.then(() => {
            this.runs.delete(build.id);
            this.clean();
        });
        return { build, run };
    }

    private async stop(input: JsonObject, caller: Caller): Promise<unknown> {
        const id = idOf(input.id);
        await caller.authorise("codebuild:StopBuild", this.store.arn("project", projectOf(id)));
        const build = this.store.builds[id];
        if (build === undefined) {
            throw new AwsError("ResourceNotFoundException", `Build cannot be found: ${id}`);
        }
        // As on AWS, the answer does not wait for the end.
        void this.stopBuild(id);
        return { build };
    }

    private get folder(): string {
        return path.join(this.options.root, ".local", "codebuild");
    }

    private folderOf(build: Build): string {
        return path.join(this.folder, uuidOf(build));
    }

    /** Removes the folders of all but the last builds. */
    private clean(): void {
        const builds = newestFirst(Object.values(this.store.builds), (build) => build.startTime);
        const kept = new Set(["cache", ...builds.filter((build, index) => index < KEPT_FOLDERS || !build.buildComplete).map(uuidOf)]);
        const old = fs.readdirSync(this.folder).filter((name) => !kept.has(name));
        if (old.length > 0) {
            execFile("rm", ["-rf", ...old.map((name) => path.join(this.folder, name))], () => undefined);
        }
    }
}

function uuidOf(build: Build): string {
    return build.id.split(":")[1] ?? "";
}

function now(): number {
    return Date.now() / 1000;
}

/** Why a build did not succeed: the first phase that says so, else its status. */
export function reasonOf(build: Build): string {
    const context = build.phases.flatMap((phase) => (phase.phaseStatus === "SUCCEEDED" ? [] : (phase.contexts ?? []))).find((entry) => entry.message !== "");
    return context === undefined ? `Build ${build.id} ended as ${build.buildStatus}` : `${context.statusCode}: ${context.message}`;
}

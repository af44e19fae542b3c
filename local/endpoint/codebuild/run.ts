import * as fs from "node:fs";
import * as path from "node:path";
import type { ObjectPlace, ObjectsOf } from "../own/objects";
import type { Rights, Session } from "../own/rights";
import { PHASES, parseBuildspec, type Buildspec, type BuildspecPhase } from "./buildspec";
import type { BuildCache } from "./cache";
import { checkOut, resolveRevision } from "./checkout";
import { buildEnvironment, plain, type BuildImage, type BuildPlace } from "./environment";
import { BuildLog, type LogTarget } from "./logs";
import { endBuild, shellOf } from "./processes";
import { SERVICE } from "./projects";
import { askForSource } from "./source";
import { publishReports } from "./publish";
import { quoted, Shell } from "./shell";
import type { Store } from "./store";
import { makeTemporary, removeTemporary } from "./temporary";
import type { Build, Phase, PhaseType, Status } from "./types";

export interface RunContext {
    readonly store: Store;
    readonly rights: Rights;
    readonly objects: ObjectsOf;
    /** Input artifact of a pipeline's build. */
    readonly artifact?: ObjectPlace;
    readonly cache: BuildCache;
    /** The checkout. */
    readonly root: string;
    /** Folder of this build. */
    readonly folder: string;
    readonly image: () => BuildImage;
    /** Seconds since 1970. */
    readonly now: () => number;
    /** Milliseconds that a minute of a time-out has. */
    readonly minute: number;
}

/** Why a build ends before its commands do. */
type Cause = "STOPPED" | "TIMED_OUT";

class PhaseFailure extends Error {
    constructor(
        readonly statusCode: string,
        message: string,
    ) {
        super(message);
    }
}

/** One build from its start to its end. It changes `build` as it goes and saves the store at every phase. */
export class BuildRun {
    readonly done: Promise<void>;
    private readonly log: BuildLog;
    private readonly place: Omit<BuildPlace, "temporary">;
    private readonly timer: NodeJS.Timeout;
    private shell: Shell | undefined;
    private environment: Record<string, string> = {};
    private cause: Cause | undefined;
    private failed = false;
    /** What a phase that succeeded says. */
    private remark = "";

    constructor(
        private readonly context: RunContext,
        private readonly build: Build,
    ) {
        const { folder } = context;
        this.log = new BuildLog(path.join(folder, "log"));
        this.place = { home: path.join(folder, "home"), source: path.join(folder, "src"), pulumiHome: path.join(folder, "pulumi") };
        this.timer = setTimeout(() => void this.end("TIMED_OUT"), build.timeoutInMinutes * context.minute);
        this.done = this.run();
    }

    /** Ends all that the build started; the build then finishes as stopped or timed out. */
    async end(cause: Cause, grace?: number): Promise<void> {
        if (this.cause === undefined && !this.build.buildComplete) {
            this.cause = cause;
            this.log.container(cause === "STOPPED" ? "Build was stopped" : `Build timed out after ${this.build.timeoutInMinutes} minutes`);
            await this.endProcesses(grace);
        }
    }

    private async run(): Promise<void> {
        let target: LogTarget | undefined;
        try {
            await this.phase("SUBMITTED", () => undefined);
            await this.phase("QUEUED", () => undefined);
            const session = await this.phase("PROVISIONING", () => this.assume());
            target = session === undefined ? undefined : this.logTarget(session);
            const source = session === undefined ? undefined : await this.phase("DOWNLOAD_SOURCE", () => this.download(session, target));
            if (session !== undefined && source !== undefined) {
                await this.commands(source.buildspec);
                await this.phase("UPLOAD_ARTIFACTS", () => this.publish(session, source.buildspec));
            }
            await this.endProcesses();
            await this.phase("FINALIZING", () => this.finish(source?.buildspec));
        } catch (error) {
            this.log.container(`The build ended by a fault: ${(error as Error).stack ?? String(error)}`);
            this.build.buildStatus = "FAULT";
        } finally {
            await this.complete(target);
        }
    }

    private async complete(target: LogTarget | undefined): Promise<void> {
        clearTimeout(this.timer);
        const { build, context } = this;
        await this.endProcesses();
        await removeTemporary(context.folder);
        delete context.store.shells[build.id];
        await this.log.close(target);
        build.buildStatus = build.buildStatus === "FAULT" ? "FAULT" : (this.cause ?? (this.failed ? "FAILED" : "SUCCEEDED"));
        build.phases.push({ phaseType: "COMPLETED", startTime: context.now() });
        build.currentPhase = "COMPLETED";
        build.endTime = context.now();
        build.buildComplete = true;
        context.store.save();
    }

    /** Runs the work of a phase and notes how it went. A failure fails the build; what it means for later phases is the caller's affair. */
    private async phase<T>(phaseType: PhaseType, work: () => Promise<T> | T): Promise<T | undefined> {
        // After a stop nothing begins any more, but for what clears up.
        if (this.cause !== undefined && phaseType !== "FINALIZING") {
            return undefined;
        }
        const { build, context } = this;
        const phase: Phase = { phaseType, phaseStatus: "IN_PROGRESS", startTime: context.now() };
        build.phases.push(phase);
        build.currentPhase = phaseType;
        context.store.save();
        let result: T | undefined;
        let status: Status = "SUCCEEDED";
        try {
            result = await work();
        } catch (error) {
            status = "FAILED";
            this.failed = true;
            phase.contexts = [{ statusCode: error instanceof PhaseFailure ? error.statusCode : "CLIENT_ERROR", message: (error as Error).message }];
        }
        phase.phaseStatus = this.cause !== undefined && phaseType !== "FINALIZING" ? this.cause : status;
        phase.contexts ??= [{ statusCode: "", message: this.remark }];
        this.remark = "";
        phase.endTime = context.now();
        phase.durationInSeconds = Math.round(phase.endTime - phase.startTime);
        if (phaseType !== "SUBMITTED" && phaseType !== "QUEUED") {
            this.log.container(`Phase complete: ${phaseType} State: ${phase.phaseStatus}`);
            this.log.container(`Phase context status code: ${phase.contexts[0]?.statusCode ?? ""} Message: ${phase.contexts[0]?.message ?? ""}`);
        }
        context.store.save();
        return status === "SUCCEEDED" ? result : undefined;
    }

    private assume(): Promise<Session> {
        const { build, context } = this;
        const sourceArn = context.store.arn("project", build.projectName);
        // The credentials end with the build.
        const seconds = build.timeoutInMinutes * 60 + 300;
        return context.rights.assume({ roleArn: build.serviceRole, service: SERVICE, sourceArn, sessionName: `AWSCodeBuild-${path.basename(context.folder)}`, seconds });
    }

    private logTarget(session: Session): LogTarget | undefined {
        const { groupName, streamName } = this.build.logs;
        const { url, region } = this.context.image();
        return groupName === undefined || streamName === undefined ? undefined : { group: groupName, stream: streamName, endpoint: url, region, session };
    }

    private async download(session: Session, target: LogTarget | undefined): Promise<{ readonly buildspec: Buildspec }> {
        const { build, context, place } = this;
        await this.log.connect(target);
        [place.home, place.pulumiHome].forEach((folder) => fs.mkdirSync(folder, { recursive: true }));
        if (build.source.type === "NO_SOURCE") {
            fs.mkdirSync(place.source, { recursive: true });
        } else {
            await askForSource({ ...context, session, account: context.store.account, region: context.store.region }, build.source);
            build.resolvedSourceVersion = await resolveRevision(context.root, build.sourceVersion ?? "HEAD");
            await checkOut(context.root, build.resolvedSourceVersion, place.source);
        }
        this.log.container(`Source is ${build.resolvedSourceVersion ?? "empty"} in ${place.source}`);
        const buildspec = this.readBuildspec();
        const image = context.image();
        this.share(image);
        plain(build.environment.environmentVariables);
        this.environment = buildEnvironment(image, { ...place, temporary: makeTemporary(context.folder) }, build, session, buildspec.variables);
        if (build.cache.type !== "NO_CACHE" && buildspec.cachePaths.length > 0) {
            const restored = await context.cache.restore(buildspec.cachePaths, place.source);
            this.log.container(`Cache of ${buildspec.cachePaths.join(", ")}: ${restored ? "restored" : "nothing to restore"}`);
        }
        return { buildspec };
    }

    /** Plugins and toolchain are the machine's; all else that a home folder holds is the build's own. */
    private share(image: BuildImage): void {
        const pairs: readonly (readonly [string, string])[] = [
            [path.join(image.exported.PULUMI_HOME ?? "", "plugins"), path.join(this.place.pulumiHome, "plugins")],
            [path.join(image.cacheHome, "container-lambdas"), path.join(this.place.home, ".cache", "container-lambdas")],
        ];
        for (const [there, here] of pairs) {
            fs.mkdirSync(there, { recursive: true });
            fs.mkdirSync(path.dirname(here), { recursive: true });
            fs.symlinkSync(there, here);
        }
    }

    private readBuildspec(): Buildspec {
        const given = this.build.source.buildspec ?? "buildspec.yml";
        try {
            // CodeBuild too takes one line for a file's name and several for the text.
            return parseBuildspec(given.includes("\n") || given.trim().startsWith("{") ? given : fs.readFileSync(path.join(this.place.source, given), "utf8"));
        } catch (error) {
            throw new PhaseFailure("YAML_FILE_ERROR", (error as Error).message);
        }
    }

    /** install and pre_build end the build when they fail; post_build runs also after a build that failed. */
    private async commands(buildspec: Buildspec): Promise<void> {
        const types = { install: "INSTALL", pre_build: "PRE_BUILD", build: "BUILD", post_build: "POST_BUILD" } as const;
        for (const name of PHASES) {
            await this.phase(types[name], () => this.commandPhase(buildspec, name));
            if (this.failed && name === "build") {
                await this.setSucceeding("0");
            } else if (this.failed) {
                break;
            }
        }
        await this.readExported(buildspec);
    }

    private async commandPhase(buildspec: Buildspec, name: BuildspecPhase): Promise<void> {
        const phase = buildspec.phases[name];
        if (phase === undefined) {
            return;
        }
        let failure: PhaseFailure | undefined;
        for (const list of [phase.commands, phase.finally]) {
            for (const command of list) {
                if (this.cause !== undefined) {
                    return;
                }
                this.log.container(`Running command ${command.trimEnd()}`);
                const status = await (await this.running()).run(command);
                if (status !== 0) {
                    this.log.container(`Command did not exit successfully ${command.trimEnd()} exit status ${status}`);
                    failure ??= new PhaseFailure("COMMAND_EXECUTION_ERROR", `Error while executing command: ${command.trimEnd()}. Reason: exit status ${status}`);
                    break;
                }
            }
        }
        if (failure !== undefined) {
            throw failure;
        }
    }

    /** The build's shell; another one where a command ended it. */
    private async running(): Promise<Shell> {
        if (this.shell?.alive !== true) {
            this.shell = await Shell.start({ cwd: this.place.source, environment: this.environment, onLine: (line) => this.log.line(line) });
            const identity = shellOf(this.shell.pid);
            if (identity !== undefined) {
                this.context.store.shells[this.build.id] = identity;
                this.context.store.save();
            }
        }
        return this.shell;
    }

    private async setSucceeding(value: string): Promise<void> {
        this.environment = { ...this.environment, CODEBUILD_BUILD_SUCCEEDING: value };
        if (this.shell?.alive === true && this.cause === undefined) {
            await this.shell.run(`export CODEBUILD_BUILD_SUCCEEDING=${value}`);
        }
    }

    private async readExported(buildspec: Buildspec): Promise<void> {
        const names = buildspec.exportedVariables.filter((name) => /^[A-Za-z_]\w*$/.test(name));
        if (names.length === 0 || this.shell?.alive !== true || this.cause !== undefined) {
            return;
        }
        const file = path.join(this.context.folder, "exported");
        await this.shell.run(`printf '%s\\0' ${names.map((name) => `"\${${name}-}"`).join(" ")} > ${quoted(file)}`);
        const values = fs.readFileSync(file, "utf8").split("\0");
        this.build.exportedEnvironmentVariables = names.map((name, index) => ({ name, value: values[index] ?? "" }));
    }

    private async publish(session: Session, buildspec: Buildspec): Promise<void> {
        const context = { store: this.context.store, rights: this.context.rights, accessKeyId: session.accessKeyId, now: this.context.now };
        this.build.reportArns = await publishReports(context, this.build, buildspec, this.place.source, (line) => this.log.container(line));
    }

    private async finish(buildspec: Buildspec | undefined): Promise<void> {
        const { build, context, place } = this;
        const wanted = build.cache.type !== "NO_CACHE" && buildspec !== undefined && buildspec.cachePaths.length > 0;
        if (wanted && !this.failed && this.cause === undefined) {
            await context.cache.save(buildspec.cachePaths, place.source);
        }
        this.remark = this.log.failure ?? "";
    }

    private async endProcesses(grace?: number): Promise<void> {
        await endBuild(this.build.id, this.context.store.shells[this.build.id], grace);
    }
}

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CodeBuildService } from "../../../../local/endpoint/codebuild/service";
import type { Build } from "../../../../local/endpoint/codebuild/types";
import type { ObjectPlace } from "../../../../local/endpoint/own/objects";
import { FakeObjects, FakeRights } from "../own/fakes";

export const ROLE = "arn:aws:iam::000000000000:role/demo/delivery/build";

/** A repository with two commits, and an emulated CodeBuild whose builds run on it. */
export class BuildYard {
    readonly root = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), "codebuild-")));
    readonly rights = new FakeRights();
    readonly objects = new FakeObjects();
    readonly commits: readonly string[];
    service: CodeBuildService;

    constructor(private readonly minute = 60_000) {
        this.git("init", "--quiet");
        this.commits = ["one", "two"].map((text) => {
            fs.writeFileSync(path.join(this.root, "file"), text);
            this.git("add", "file");
            this.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", text);
            return this.git("rev-parse", "HEAD").trim();
        });
        this.service = this.restarted();
    }

    restarted(): CodeBuildService {
        const { root, rights, objects } = this;
        const home = path.join(root, "home");
        const image = () => ({ exported: { PATH: "/none", DOCKER_HOST: "unix:///docker.sock", PULUMI_HOME: path.join(root, "pulumi"), AWS_SECRET_ACCESS_KEY: "root-secret", AWS_ACCESS_KEY_ID: "root-key" }, machine: { PATH: process.env.PATH, ROOT_SECRET: "machine-secret" }, home, cacheHome: path.join(home, ".cache"), node: "/node", url: "http://127.0.0.1:1", region: "us-east-1" });
        return new CodeBuildService({ root, account: "000000000000", region: "us-east-1", rights, objects: objects.of, image, minute: this.minute });
    }

    async call<T>(action: string, input: object): Promise<T> {
        // As over the wire: what JSON leaves out is not there.
        return JSON.parse(JSON.stringify(await this.service.handle(action, input as Record<string, unknown>, this.rights.caller()))) as T;
    }

    project(buildspec: string, more: object = {}): object {
        return {
            name: "demo",
            source: { type: "GITHUB", location: "https://example.com/demo.git", buildspec },
            artifacts: { type: "NO_ARTIFACTS" },
            environment: { type: "LINUX_CONTAINER", image: "aws/codebuild/standard:7.0", computeType: "BUILD_GENERAL1_SMALL", environmentVariables: [{ name: "A", value: "project" }] },
            logsConfig: { cloudWatchLogs: { status: "DISABLED" } },
            serviceRole: ROLE,
            ...more,
        };
    }

    /** Starts a build as a pipeline does, and waits for its end. */
    async build(commit = "HEAD", variables: readonly { name: string; value: string; type: string }[] = [], artifact?: ObjectPlace): Promise<{ build: Build; log: string; result: { ok: boolean; exportedVariables: Record<string, string>; message?: string } }> {
        const { buildId, done } = await this.service.startBuild({ projectName: "demo", commit, environmentVariablesOverride: variables, initiator: "codepipeline/demo", ...(artifact === undefined ? {} : { artifact }) });
        const result = await done;
        const { builds } = await this.call<{ builds: [Build] }>("BatchGetBuilds", { ids: [buildId] });
        return { build: builds[0], log: this.log(buildId), result };
    }

    log(buildId: string): string {
        return fs.readFileSync(path.join(this.root, ".local", "codebuild", buildId.split(":")[1] ?? "", "log"), "utf8");
    }

    async close(): Promise<void> {
        await this.service.close();
        fs.rmSync(this.root, { recursive: true, force: true });
    }

    private git(...args: string[]): string {
        return execFileSync("git", ["-C", this.root, ...args], { encoding: "utf8" });
    }
}

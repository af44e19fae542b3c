import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type RunDocument } from "../../../automation/pipeline/documents";
import { assertSuccess, Checkout, lastJson, Outcome, run as runCommand } from "./checkout";

/** How a push ended: the runs that it started, the one after a self-update last. */
export interface Push {
    readonly outcome: Outcome;
    readonly executions: readonly RunDocument[];
}

/** Commits to a checkout's repository and pushes them into its embedded AWS; the checkout's own files stay as they are. */
export class Deliveries {
    private constructor(
        private readonly checkout: Checkout,
        /** Work tree in which the commits are made. */
        private readonly tree: string,
    ) {}

    static async create(checkout: Checkout): Promise<Deliveries> {
        const tree = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "cl-deliveries-")), "tree");
        const deliveries = new Deliveries(checkout, tree);
        await deliveries.git(["worktree", "add", "--quiet", "--detach", tree, "HEAD"], checkout.root);
        return deliveries;
    }

    async remove(): Promise<void> {
        await this.git(["worktree", "remove", "--force", this.tree], this.checkout.root);
        fs.rmSync(path.dirname(this.tree), { recursive: true, force: true });
    }

    read(file: string): string {
        return fs.readFileSync(path.join(this.tree, file), "utf8");
    }

    write(file: string, text: string): void {
        fs.mkdirSync(path.dirname(path.join(this.tree, file)), { recursive: true });
        fs.writeFileSync(path.join(this.tree, file), text);
    }

    removeFile(file: string): void {
        fs.rmSync(path.join(this.tree, file), { recursive: true });
    }

    /** Replaces one text in a file; fails if it is not there exactly once. */
    edit(file: string, from: string, to: string): void {
        const parts = this.read(file).split(from);
        if (parts.length !== 2) {
            throw new Error(`"${from}" stands ${parts.length - 1} times in ${file}; exactly once is needed.`);
        }
        this.write(file, parts.join(to));
    }

    /** Takes everything below a folder away but some of it. */
    async keepOnly(folder: string, kept: readonly string[]): Promise<void> {
        await this.git(["rm", "-r", "--quiet", folder]);
        await this.git(["checkout", "--quiet", "HEAD", "--", ...kept]);
    }

    /** Commits everything that was changed; answers the commit's id. */
    async commit(message: string): Promise<string> {
        await this.git(["add", "--all"]);
        await this.git(["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "commit", "--quiet", "--message", message]);
        return this.git(["rev-parse", "HEAD"]);
    }

    /** Makes the content what it was in an earlier commit; a commit of its own has to follow, as with a revert. */
    async restore(commit: string): Promise<void> {
        await this.git(["reset", "--quiet", "--hard"]);
        await this.git(["clean", "--quiet", "-d", "--force"]);
        await this.git(["rm", "-r", "--quiet", "."]);
        await this.git(["checkout", "--quiet", commit, "--", "."]);
    }

    /** `npm run local:push`, followed to its end. */
    async push(revision: string, ...options: readonly string[]): Promise<Push> {
        return this.pushed([revision, ...options]);
    }

    /** As `push`; fails unless the last run succeeded. */
    async deliver(revision: string, ...options: readonly string[]): Promise<readonly RunDocument[]> {
        const { outcome, executions } = await this.push(revision, ...options);
        assertSuccess(outcome);
        return executions;
    }

    /** Gives a commit a tag, as a person does before it is pushed. */
    async tag(name: string, commit: string): Promise<void> {
        await this.git(["tag", name, commit]);
    }

    /** `npm run local:push -- --tag`, in the background: it waits for approvals. */
    release(tag: string): Promise<Push> {
        return this.pushed(["--tag", tag]);
    }

    /** An AWS CLI command that prints JSON. */
    async aws<T>(...args: readonly string[]): Promise<T> {
        const { stdout } = assertSuccess(await this.checkout.local("aws", [...args, "--output", "json"]));
        return JSON.parse(stdout) as T;
    }

    private async pushed(args: readonly string[]): Promise<Push> {
        const outcome = await this.checkout.npm("local:push", ...args, "--json");
        const { executions } = lastJson<{ readonly executions?: readonly RunDocument[] }>(outcome);
        return { outcome, executions: executions ?? [] };
    }

    private async git(args: readonly string[], folder = this.tree): Promise<string> {
        const environment = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
        return assertSuccess(await runCommand("git", args, folder, environment)).stdout.trim();
    }
}

/** The stages that a run went through, with how each ended. */
export function stagesOf({ stages }: RunDocument): Record<string, string> {
    return Object.fromEntries(stages.filter(({ status }) => status !== "Pending").map(({ name, status }) => [name, String(status)]));
}

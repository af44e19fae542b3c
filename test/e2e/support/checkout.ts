import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { APPLICATION } from "../../support/application";

const PROJECT = path.join(__dirname, "..", "..", "..");

export interface Outcome {
    /** Exit status; 128 + the signal's number where one ended the process. */
    readonly status: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** The result of `npm run local` and `npm run up`, as the last line of their `--json` output. */
export interface UpDocument {
    readonly stack: string;
    readonly images: readonly { name: string; key: string; digest: string; built: boolean }[];
    readonly functions: readonly { name: string; imageUri: string; version: string; alias: string }[];
    readonly resources: { created: number; updated: number; replaced: number; deleted: number; unchanged: number };
    readonly seconds: Readonly<Record<string, number>>;
}

export interface CheckoutOptions {
    /** What is its `app/`: the small one of the tests, so that they pass whatever is there, or what is there. @default "test" */
    readonly application?: "test" | "sample";
}

/** A clone of this project in a folder of its own, with an emulator of its own: what a newcomer has after `git clone`. */
export class Checkout {
    private variables: Record<string, string> | undefined;

    private constructor(readonly root: string) {}

    /** Clones what is committed or about to be: tracked files and untracked ones that are not ignored. */
    static create(name: string, { application = "test" }: CheckoutOptions = {}): Checkout {
        const root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), `cl-${name}-`)), "checkout");
        const { stdout } = mustSucceed("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], PROJECT);
        const files = stdout.split("\0").filter((one) => one !== "" && fs.existsSync(path.join(PROJECT, one)));
        const copy = (from: string, to: string): void => {
            fs.mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
            fs.copyFileSync(path.join(PROJECT, from), path.join(root, to));
        };
        files.filter((file) => application === "sample" || !file.startsWith("app/")).forEach((file) => copy(file, file));
        if (application === "test") {
            files.filter((file) => file.startsWith(`${APPLICATION}/`)).forEach((file) => copy(file, `app/${file.slice(APPLICATION.length + 1)}`));
        }
        // The packages are the same for every checkout; what installing them takes is measured by the first test of all.
        mustSucceed("cp", ["-al", path.join(PROJECT, "node_modules"), path.join(root, "node_modules")], root);
        mustSucceed("git", ["init", "--quiet"], root);
        mustSucceed("git", ["add", "--all"], root);
        mustSucceed("git", ["-c", "user.name=e2e", "-c", "user.email=e2e@localhost", "commit", "--quiet", "--message", "checkout"], root);
        return new Checkout(root);
    }

    path(file: string): string {
        return path.join(this.root, file);
    }

    read(file: string): string {
        return fs.readFileSync(this.path(file), "utf8");
    }

    write(file: string, text: string): void {
        fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
        fs.writeFileSync(this.path(file), text);
    }

    /** Replaces one text in a file; fails if it is not there exactly once. */
    edit(file: string, from: string, to: string): void {
        const parts = this.read(file).split(from);
        if (parts.length !== 2) {
            throw new Error(`"${from}" stands ${parts.length - 1} times in ${file}; exactly once is needed.`);
        }
        this.write(file, parts.join(to));
    }

    /** `git status --porcelain`. */
    status(): string {
        return mustSucceed("git", ["status", "--porcelain"], this.root).stdout;
    }

    /** Runs an npm script of the project in the environment of a new shell. */
    npm(script: string, ...args: string[]): Promise<Outcome> {
        return run("npm", ["run", "--silent", script, ...(args.length === 0 ? [] : ["--", ...args])], this.root, cleanEnvironment());
    }

    /** Runs a command as after `eval "$(npm run -s local:env)"`. */
    async local(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
        return run(command, args, this.root, { ...(await this.environment()), ...more });
    }

    /** What `local:env` exports, on top of a new shell's environment. */
    async environment(): Promise<Record<string, string>> {
        if (this.variables === undefined) {
            const shell = `eval "$(npm run --silent local:env)" && env -0`;
            const { status, stdout, stderr } = await run("bash", ["-c", shell], this.root, cleanEnvironment());
            if (status !== 0) {
                throw new Error(`local:env failed (${status}): ${stderr}`);
            }
            this.variables = Object.fromEntries(stdout.split("\0").filter((line) => line.includes("=")).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
        }
        return this.variables;
    }

    /** After a stop and a start ports or credentials may be others. */
    forgetEnvironment(): void {
        this.variables = undefined;
    }

    /** `npm run local -- --json`, which must succeed. */
    async up(...args: string[]): Promise<UpDocument> {
        return lastJson(assertSuccess(await this.npm("local", "--json", ...args)));
    }

    /** Stops everything and removes the folder. */
    async remove(): Promise<void> {
        await this.npm("local:down");
        fs.rmSync(path.dirname(this.root), { recursive: true, force: true });
    }
}

/** Neither the emulator of another checkout nor a person's cloud may reach a test. */
export function cleanEnvironment(): Record<string, string> {
    const entries = Object.entries(process.env).filter(([name]) => !/^(AWS_|PULUMI_|DOCKER_HOST|CONTAINER_LAMBDAS_|npm_|TEST_TOTALS)/.test(name) || name === "AWS_CA_BUNDLE");
    return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

export function run(command: string, args: readonly string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
        let stdout = "";
        let stderr = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.on("error", reject);
        child.on("close", (code, signal) => resolve({ status: code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]), stdout, stderr }));
    });
}

export function assertSuccess(outcome: Outcome): Outcome {
    if (outcome.status !== 0) {
        throw new Error(`exit status ${outcome.status}\n${outcome.stderr.slice(-6000)}\n${outcome.stdout.slice(-3000)}`);
    }
    return outcome;
}

/** The JSON document that is the last line of a command's output. */
export function lastJson<T>({ stdout }: Outcome): T {
    const line = stdout.trimEnd().split("\n").at(-1) ?? "";
    return JSON.parse(line) as T;
}

function mustSucceed(command: string, args: readonly string[], cwd: string): { stdout: string } {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) {
        throw new Error(`${command} ${args.join(" ")} failed (${String(status)}): ${stderr}`);
    }
    return { stdout };
}

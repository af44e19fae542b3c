import { spawn } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { ConcurrentUpdateError, LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { type Deployment, parseDeployment } from "./deployment";
import { type Engine, EngineError, type EngineOptions, type EngineStack } from "./engine";
import { ExitCode } from "./exitCodes";
import { codeOf, CommandFailure, messageOf } from "./failure";

/** Oldest engine whose event stream, exit on signals and pending operations were tried. */
const oldestEngine = "3.230.0";

/** The engine behind Pulumi's Automation API, with this project as its program. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
    const { root: workDir, variables: envVars, bin } = options;
    const tool: Tool = { command: bin === undefined ? "pulumi" : join(bin, "pulumi"), workDir, variables: envVars };
    return {
        select: async (stackName) => {
            // At most one process that tells whether there is such a stack and what it left; the Automation API would take one for the first alone.
            const lookUp = async (): Promise<Deployment | undefined> => (await options.recorded?.(stackName)) ?? recordedState(stackName, tool);
            const [command, state] = await Promise.allSettled([findCommand(bin), lookUp()]);
            const pulumiCommand = settled(command);
            const recorded = settled(state);
            return recorded && { ...automationStack(await selectQuietly(stackName, await LocalWorkspace.create({ workDir, pulumiCommand, envVars: { ...envVars } })), tool), recorded };
        },
        create: async (stackName) => {
            const pulumiCommand = await findCommand(bin);
            try {
                return automationStack(await LocalWorkspace.createStack({ stackName, workDir }, { pulumiCommand, envVars: { ...envVars } }), tool);
            } catch (error) {
                throw translate(error);
            }
        },
    };
}

export interface InlineStackOptions {
    readonly project: string;
    readonly stack: string;
    /** Runs in this very process. */
    readonly program: () => Promise<Record<string, unknown> | void>;
    /** Folder of the settings files. */
    readonly workDir: string;
    /** For the engine: where its state lies, and what guards its secrets. */
    readonly variables: Readonly<Record<string, string>>;
}

/** A new stack whose program is a function. */
export async function createInlineStack({ project, stack: stackName, program, workDir, variables }: InlineStackOptions): Promise<EngineStack> {
    const pulumiCommand = await findCommand(undefined);
    const envVars = { ...variables };
    const projectSettings = { name: project, runtime: "nodejs" as const };
    const stack = await LocalWorkspace.createStack({ stackName, projectName: project, program }, { pulumiCommand, workDir, envVars, projectSettings });
    return automationStack(stack, { command: pulumiCommand.command, workDir, variables: envVars });
}

/** A stack that exists, whose program is a function: without a language host, a second Node and a second compiler in every operation. */
export async function openInlineStack({ stack: stackName, program, workDir, variables }: Omit<InlineStackOptions, "project">): Promise<EngineStack> {
    const pulumiCommand = await findCommand(undefined);
    const envVars = { ...variables };
    const workspace = await LocalWorkspace.create({ pulumiCommand, workDir, envVars, program });
    // Stops at the first failure: what the engine would delete after one, see components/failedUpdate.ts.
    return automationStack(await selectQuietly(stackName, workspace), { command: pulumiCommand.command, workDir, variables: envVars }, false);
}

/** Without a process of its own for a choice that every operation names again. */
async function selectQuietly(stackName: string, workspace: LocalWorkspace): Promise<Stack> {
    workspace.selectStack = async () => undefined;
    return Stack.select(stackName, workspace);
}

function settled<Result>(result: PromiseSettledResult<Result>): Result {
    if (result.status === "rejected") {
        throw result.reason;
    }
    return result.value;
}

/** Undefined for a stack that the backend does not have. */
async function recordedState(stack: string, tool: Tool): Promise<Deployment | undefined> {
    try {
        return parseDeployment(await runTool(tool, ["stack", "export", "--stack", stack]));
    } catch (error) {
        if (error instanceof EngineError && /no stack named .* found/.test(error.message)) {
            return undefined;
        }
        throw error;
    }
}

async function findCommand(bin: string | undefined): Promise<PulumiCommand> {
    // The Automation API looks for `bin/pulumi` below the folder that it is given.
    const root = bin !== undefined && basename(bin) === "bin" ? dirname(bin) : undefined;
    let command: PulumiCommand;
    try {
        command = await PulumiCommand.get({ root });
    } catch (error) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The Pulumi CLI cannot be run${root === undefined ? " from PATH" : ` from ${bin}`}: ${firstLine(engineText(error))}`,
            allowed: `Version ${oldestEngine} or newer is needed.`,
            next: 'install it (https://www.pulumi.com/docs/install/), or use the one of the local environment: eval "$(npm run -s local:env)".',
        });
    }
    if (command.version !== null && command.version.compare(oldestEngine) < 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The Pulumi CLI is version "${command.version}".`,
            allowed: `Version ${oldestEngine} or newer is needed.`,
            next: "update it.",
        });
    }
    return command;
}

function automationStack(stack: Stack, tool: Tool, continueOnError = true): EngineStack {
    // After every operation the Automation API asks the CLI for all outputs twice, once with secrets decrypted, and for
    // the history: three more processes, half a second. The event stream has already told what is needed of it.
    stack.workspace.stackOutputs = async () => ({});
    stack.info = async () => undefined;
    return {
        run: async (kind, { parallel, signal, onEvent, targets, configFile }) => {
            const printed: string[] = [];
            const options = {
                parallel,
                signal,
                onEvent,
                ...(targets === undefined ? {} : { target: [...targets] }),
                ...(configFile === undefined ? {} : { configFile }),
                color: "never" as const,
                suppressOutputs: true,
                suppressProgress: true,
                onError: (text: string) => printed.push(text),
            };
            try {
                if (kind === "up") {
                    // One broken image must not keep the others from being built.
                    await stack.up({ ...options, continueOnError });
                } else if (kind === "destroy") {
                    await stack.destroy({ ...options, continueOnError: true });
                } else {
                    await stack[kind](options);
                }
            } catch (error) {
                throw translate(error, printed.join("").trim());
            }
        },
        exportState: async () => parseDeployment(await runTool(tool, ["stack", "export", "--stack", stack.name])),
        importState: async (state) => {
            await runTool(tool, ["stack", "import", "--stack", stack.name], JSON.stringify(state));
        },
        cancel: () => stack.cancel(),
    };
}

function translate(error: unknown, printed?: string): Error {
    if (error instanceof ConcurrentUpdateError) {
        return new EngineError("locked", engineText(error));
    }
    return new EngineError("failed", printed !== undefined && printed !== "" ? printed : engineText(error));
}

/** The engine's own words out of a CommandError, whose message carries the command line and both streams. For display only. */
export function engineText(error: unknown): string {
    const message = messageOf(error);
    const from = message.indexOf(" stderr: ");
    const to = message.lastIndexOf("\n err?:");
    const text = from < 0 ? message : message.slice(from + " stderr: ".length, to < 0 ? undefined : to);
    const killed = /^Command was killed with (SIG[A-Z0-9]+)/.exec(text);
    if (killed !== null) {
        return `The engine was killed (${killed[1]}).`;
    }
    return text.replace(/^Command failed with .*\n?/, "").trim() || firstLine(message);
}

function firstLine(text: string): string {
    return text.split("\n", 1)[0] ?? "";
}

interface Tool {
    readonly command: string;
    readonly workDir: string;
    readonly variables: Readonly<Record<string, string>>;
}

// The Automation API's own export decrypts all secrets into a temporary file; ours keeps them encrypted and in memory.
function runTool({ command, workDir, variables }: Tool, args: readonly string[], input = ""): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, [...args, "--non-interactive"], { cwd: workDir, env: { ...process.env, ...variables } });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) {
                resolve(Buffer.concat(out).toString());
            } else {
                const text = Buffer.concat(err).toString().trim();
                // The wording is the one by which the Automation API itself tells its ConcurrentUpdateError.
                const reason = text.includes("the stack is currently locked by") ? "locked" : "failed";
                reject(new EngineError(reason, text || `pulumi ${args.join(" ")} ended with status ${code}`));
            }
        });
        // A child that ends before it has read everything says why by its status.
        child.stdin.on("error", (error) => codeOf(error) === "EPIPE" || reject(error));
        child.stdin.end(input);
    });
}

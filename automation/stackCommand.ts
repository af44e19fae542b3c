import type { ProjectModel } from "../components/manifest/model";
import { formatProblems, quote } from "../components/manifest/problem";
import type { Settings } from "../components/settings/definitions";
import { emulatorProblem } from "../components/settings/emulator";
import type { CheckReport, Context, LocalHandle } from "./context";
import { identityOf } from "./identities";
import type { OperationKind } from "./engine";
import { ExitCode } from "./exitCodes";
import { CommandFailure } from "./failure";
import { roundSeconds } from "./duration";
import { functionsOf, imagesOf, type UpDocument } from "./results";
import { engineWidth, runStack, type StackPorts, type StackResult } from "./stack";
import { requireStackFile, wouldWriteKey } from "./stackFiles";
import { StepLines } from "./steps";

/** The stack that `npm run local` brings up in the emulator of this checkout. */
export const localStack = "local";

/** Settings or manifests are wrong; carries the whole report. */
export class CheckFailure extends CommandFailure {
    constructor(readonly report: CheckReport) {
        super(ExitCode.badInput, { given: formatProblems(report.problems), next: "correct these and start again." });
        this.message = formatProblems(report.problems);
    }
}

/** A stack whose input is right. */
export interface ValidStack {
    readonly settings: Settings;
    readonly model: ProjectModel;
}

/**
 * Validates a stack's settings and, where the program is going to run, all manifests. Throws before anything is called:
 * the one report with exit status 2, or 4 where the shell's environment belongs to the other kind of stack.
 */
export async function requireValid({ root, ports, environment }: Context, stack: string, manifests: boolean): Promise<ValidStack> {
    requireStackFile(root, stack);
    const report = await ports.check({ stacks: [stack], manifests });
    const settings = report.settings[stack];
    if (report.problems.length > 0 || settings === undefined) {
        throw new CheckFailure(report);
    }
    // A stack of the emulator gets the emulator's own variables, whatever the shell has.
    const guard = settings.runsOn === "account" ? emulatorProblem(settings.runsOn, environment) : undefined;
    if (guard !== undefined) {
        throw new CommandFailure(ExitCode.refused, {
            given: `Stack ${quote(stack)}: ${guard.key ?? "the environment"} is ${quote(guard.value)}. It ${guard.rule}.`,
            next: guard.fix.endsWith(".") ? guard.fix : `${guard.fix}.`,
        });
    }
    return { settings, model: report.model ?? { images: [], functions: [] } };
}

/** The running environment, or a failure that tells how to start it. */
export async function requireRunning({ ports }: Context): Promise<LocalHandle> {
    const running = await ports.runningLocal();
    if (running === undefined) {
        throw new CommandFailure(ExitCode.failed, {
            given: "The local environment of this checkout is not running.",
            next: 'start it with "npm run local".',
        });
    }
    return running;
}

/** The ports of stack operations for a stack, in the emulator's environment or in the caller's own. */
export async function stackPorts(context: Context, local: LocalHandle | undefined): Promise<StackPorts> {
    const { root, terminal, signal, shield, now, ports } = context;
    const variables = local?.variables ?? {};
    const environment = { ...context.environment, ...variables };
    return {
        engine: await ports.openEngine({ variables, bin: local?.bin }),
        terminal,
        signal,
        shield,
        now,
        lockOwners: (stack) => ports.lockOwners(stack, environment),
        wouldWriteKey: (stack) => wouldWriteKey(root, stack, environment.PULUMI_BACKEND_URL),
        identityOf: async (operation) => (local === undefined ? undefined : identityOf(operation, await ports.aws(local.variables))),
    };
}

/** `up`, `preview`, `destroy` and `refresh`: one operation on one stack, its result and its exit status. */
export async function runStackCommand(context: Context, kind: OperationKind, stack: string): Promise<ExitCode> {
    const { terminal, now } = context;
    const since = now();
    const needsProgram = kind === "up" || kind === "preview";
    const { settings } = await requireValid(context, stack, needsProgram);
    const local = settings.runsOn === "emulator" ? await localFor(context, needsProgram) : undefined;
    const ports = await stackPorts(context, local);
    const started = now();
    const result = await runStack({ kind, stack, emulated: local !== undefined, parallel: engineWidth(settings.maxParallelBuilds) }, ports);
    const seconds = { total: roundSeconds((now() - since) / 1000), [kind]: roundSeconds((now() - started) / 1000) };
    const document = upDocument(stack, result, seconds);
    if (kind === "destroy") {
        sayWhatIsKept(context, result);
    }
    terminal.result(kind === "up" ? document : { stack, outcome: document.outcome, resources: document.resources, seconds });
    return exitCodeOf(result);
}

export function upDocument(stack: string, result: StackResult, seconds: Readonly<Record<string, number>>): UpDocument & { readonly outcome: StackResult["outcome"] } {
    return {
        stack,
        outcome: result.outcome,
        images: imagesOf(result.outputs, result.progress),
        functions: functionsOf(result.outputs),
        resources: result.changes,
        seconds,
    };
}

export function exitCodeOf({ outcome }: StackResult): ExitCode {
    return { succeeded: ExitCode.done, failed: ExitCode.failed, interrupted: ExitCode.interrupted }[outcome];
}

async function localFor(context: Context, start: boolean): Promise<LocalHandle> {
    if (!start) {
        return requireRunning(context);
    }
    const steps = new StepLines(context.terminal, context.now);
    try {
        return await context.ports.startLocal({ report: steps.report });
    } finally {
        steps.close();
    }
}

function sayWhatIsKept({ terminal }: Context, { progress }: StackResult): void {
    const deleted = [...progress.resources.values()].filter(({ op, state }) => op === "delete" && state === "done");
    // Images go with their repositories where these are deleted too.
    const repositories = deleted.some(({ type }) => type === "aws:ecr/repository:Repository");
    const kept = deleted.filter(({ retained, type }) => retained && !(repositories && type === "docker:index/image:Image"));
    if (kept.length > 0) {
        terminal.line(`Kept outside the state, on purpose: ${kept.map(({ name }) => name).sort().join(", ")}.`);
    }
}

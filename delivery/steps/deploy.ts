import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { engineWidth, operate, type StackResult } from "../../automation/stack";
import { quote } from "../../components/manifest/problem";
import { AFTER_VARIABLE, COMMIT_VARIABLE } from "../commitOutput";
import { toRecord } from "../documents";
import { buildIdOf, clockOf, documentsOf, gitOf, logOf, settingsOf, stateOf } from "../edge/wire";
import { recordKeys } from "../keys";
import { isOlder } from "../order";
import type { Clock, GitPort, LockPort, Log, StatePort } from "../ports";
import { fetchRelease } from "../release";
import { mendPendingOperations } from "../selfUpdate/health";
import { waitForLock } from "../selfUpdate/lock";
import { formatChanges } from "../selfUpdate/propertyDiff";
import { BUDGETS } from "../selfUpdate/run";
import { stepSettingsFile } from "../settingsFile";
import type { StepProgram } from "../step";
import { NO_STATE } from "./plan";

export interface DeployRequest {
    readonly commit: string;
    readonly buildId: string;
    /** Version of the state that the approved plan was made from. @default any */
    readonly stateVersion?: string;
    /** Milliseconds that the stack's lock is waited for. */
    readonly lockBudget: number;
}

export interface DeployPorts {
    readonly git: GitPort;
    readonly lock: LockPort;
    readonly clock: Clock;
    readonly log: Log;
    readonly state: StatePort;
    stateVersion(): Promise<string | undefined>;
    /** The update of the whole stack; refuses when `after` is not the last applied commit any more. */
    update(after: string | undefined): Promise<StackResult>;
    recordDeployed(): Promise<void>;
}

export const deployStep: StepProgram<"stack" | "commit" | "recordsBucket" | "backendUrl"> = {
    name: "deploy",
    summary: "Bring the stack up to date with images that the registry has; refuse what is stale, moved or not approved.",
    needs: ["stack", "commit", "recordsBucket", "backendUrl"],
    run: async (context) => {
        const { root, environment, terminal, signal, shield, now } = context;
        const { stack, commit, stateVersion, releasesFrom } = environment;
        const settings = settingsOf(root, stack);
        const state = stateOf(context);
        const documents = documentsOf(environment);
        const request = { commit, buildId: buildIdOf(environment), stateVersion, lockBudget: BUDGETS.lock };
        await deploy(request, {
            git: gitOf(context),
            lock: state.lock,
            clock: clockOf(context),
            log: logOf(context),
            state: state.port,
            stateVersion: () => state.version(),
            update: async (after) => {
                if (settings.images === "release") {
                    await fetchRelease({ root, settings, documents, commit, releasesFrom });
                }
                const configFile = await stepSettingsFile(root, settings);
                const opened = await state.open({ [COMMIT_VARIABLE]: commit, [AFTER_VARIABLE]: after ?? "" });
                const parallel = engineWidth(settings.maxParallelBuilds);
                return shield(() => operate({ kind: "up", stack, parallel, configFile }, opened, { terminal, signal, now, lockOwners: async () => [] }));
            },
            recordDeployed: async () => {
                await documents.write(recordKeys(stack).deployed, toRecord({ commit, executionId: environment.executionId, at: new Date(now()).toISOString() }));
            },
        });
        return {};
    },
};

/** @throws CommandFailure before anything has changed when this commit, this plan or this moment is not the right one. */
export async function deploy(request: DeployRequest, ports: DeployPorts): Promise<void> {
    const { lock, log, state } = ports;
    await lock.register(request.buildId);
    await refuseStale(request, ports);
    await refuseOtherState(request, ports);
    await waitForLock(ports, request.buildId, request.lockBudget);
    await mendPendingOperations(ports);
    // Time has passed: another run may have delivered in the meantime.
    const after = await refuseStale(request, ports);
    await refuseOtherState(request, ports);
    const { changes } = await state.previewDelivery();
    if (changes.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The pipeline itself is not what this commit declares:\n${formatChanges(changes).map((line) => `    ${line}`).join("\n")}`,
            allowed: "Deploy changes the application only; the pipeline is changed by SelfUpdate, which then restarts the run.",
            next: "start the run again; if that does not help, find out who changes the pipeline by hand (CloudTrail: UpdatePipeline).",
        });
    }
    log.say(after === undefined ? "The first delivery of this stack." : `Delivered so far: ${after}.`);
    const { outcome } = await ports.update(after);
    if (outcome !== "succeeded") {
        throw new CommandFailure(outcome === "interrupted" ? ExitCode.interrupted : ExitCode.failed, {
            given: `The update of the stack ${outcome === "interrupted" ? "was interrupted" : "failed"}; see above why.`,
            next: "push a correction, or retry the stage if the cause has gone: aliases move only to versions that passed their smoke test.",
        });
    }
    await ports.recordDeployed();
}

/** Answers the last applied commit. */
async function refuseStale({ commit }: DeployRequest, { state, git }: DeployPorts): Promise<string | undefined> {
    const last = await state.lastApplied();
    if (last !== undefined && (await isOlder(git, commit, last))) {
        throw new CommandFailure(ExitCode.refused, {
            given: `This run is for ${commit}, which is older than ${last}, which was applied in the meantime.`,
            allowed: "An older commit is never deployed after a newer one.",
            next: "nothing: the newer run delivers. To go back, revert the commit and push.",
        });
    }
    return last;
}

async function refuseOtherState({ stateVersion }: DeployRequest, ports: DeployPorts): Promise<void> {
    if (stateVersion === undefined) {
        return;
    }
    const now = await ports.stateVersion();
    if ((now ?? NO_STATE) !== stateVersion) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The plan was made from version ${quote(stateVersion)} of the state, which is version ${quote(now ?? NO_STATE)} now.`,
            allowed: "What was approved is what is done: the state must be the one that the plan was made from.",
            next: "start the release again; its plan will show what changes from the state as it is.",
        });
    }
}

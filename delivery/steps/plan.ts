import type { EngineEvent } from "@pulumi/pulumi/automation";
import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { engineWidth, operate, type StackResult } from "../../automation/stack";
import { type Documents, toRecord } from "../documents";
import { documentsOf, logOf, settingsOf, stateOf } from "../edge/wire";
import type { Exports } from "../exports";
import { recordKeys } from "../keys";
import { plannedChanges } from "../plan/changes";
import { reportOf, summaryOf } from "../plan/report";
import { needsApproval, riskOf } from "../plan/risk";
import type { Log } from "../ports";
import { fetchRelease } from "../release";
import { scanEach } from "../security/scan";
import { stepSettingsFile } from "../settingsFile";
import type { StepProgram } from "../step";

/** What STATE_VERSION says of a stack that has no state yet. */
export const NO_STATE = "none";

export interface PlanRequest {
    readonly stack: string;
    readonly commit: string;
    readonly executionId: string;
}

export interface PlanPorts {
    readonly documents: Pick<Documents, "write">;
    readonly log: Log;
    stateVersion(): Promise<string | undefined>;
    preview(): Promise<{ readonly outcome: StackResult["outcome"]; readonly events: readonly EngineEvent[] }>;
    /** Where a person reads a record. */
    link(key: string): string;
}

type Needed = "stack" | "commit" | "executionId" | "recordsBucket" | "backendUrl";

export const planStep: StepProgram<Needed> = {
    name: "plan",
    summary: "Show what a deployment would change, how grave that is, and from which state it was found.",
    needs: ["stack", "commit", "executionId", "recordsBucket", "backendUrl"],
    exports: ["SUMMARY", "REPORT_URL", "NEEDS_APPROVAL", "STATE_VERSION"],
    run: async (context) => {
        const { root, environment, terminal, signal, shield, now } = context;
        const { stack, commit, executionId, recordsBucket, region, endpoint, releasesFrom } = environment;
        const settings = settingsOf(root, stack);
        const documents = documentsOf(environment);
        const state = stateOf(context);
        if (settings.images === "release") {
            await fetchRelease({ root, settings, documents, commit, releasesFrom });
        }
        const configFile = await stepSettingsFile(root, settings);
        return plan(
            { stack, commit, executionId },
            {
                documents,
                log: logOf(context),
                stateVersion: () => state.version(),
                preview: async () => {
                    const opened = await state.open({});
                    const events: EngineEvent[] = [];
                    const request = { kind: "preview" as const, stack, parallel: engineWidth(settings.maxParallelBuilds), configFile, onEvent: (event: EngineEvent) => events.push(event) };
                    const { outcome } = await shield(() => operate(request, opened, { terminal, signal, now, lockOwners: async () => [] }));
                    return { outcome, events };
                },
                link: (key) =>
                    endpoint === undefined
                        ? `https://${region ?? "us-east-1"}.console.aws.amazonaws.com/s3/object/${recordsBucket}?region=${region ?? "us-east-1"}&prefix=${key}`
                        : `${endpoint}/${recordsBucket}/${key}`,
            },
        );
    },
};

/** @throws CommandFailure when there is no plan, the state moved under it, or it breaks a security rule. */
export async function plan({ stack, commit, executionId }: PlanRequest, ports: PlanPorts): Promise<Exports> {
    const { documents, log } = ports;
    const before = (await ports.stateVersion()) ?? NO_STATE;
    const { outcome, events } = await ports.preview();
    if (outcome !== "succeeded") {
        throw new CommandFailure(outcome === "interrupted" ? ExitCode.interrupted : ExitCode.failed, { given: "The preview failed; see above why.", next: "push a correction, and tag that." });
    }
    const after = (await ports.stateVersion()) ?? NO_STATE;
    if (after !== before) {
        throw new CommandFailure(ExitCode.refused, {
            given: "Somebody updated the stack while the plan was made.",
            allowed: "A plan is made from one state.",
            next: "retry the stage.",
        });
    }
    const { changes, desired } = plannedChanges(events);
    const findings = scanEach(desired);
    if (findings.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The plan breaks rules:\n${findings.map(({ rule, resource, problem }) => `    ${rule}: ${resource} ${problem}`).join("\n")}`,
            allowed: "What is deployed holds every rule of delivery/security/rules.ts.",
            next: "correct these and push.",
        });
    }
    const facts = { stack, commit, stateVersion: before, changes, risk: riskOf(changes) };
    const keys = recordKeys(stack);
    const report = keys.plan(executionId, "report.txt");
    await documents.write(report, reportOf(facts));
    await documents.write(keys.plan(executionId, "plan.json"), toRecord(facts));
    const summary = summaryOf(facts);
    log.say(summary);
    return { SUMMARY: summary, REPORT_URL: ports.link(report), NEEDS_APPROVAL: String(needsApproval(facts.risk)), STATE_VERSION: before };
}

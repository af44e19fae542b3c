import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { count } from "../../automation/text";
import { alarmNames } from "../../components/functions/alarmNames";
import type { Settings } from "../../components/settings/definitions";
import { type Canary, type CanaryPorts, type Move, releaseAsCanary } from "../canary";
import { alarmsOf, clockOf, functionsOf, logOf, projectOf, settingsOf } from "../edge/wire";
import { type FunctionsPort, LIVE } from "../functions";
import type { StepProgram } from "../step";

/** A function of the project. */
export interface ReleasedFunction {
    /** Physical name. */
    readonly name: string;
    /** Names in CloudWatch of the alarms that its manifest gives. */
    readonly alarms: readonly string[];
}

export interface ReleaseStepRequest {
    readonly release: Settings["release"];
    readonly canary: Canary;
    readonly functions: readonly ReleasedFunction[];
}

export interface ReleasePorts extends CanaryPorts {
    readonly functions: Pick<FunctionsPort, "aliasVersion" | "versions" | "version" | "moveAlias" | "shareAlias">;
}

export const releaseStep: StepProgram<"stack"> = {
    name: "release",
    summary: "Give all traffic to the newest versions, with `release: gradual` as a canary.",
    needs: ["stack"],
    run: async ({ root, environment, ...context }) => {
        const settings = settingsOf(root, environment.stack);
        const prefix = `${settings.project}-${settings.stack}`;
        const functions = projectOf(root, settings).functions.map(({ name, alarms }) => ({ name: `${prefix}-${name}`, alarms: alarmNames(`${prefix}-${name}`, alarms) }));
        const canary = { percent: settings.canaryPercent, seconds: settings.canarySeconds };
        const ports = { functions: functionsOf(environment), alarms: alarmsOf(environment), clock: clockOf(context), log: logOf(context) };
        await context.shield(() => release({ release: settings.release, canary, functions }, ports));
        return {};
    },
};

/**
 * With `gradual` moves every alias to the newest version; with `direct` the update has done so, which is checked.
 * @throws CommandFailure before any alias moves when one must not, and after all were put back when an alarm went off.
 */
export async function release({ release: mode, canary, functions }: ReleaseStepRequest, ports: ReleasePorts): Promise<void> {
    const moves = (await Promise.all(functions.map((released) => moveOf(released, ports)))).flat();
    if (mode === "direct" && moves.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `These aliases are not on the newest version: ${moves.map(describe).join(", ")}.`,
            allowed: "With `release: direct` the update itself moves them, after the smoke test.",
            next: "see the log of Deploy; somebody may have moved them by hand, which the next deployment corrects.",
        });
    }
    await refuseOtherRoles(moves, ports);
    await releaseAsCanary(moves, canary, ports);
    ports.log.say(`${count(functions.length, "function")}: ${moves.length} moved, ${functions.length - moves.length} on the newest version before.`);
}

async function moveOf({ name, alarms }: ReleasedFunction, { functions }: ReleasePorts): Promise<Move[]> {
    const [alias, versions] = await Promise.all([functions.aliasVersion(name, LIVE), functions.versions(name)]);
    const to = versions.at(-1);
    if (alias === undefined || to === undefined) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The function ${name} has ${to === undefined ? "no published version" : `no alias "${LIVE}"`}.`,
            next: "see the log of Deploy: it makes both.",
        });
    }
    return alias.version === to && !alias.weighted ? [] : [{ name, from: alias.version, to, alarms }];
}

/** Lambda refuses weights between versions of different roles; and a version that was tried with one role is not proved with another. */
async function refuseOtherRoles(moves: readonly Move[], { functions }: ReleasePorts): Promise<void> {
    const roles = await Promise.all(moves.map(({ name, from, to }) => Promise.all([functions.version(name, from), functions.version(name, to)])));
    const differing = moves.filter((_, index) => roles[index]?.[0].role !== roles[index]?.[1].role);
    if (differing.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The versions of these functions have different roles: ${differing.map(describe).join(", ")}.`,
            allowed: "Traffic moves between versions of one role.",
            next: "change the role in a release of its own, and move these aliases by hand once.",
        });
    }
}

function describe({ name, from, to }: Move): string {
    return `${name} (${from} → ${to})`;
}

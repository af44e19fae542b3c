import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { count } from "../../automation/text";
import type { Settings } from "../../components/settings/definitions";
import { functionsOf, logOf, projectOf, settingsOf } from "../edge/wire";
import { type FunctionsPort, LIVE } from "../functions";
import type { Log } from "../ports";
import type { StepProgram } from "../step";

export interface ReleaseStepRequest {
    readonly release: Settings["release"];
    /** Physical names. */
    readonly functions: readonly string[];
}

export interface ReleasePorts {
    readonly functions: Pick<FunctionsPort, "aliasVersion" | "versions" | "version" | "moveAlias">;
    readonly log: Log;
}

/** An alias that is not on the newest published version. */
interface Move {
    readonly name: string;
    readonly from: string;
    readonly to: string;
}

export const releaseStep: StepProgram<"stack"> = {
    name: "release",
    summary: "Give all traffic to the newest versions.",
    needs: ["stack"],
    run: async ({ root, environment, ...context }) => {
        const settings = settingsOf(root, environment.stack);
        const prefix = `${settings.project}-${settings.stack}`;
        const functions = projectOf(root, settings).functions.map(({ name }) => `${prefix}-${name}`);
        await release({ release: settings.release, functions }, { functions: functionsOf(environment), log: logOf(context) });
        return {};
    },
};

/**
 * With `gradual` moves every alias to the newest version; with `direct` the update has done so, which is checked.
 * @throws CommandFailure before any alias moves when one must not.
 */
export async function release({ release: mode, functions }: ReleaseStepRequest, ports: ReleasePorts): Promise<void> {
    const moves = (await Promise.all(functions.map((name) => moveOf(name, ports)))).flat();
    if (mode === "direct" && moves.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `These aliases are not on the newest version: ${moves.map(describe).join(", ")}.`,
            allowed: "With `release: direct` the update itself moves them, after the smoke test.",
            next: "see the log of Deploy; somebody may have moved them by hand, which the next deployment corrects.",
        });
    }
    await refuseOtherRoles(moves, ports);
    for (const { name, from, to } of moves) {
        await ports.functions.moveAlias(name, LIVE, to);
        ports.log.say(`✓ ${name}: ${LIVE} moved from version ${from} to ${to}`);
    }
    ports.log.say(`${count(functions.length, "function")}: ${moves.length} moved, ${functions.length - moves.length} on the newest version before.`);
}

async function moveOf(name: string, { functions }: ReleasePorts): Promise<Move[]> {
    const [alias, versions] = await Promise.all([functions.aliasVersion(name, LIVE), functions.versions(name)]);
    const to = versions.at(-1);
    if (alias === undefined || to === undefined) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The function ${name} has ${to === undefined ? "no published version" : `no alias "${LIVE}"`}.`,
            next: "see the log of Deploy: it makes both.",
        });
    }
    return alias.version === to && !alias.weighted ? [] : [{ name, from: alias.version, to }];
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

import { ExitCode } from "../automation/exitCodes";
import { CommandFailure, messageOf } from "../automation/failure";
import { count } from "../automation/text";
import { type FunctionsPort, LIVE } from "./functions";
import type { Clock, Log } from "./ports";

/** How much of the traffic a new version gets first, and how long that is watched. */
export interface Canary {
    /** Of the calls, 1 to 50. */
    readonly percent: number;
    readonly seconds: number;
}

/** An alias that is not on the newest published version. */
export interface Move {
    readonly name: string;
    readonly from: string;
    readonly to: string;
    /** Names in CloudWatch of the alarms that judge it. */
    readonly alarms: readonly string[];
}

/** Alarms by name. */
export interface AlarmsPort {
    /** States of those that exist. @throws where they cannot be read. */
    states(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface CanaryPorts {
    readonly functions: Pick<FunctionsPort, "moveAlias" | "shareAlias">;
    readonly alarms: AlarmsPort;
    readonly clock: Clock;
    readonly log: Log;
}

/** Milliseconds between two looks at the alarms: CloudWatch evaluates them once a minute, or more often. */
const LOOK = 10_000;
/** Milliseconds after which a watch gets a sign of life. */
const SIGN = 60_000;

/**
 * Gives the new versions a part of the traffic, watches the alarms of their functions, then gives them all of it. When an
 * alarm goes off, or can no longer be read, and when it is stopped, every alias goes back to where it was.
 *
 * One program for all functions, instead of a CodeDeploy deployment group for each: a release then succeeds or fails as
 * one, and needs neither a second role that may move traffic nor a resource for each function.
 * @throws CommandFailure before anything moves where an alarm is missing or on; after everything was put back where one went off.
 */
export async function releaseAsCanary(moves: readonly Move[], canary: Canary, ports: CanaryPorts): Promise<void> {
    const { functions, log } = ports;
    const judges = await quietAlarms(moves, ports);
    try {
        for (const { name, from, to } of moves.filter(({ from, to }) => from !== to)) {
            await functions.shareAlias(name, LIVE, from, { version: to, weight: canary.percent / 100 });
            log.say(`… ${name}: ${canary.percent} % of the calls to version ${to}, the others to ${from}`);
        }
        const reason = await watch(judges, canary.seconds, ports);
        if (reason !== undefined) {
            throw new CommandFailure(ExitCode.failed, {
                given: `${reason}, while ${canary.percent} % of the calls went to new versions.`,
                allowed: "A release goes on while the alarms of the functions that it moves stay quiet.",
                next: "see these functions' logs, mend them and release a new tag. All aliases are where they were before.",
            });
        }
    } catch (error) {
        await putBack(moves, ports, error);
        throw error;
    }
    for (const { name, from, to } of moves) {
        await functions.moveAlias(name, LIVE, to);
        log.say(`✓ ${name}: ${LIVE} moved from version ${from} to ${to}`);
    }
}

/** All alarms of the functions to be moved. One that is on already could not tell a bad version: a release that was turned back and is started again would pass. */
async function quietAlarms(moves: readonly Move[], { alarms, log }: CanaryPorts): Promise<readonly string[]> {
    const names = [...new Set(moves.flatMap((move) => move.alarms))].sort();
    const states = names.length === 0 ? new Map<string, string>() : await alarms.states(names);
    const missing = names.filter((name) => !states.has(name));
    if (missing.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `CloudWatch does not have ${count(missing.length, "alarm")} of the functions to be released: ${missing.join(", ")}.`,
            allowed: "A release is judged by the alarms that the manifests give.",
            next: "see the log of Deploy, which makes them; then release again. Nothing was moved.",
        });
    }
    const on = names.filter((name) => states.get(name) === "ALARM");
    if (on.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `${count(on.length, "alarm")} of the functions to be released ${on.length === 1 ? "is" : "are"} on already: ${on.join(", ")}.`,
            allowed: "A release begins while they are quiet: one that is on cannot tell whether the new version is good.",
            next: "start this release again when they are quiet; where it is itself the mend, set `release: direct` in the stack's file for it. Nothing was moved.",
        });
    }
    moves.filter((move) => move.alarms.length === 0).forEach(({ name }) => log.say(`! ${name} has no alarm in its manifest: nothing judges it`));
    return names;
}

/** @returns why the release must not go on; undefined when the time is over and all was quiet. */
async function watch(names: readonly string[], seconds: number, { alarms, clock, log }: CanaryPorts): Promise<string | undefined> {
    if (names.length === 0) {
        return undefined;
    }
    const begun = clock.now();
    const end = begun + seconds * 1_000;
    for (let sign = begun + SIGN; clock.now() < end; ) {
        await clock.sleep(Math.min(LOOK, end - clock.now()));
        let states: ReadonlyMap<string, string>;
        try {
            states = await alarms.states(names);
        } catch (error) {
            return `The alarms cannot be read (${messageOf(error)})`;
        }
        const on = names.filter((name) => states.get(name) === "ALARM");
        const gone = names.filter((name) => !states.has(name));
        if (on.length > 0 || gone.length > 0) {
            return [...on.map((name) => `The alarm ${name} went off`), ...gone.map((name) => `The alarm ${name} is no longer there`)].join(", ");
        }
        if (clock.now() >= sign) {
            log.say(`… ${count(names.length, "alarm")} quiet for ${Math.round((clock.now() - begun) / 1_000)} s of ${seconds} s`);
            sign += SIGN;
        }
    }
    return undefined;
}

/** All of them, also when one fails: then its name and what to do are in the error. */
async function putBack(moves: readonly Move[], { functions, log }: CanaryPorts, cause: unknown): Promise<void> {
    const failed: string[] = [];
    for (const { name, from } of moves) {
        try {
            await functions.moveAlias(name, LIVE, from);
            log.say(`✗ ${name}: ${LIVE} back to version ${from}`);
        } catch (error) {
            failed.push(`${name} (version ${from}): ${messageOf(error)}`);
        }
    }
    if (failed.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `${messageOf(cause)}\n  These aliases could not be put back: ${failed.join("; ")}.`,
            allowed: "After a release that failed, every alias is on the version from before.",
            next: `run aws lambda update-alias --name ${LIVE} --function-name NAME --function-version VERSION --routing-config AdditionalVersionWeights={} for each.`,
        });
    }
}

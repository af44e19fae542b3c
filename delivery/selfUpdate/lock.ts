import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { formatDuration } from "../../automation/duration";
import type { LockOwner, LockPort, Ports } from "../ports";
import { poll } from "./wait";

/**
 * Waits until nobody holds the stack's lock: the engine refuses at once where it would have to wait. A lock whose owner
 * is certainly gone is broken.
 * @param buildId the build that asks; it holds no lock of its own while it does.
 * @throws CommandFailure when the budget, in milliseconds, is used up.
 */
export async function waitForLock(ports: Pick<Ports, "lock" | "clock" | "log">, buildId: string, budget: number): Promise<void> {
    const { lock, clock, log } = ports;
    let shown: string | undefined;
    let last: LockOwner | undefined;
    const free = await poll(clock, budget, async () => {
        const owner = await lock.owner();
        if (owner === undefined) {
            return true;
        }
        if (await isDead(lock, owner, buildId)) {
            log.say(`Breaking the lock of ${describeLock(owner)}: its build has ended.`);
            await lock.break(owner);
            return undefined;
        }
        if (shown !== owner.lock) {
            log.say(`Waiting for ${describeLock(owner)}.`);
            shown = owner.lock;
        }
        last = owner;
        return undefined;
    });
    if (free === undefined) {
        throw new CommandFailure(ExitCode.locked, {
            given: `The stack is still locked${last === undefined ? "" : ` by ${describeLock(last)}`} after ${formatDuration(budget / 1000)}.`,
            allowed: "One update at a time; only the lock of a build that has ended is broken without asking.",
            next: 'look whether that update still runs; if it does not, "pulumi cancel" removes its lock.',
        });
    }
}

/**
 * Whether a lock cannot belong to anybody any more: every build that registered itself on the owner's host has ended. A
 * host without a build is a person's machine, and a person is never overruled.
 */
export async function isDead(lock: Pick<LockPort, "buildFinished">, owner: LockOwner, buildId: string): Promise<boolean> {
    if (owner.runsHere || owner.builds.length === 0) {
        return false;
    }
    for (const build of owner.builds) {
        if (build !== buildId && !(await lock.buildFinished(build))) {
            return false;
        }
    }
    return true;
}

function describeLock({ user, host, pid, since, builds }: LockOwner): string {
    return `${user}@${host}, process ${pid}, since ${since}${builds.length === 0 ? "" : ` (${builds.join(", ")})`}`;
}

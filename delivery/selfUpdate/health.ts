import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { count } from "../../automation/text";
import type { PendingOperation, Ports } from "../ports";
import { shortUrn } from "./propertyDiff";

const IMAGE = "docker:index/image:Image";

/**
 * Looks for operations that a killed update left unfinished. Images that were being created are forgotten, since the next
 * build finds in the registry whatever was pushed. A resource that was being updated is read back, because it may be the
 * new one while the state has the old one. About anything else only a person can know what became of it.
 * @throws CommandFailure with the commands that mend it; LockedError when somebody took the lock.
 */
export async function mendPendingOperations({ state, log }: Pick<Ports, "state" | "log">): Promise<void> {
    const pending = await state.pendingOperations();
    const images = pending.filter(isImage);
    const updates = pending.filter(({ kind }) => kind === "updating");
    const unknown = pending.filter((operation) => !isImage(operation) && operation.kind !== "updating");
    if (unknown.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `An earlier update was cut off during ${count(unknown.length, "operation")}:\n${unknown.map(({ kind, urn }) => `    ${kind} ${urn}`).join("\n")}`,
            allowed: "A self-update goes on only from a state in which every resource is known.",
            next: 'see whether these exist; "pulumi refresh --clear-pending-creates" forgets them, "--import-pending-creates" adopts them; then retry the stage.',
        });
    }
    if (images.length > 0) {
        log.say(`Forgetting ${count(images.length, "image")} that a killed update was creating.`);
        await state.clearPendingImages();
    }
    if (updates.length > 0) {
        log.say(`Reading back ${count(updates.length, "resource")} that a killed update was changing: ${updates.map(({ urn }) => shortUrn(urn)).join(", ")}.`);
        await state.refreshDelivery();
    }
}

function isImage({ kind, type }: PendingOperation): boolean {
    return kind === "creating" && type === IMAGE;
}

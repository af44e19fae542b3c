import type { Lambda } from "@aws-sdk/client-lambda";
import type { AwsContext } from "../clients";

/** Waits until the function can be invoked and changed; fails with Lambda's own reason when it never will. */
export async function ready(lambda: Lambda, name: string, context: AwsContext, qualifier?: string): Promise<void> {
    await context.waitFor(`function "${name}" to become active`, async () => {
        const found = await lambda.getFunctionConfiguration({ FunctionName: name, Qualifier: qualifier });
        if (found.State === "Failed") {
            throw new Error(`function "${name}" is in state Failed (${found.StateReasonCode ?? "no code"}): ${found.StateReason ?? "no reason was given"}`);
        }
        if (found.LastUpdateStatus === "Failed") {
            throw new Error(
                `the last change of function "${name}" failed (${found.LastUpdateStatusReasonCode ?? "no code"}): ${found.LastUpdateStatusReason ?? "no reason was given"}`,
            );
        }
        // An idle function is Inactive: it wakes up when it is invoked.
        const usable = found.State === undefined || found.State === "Active" || found.State === "Inactive";
        return usable && found.LastUpdateStatus !== "InProgress" ? true : undefined;
    });
}

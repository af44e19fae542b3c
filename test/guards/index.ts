import { settleOutputs } from "../support/valueOf";
import { duplicateRegistrations } from "../support/mockEngine";
import { floatingFailures } from "./floatingFailures";

/**
 * Root hooks of every suite. Under mocks the Pulumi SDK accepts what the engine refuses, and mocha passes a test whose
 * assertion sits in an `apply` that nobody awaits; each of these would let a broken promise look kept.
 */
export const mochaHooks = {
    beforeAll(): void {
        floatingFailures.listen();
    },
    async afterEach(): Promise<void> {
        await settleOutputs();
        const duplicates = duplicateRegistrations();
        const failures = floatingFailures.take();
        if (duplicates.length > 0) {
            throw new Error(`Registered twice, which the engine refuses as a duplicate URN: ${duplicates.join(", ")}. Give each resource a name of its own.`);
        }
        if (failures.length > 0) {
            throw new Error(failures.join("\n"));
        }
    },
};

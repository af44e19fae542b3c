/** Where the records of a delivery stand in the bucket; roles name these prefixes. */
export interface RecordKeys {
    readonly intent: string;
    readonly lastKnownGood: string;
    /** The commit that the last update of the whole stack brought up. */
    readonly deployed: string;
    restart(commit: string): string;
    readonly lockOwners: string;
    /** @param name file of a plan's report. */
    plan(executionId: string, name: string): string;
    /** @param hash of the inputs that a suite was proved with. */
    verified(hash: string): string;
    testResults(commit: string): string;
}

export function recordKeys(stack: string): RecordKeys {
    const below = `delivery/${stack}`;
    return {
        intent: `${below}/intent.json`,
        lastKnownGood: `${below}/last-known-good.json`,
        deployed: `${below}/deployed.json`,
        restart: (commit) => `${below}/restarts/${commit}.json`,
        lockOwners: `${below}/locks-owners/`,
        plan: (executionId, name) => `${below}/plans/${executionId}/${name}`,
        verified: (hash) => `${below}/verified/${hash}.json`,
        testResults: (commit) => `${below}/test-results/${commit}.json`,
    };
}

/** The release manifest that a stack's delivery of a commit wrote. */
export function releaseKey(stack: string, commit: string): string {
    return `releases/${stack}/${commit}.json`;
}

/** Where a stack's releases are marked as deployed by another one. */
export function deployedReleaseKey(stack: string, commit: string): string {
    return `releases/${stack}/${commit}.deployed.json`;
}

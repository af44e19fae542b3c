import * as pulumi from "@pulumi/pulumi";

/** What `apply` can do beyond its declared type (@pulumi/pulumi, output.ts): run for unknown values, too. */
interface AppliesToUnknown<T> {
    apply<U>(func: (value: T) => U, runWithUnknowns: true): pulumi.Output<U>;
}

/**
 * An output of a resource, or a stand-in for it where the resource failed or was skipped in this update. The dependency
 * stays, so the engine skips whatever is made with the stand-in. Without one it would ask the provider to check inputs
 * that lack what is required, and the refusal ends the whole update, queued builds of other images included (engine
 * 3.230, deployment_executor.go: an error of `handleSingleEvent` cancels, also with `--continue-on-error`).
 * In previews the unknown stays unknown.
 */
export function orIfFailed<T>(output: pulumi.Output<T>, instead: T): pulumi.Output<T> {
    if (pulumi.runtime.isDryRun()) {
        return output;
    }
    return (output as unknown as AppliesToUnknown<T>).apply((value) => (pulumi.isUnknown(value) ? instead : value), true);
}

/** Stands for the address of an image that could not be built. */
export const NO_IMAGE = `failed@sha256:${"0".repeat(64)}`;

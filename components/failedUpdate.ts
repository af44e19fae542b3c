import * as pulumi from "@pulumi/pulumi";

/** By which Pulumi's runner tells that errors have been shown (`cmd/run`, nodeJSProcessExitedAfterLoggingUserActionableMessage). */
const ALREADY_REPORTED = 32;

/**
 * Makes the program end as failed where one of its resources failed, so that the engine deletes nothing in that update.
 * With `PULUMI_CONTINUE_ON_ERROR` it would still delete what the program no longer declares, such as the image that a new
 * one was to replace, while what could not be updated refers to it: a state that no later update can read (engine 3.230,
 * "refers to missing dependency"). To be called before anything is declared. A program that runs inside of another one
 * ends by its caller, who does not continue on errors.
 */
export function deleteNothingAfterFailure(): void {
    if (pulumi.runtime.isDryRun() || !/[\\/]cmd[\\/]run/.test(process.argv[1] ?? "")) {
        return;
    }
    pulumi.runtime.registerStackTransformation(({ resource }) => {
        // Its id is an output only when its constructor has ended.
        queueMicrotask(() => void failWith(resource));
        return undefined;
    });
}

async function failWith(resource: pulumi.Resource): Promise<void> {
    if (!pulumi.CustomResource.isInstance(resource)) {
        return;
    }
    const { isKnown } = resource.id as unknown as { readonly isKnown: Promise<boolean> };
    // A rejection is shown by whoever waits for the resource.
    if (!(await isKnown.catch(() => true))) {
        process.exitCode = ALREADY_REPORTED;
    }
}

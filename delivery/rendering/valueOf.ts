import * as pulumi from "@pulumi/pulumi";

/** The parts of an output that tell how it settles. The SDK marks them as internal, and offers nothing else that settles on failure. */
interface Settling<T> {
    readonly isKnown: Promise<boolean>;
    promise(): Promise<T>;
}

function settling<T>(output: pulumi.Input<T>): Settling<T> {
    return pulumi.output(output) as unknown as Settling<T>;
}

/** The value of an output. Rejects for one that is unknown, because a test that asserts on it would pass without looking. */
export async function valueOf<T>(output: pulumi.Input<T>): Promise<T> {
    const inner = settling(output);
    if (!(await inner.isKnown)) {
        throw new Error("The output is unknown, so nothing can be asserted on it. Ask for a known one, or assert that it is unknown with isUnknown().");
    }
    return inner.promise();
}

export async function isUnknown(output: pulumi.Input<unknown>): Promise<boolean> {
    return !(await settling(output).isKnown);
}

/** Lets registrations and the applies behind them finish. */
export async function settleOutputs(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
    }
}

import { Checkout, UpDocument } from "./checkout";

interface Shared {
    readonly checkout: Checkout;
    /** What the very first `npm run local` in it said. */
    readonly first: UpDocument;
}

let shared: Promise<Shared> | undefined;

/**
 * One running checkout for all suites, because a first run costs a minute. A suite that changes it changes it back: the
 * next one finds the sources as committed and the stack up to date.
 */
export function sharedCheckout(): Promise<Shared> {
    shared ??= start();
    return shared;
}

/** Root hook of the suite: stops what was started, whatever failed. */
export const mochaHooks = {
    async afterAll(): Promise<void> {
        const started = await shared?.catch(() => undefined);
        await started?.checkout.remove();
    },
};

async function start(): Promise<Shared> {
    const checkout = Checkout.create("shared");
    try {
        return { checkout, first: await checkout.up() };
    } catch (error) {
        await checkout.remove();
        throw error;
    }
}

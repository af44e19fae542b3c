import { Checkout, CheckoutOptions, UpDocument } from "./checkout";

type Application = NonNullable<CheckoutOptions["application"]>;

interface Shared {
    readonly checkout: Checkout;
    /** What the very first `npm run local` in it said. */
    readonly first: UpDocument;
}

const shared = new Map<Application, Promise<Shared>>();

/**
 * One running checkout of each application for all suites, because a first run costs a minute. A suite that changes it
 * changes it back: the next one finds the sources as committed and the stack up to date.
 */
export function sharedCheckout(application: Application = "test"): Promise<Shared> {
    const started = shared.get(application) ?? start(application);
    shared.set(application, started);
    return started;
}

/** Root hook of the suite: stops what was started, whatever failed. */
export const mochaHooks = {
    async afterAll(): Promise<void> {
        for (const starting of shared.values()) {
            const started = await starting.catch(() => undefined);
            await started?.checkout.remove();
        }
    },
};

async function start(application: Application): Promise<Shared> {
    const checkout = Checkout.create(application === "test" ? "shared" : "lake", { application });
    try {
        return { checkout, first: await checkout.up(...(application === "test" ? [] : ["--no-demo"])) };
    } catch (error) {
        await checkout.remove();
        throw error;
    }
}

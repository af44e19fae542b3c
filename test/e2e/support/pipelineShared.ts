import { Checkout } from "./checkout";
import { Deliveries } from "./deliveries";
import { sharedCheckout } from "./shared";

export interface SharedPipeline {
    readonly checkout: Checkout;
    readonly deliveries: Deliveries;
    /** The first commit that the pipeline of `local-dev` delivered. */
    readonly base: string;
}

/** Of the unit tests, what a delivery in these suites runs, with what is compiled for it; all of them would take its Verify two minutes. */
const KEPT_TESTS = ["test/application", "test/guards/floatingFailures.ts", "test/guards/index.ts", "test/support", "test/components/images/gate.test.ts"];

let shared: Promise<SharedPipeline> | undefined;

/** The pipeline of stack `local-dev` after a first delivery, in the checkout of all suites. */
export function sharedPipeline(): Promise<SharedPipeline> {
    shared ??= start();
    return shared;
}

async function start(): Promise<SharedPipeline> {
    const { checkout } = await sharedCheckout();
    const deliveries = await Deliveries.create(checkout);
    await deliveries.keepOnly("test", KEPT_TESTS);
    const base = await deliveries.commit("Few tests");
    await deliveries.deliver(base);
    return { checkout, deliveries, base };
}

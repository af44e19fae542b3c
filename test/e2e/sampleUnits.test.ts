import { runningLocal } from "../../local/environment";
import { assertSuccess, Checkout, cleanEnvironment, run } from "./support/checkout";
import { sharedCheckout } from "./support/shared";

describe("the sample application's own tests", () => {
    let sample: Checkout;
    before(() => {
        sample = Checkout.create("sample", { application: "sample" });
    });
    after(() => sample?.remove());

    it("pass with the Python that the emulator brings", async () => {
        const { checkout } = await sharedCheckout();
        const local = await runningLocal(checkout.root);
        if (local === undefined) {
            throw new Error("the emulator of the shared checkout does not run");
        }
        const { stdout } = assertSuccess(await run(local.python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", "app"], sample.root, cleanEnvironment()));
        console.log(`      ${stdout.trimEnd().split("\n").at(-1) ?? ""}`);
    });
});

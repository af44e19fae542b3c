import { AssertionError } from "node:assert";

/** Collects what failed outside any `await`, so that the test at fault can be failed for it. */
class FloatingFailures {
    private readonly failures: string[] = [];
    private listening = false;

    listen(): void {
        if (!this.listening) {
            this.listening = true;
            process.on("unhandledRejection", (reason) => this.failures.push(describe(reason)));
        }
    }

    /** What failed since the last call. */
    take(): string[] {
        return this.failures.splice(0);
    }
}

export const floatingFailures = new FloatingFailures();

function describe(reason: unknown): string {
    if (reason instanceof AssertionError) {
        return `An assertion failed that no test awaited: ${reason.message}. Await the output through valueOf().`;
    }
    return `A promise was rejected that nothing awaited: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`;
}

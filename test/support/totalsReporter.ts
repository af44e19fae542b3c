import * as fs from "node:fs";
import * as path from "node:path";
import Mocha from "mocha";

/** The spec reporter, which also leaves the suite's totals in `$TEST_TOTALS_DIRECTORY/<suite>.json` for the closing line of CI. */
class TotalsReporter extends Mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions & { reporterOptions?: { suite?: string } }) {
        super(runner, options);
        const directory = process.env.TEST_TOTALS_DIRECTORY;
        const suite = options.reporterOptions?.suite ?? "unit";
        if (directory !== undefined) {
            runner.once("end", () => {
                const { passes, failures, pending } = this.stats;
                // A switched-off test is a promise that nobody checked.
                fs.writeFileSync(path.join(directory, `${suite}.json`), JSON.stringify({ passed: passes, failed: failures + pending }));
            });
        }
    }
}

export = TotalsReporter;

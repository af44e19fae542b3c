import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure, messageOf } from "../../automation/failure";
import { count } from "../../automation/text";
import { formatDuration } from "../../automation/duration";
import { differences } from "../../components/functions/smokeAnswer";
import type { FunctionModel } from "../../components/manifest/model";
import { type Documents, toRecord } from "../documents";
import { applicationTest } from "../edge/applicationTest";
import { clockOf, documentsOf, functionsOf, logOf, projectOf, settingsOf } from "../edge/wire";
import { type FunctionsPort, LIVE } from "../functions";
import { writeReport } from "../junit";
import { recordKeys } from "../keys";
import type { Clock, Log } from "../ports";
import type { StepProgram } from "../step";
import type { TestRecord, TestResult } from "../testResults";

export interface TestRequest {
    readonly commit: string;
    readonly executionId: string;
    readonly stack: string;
    /** `<project>-<stack>`. */
    readonly prefix: string;
    readonly functions: readonly Pick<FunctionModel, "name" | "smoke">[];
}

export interface TestPorts {
    readonly functions: Pick<FunctionsPort, "invoke">;
    readonly documents: Pick<Documents, "write">;
    readonly clock: Pick<Clock, "now">;
    readonly log: Log;
    /** The application's own tests of what is deployed; undefined where there are none. */
    readonly application?: () => Promise<void>;
    report(results: readonly TestResult[]): Promise<void>;
}

export const testStep: StepProgram<"stack" | "commit" | "executionId" | "recordsBucket"> = {
    name: "test",
    summary: "Call what was deployed as its users do, and write down whether this commit passed.",
    needs: ["stack", "commit", "executionId", "recordsBucket"],
    run: async (context) => {
        const { root, environment, signal } = context;
        const { stack, commit, executionId } = environment;
        const settings = settingsOf(root, stack);
        const prefix = `${settings.project}-${settings.stack}`;
        await test(
            { stack, commit, executionId, prefix, functions: projectOf(root, settings).functions },
            {
                functions: functionsOf(environment),
                documents: documentsOf(environment),
                clock: clockOf(context),
                log: logOf(context),
                application: applicationTest(root, { STACK_PREFIX: prefix }, signal),
                report: (results) => writeReport(root, "integration", results),
            },
        );
        return {};
    },
};

/** @throws CommandFailure when a test failed; the record says so as well then. */
export async function test(request: TestRequest, ports: TestPorts): Promise<TestRecord> {
    const { stack, commit, executionId, prefix, functions } = request;
    const { clock, log, application } = ports;
    const timed = async (suite: string, name: string, run: () => Promise<string | undefined>): Promise<TestResult> => {
        const since = clock.now();
        const failure = await run().catch(messageOf);
        const seconds = (clock.now() - since) / 1000;
        log.say(`${failure === undefined ? "✓" : "✗"} ${suite}: ${name}  ${formatDuration(seconds)}`);
        return failure === undefined ? { suite, name, seconds } : { suite, name, seconds, failure };
    };
    const calls = functions.flatMap(({ name, smoke }) => (smoke === undefined ? [] : [timed("functions", name, () => callProblem(`${prefix}-${name}`, smoke, ports))]));
    const results = await Promise.all(calls);
    if (application !== undefined) {
        results.push(await timed("application", "end to end", async () => application().then(() => undefined)));
    }
    const failed = results.filter(({ failure }) => failure !== undefined);
    const record: TestRecord = { commit, passed: failed.length === 0, executionId, at: new Date(clock.now()).toISOString(), results };
    await ports.report(results);
    await ports.documents.write(recordKeys(stack).testResults(commit), toRecord(record));
    if (failed.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: [`${count(failed.length, "test")} of ${results.length} failed:`, ...failed.map(({ suite, name, failure = "" }) => `    ${suite}: ${name}: ${failure}`)].join("\n"),
            next: "push a correction. What runs is what was deployed; to take it back, revert the commit and push.",
        });
    }
    return record;
}

/** What is wrong with a function's answer; undefined when it is as its manifest expects. */
async function callProblem(name: string, smoke: NonNullable<FunctionModel["smoke"]>, { functions }: TestPorts): Promise<string | undefined> {
    const { text, error, log } = await functions.invoke(name, LIVE, JSON.stringify(smoke.payload ?? null));
    const problems =
        error !== undefined
            ? [`the function ended with an error (${error}): ${text}`]
            : smoke.expect === undefined
              ? []
              : differences(smoke.expect, text === "" ? null : JSON.parse(text));
    return problems.length === 0 ? undefined : [...problems, ...(log === "" ? [] : ["Log of the call:", log])].join("\n");
}

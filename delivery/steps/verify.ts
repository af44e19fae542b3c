import { z } from "zod";
import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { formatDuration } from "../../automation/duration";
import { count } from "../../automation/text";
import { type Documents, parseRecord, toRecord } from "../documents";
import { clockOf, documentsOf, logOf } from "../edge/wire";
import { writeReport } from "../junit";
import { recordKeys } from "../keys";
import type { Clock, Log } from "../ports";
import type { StepProgram } from "../step";
import type { TestResult } from "../testResults";
import { inputsHash } from "../verify/inputs";
import { type Suite, SUITES, type SuiteTools } from "../verify/suites";

const proof = z.object({ suite: z.string(), commit: z.string(), tests: z.number(), at: z.string() });

/** That a suite passed with certain inputs. */
export type Proof = z.infer<typeof proof>;

export interface VerifyRequest {
    readonly stack: string;
    readonly commit: string;
    /** Version of Node.js. */
    readonly node: string;
    /** Content of the commit; undefined when the checkout differs from it, so that nothing can be said of the commit. */
    readonly tree?: readonly string[];
}

export interface VerifyPorts {
    readonly documents: Pick<Documents, "read" | "write">;
    readonly tools: SuiteTools;
    readonly clock: Pick<Clock, "now">;
    readonly log: Log;
    report(name: string, results: readonly TestResult[]): Promise<void>;
}

interface SuiteEnd {
    readonly suite: string;
    readonly results: readonly TestResult[];
    /** What proved it before; it did not run then. */
    readonly proof?: Proof;
}

export const verifyStep: StepProgram<"stack" | "recordsBucket"> = {
    name: "verify",
    summary: "Types, lint, all unit tests and the security rules; what was proved before with the same inputs is not run again.",
    needs: ["stack", "recordsBucket"],
    run: async (context) => {
        const { root, environment, signal } = context;
        const git: typeof import("../edge/git") = require("../edge/git");
        const tools: typeof import("../edge/suiteTools") = require("../edge/suiteTools");
        const { stack } = environment;
        const [commit, clean] = await Promise.all([git.checkedOut(root), git.isClean(root)]);
        const tree = clean ? await git.listTree(root, commit) : undefined;
        await verify(
            { stack, commit, node: process.versions.node, tree },
            {
                documents: documentsOf(environment),
                tools: tools.suiteTools(root, stack, process.env, signal),
                clock: clockOf(context),
                log: logOf(context),
                report: (name, results) => writeReport(root, name, results),
            },
        );
        return {};
    },
};

/** Runs all suites at once. @throws CommandFailure with every failure when one fails. */
export async function verify(request: VerifyRequest, ports: VerifyPorts, suites: readonly Suite[] = SUITES): Promise<readonly SuiteEnd[]> {
    const { log } = ports;
    if (request.tree === undefined) {
        log.say("The checkout differs from its commit: everything is run, and nothing is written down.");
    }
    const ends = await Promise.all(suites.map((suite) => runSuite(suite, request, ports)));
    const failed = ends.flatMap(({ results }) => results).filter(({ failure }) => failure !== undefined);
    if (failed.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: [`${count(failed.length, "check")} failed:`, ...failed.map(({ suite, name, failure = "" }) => `    ${suite}: ${name}\n${indented(failure)}`)].join("\n"),
            next: 'mend these and push; "npm test" and "npm run lint" show the same.',
        });
    }
    return ends;
}

async function runSuite(suite: Suite, request: VerifyRequest, ports: VerifyPorts): Promise<SuiteEnd> {
    const { documents, tools, clock, log } = ports;
    const { stack, commit, node, tree } = request;
    const key = tree === undefined ? undefined : recordKeys(stack).verified(inputsHash(suite.name, tree, suite.isInput, { node, stack }));
    const known = key === undefined ? undefined : await documents.read(key);
    if (key !== undefined && known !== undefined) {
        const found = parseRecord(key, known.text, proof);
        log.say(`= ${suite.name}: nothing that it depends on has changed since ${found.commit} (${count(found.tests, "test")} passed ${found.at})`);
        const results = [{ suite: suite.name, name: `proved by ${found.commit} with the same inputs (${count(found.tests, "test")})`, seconds: 0 }];
        await ports.report(suite.name, results);
        return { suite: suite.name, results, proof: found };
    }
    log.say(`… ${suite.name}`);
    const since = clock.now();
    const results = (await suite.run(tools)).map((result) => ({ suite: suite.name, ...result }));
    const failures = results.filter(({ failure }) => failure !== undefined).length;
    log.say(`${failures === 0 ? "✓" : "✗"} ${suite.name}: ${results.length - failures} passed, ${failures} failed  ${formatDuration((clock.now() - since) / 1000)}`);
    await ports.report(suite.name, results);
    if (failures === 0 && key !== undefined) {
        const now: Proof = { suite: suite.name, commit, tests: results.length, at: new Date(clock.now()).toISOString() };
        await documents.write(key, toRecord(now));
    }
    return { suite: suite.name, results };
}

/** Lines of a failure, below its name; a stack is cut where it repeats itself. */
function indented(text: string): string {
    return text
        .split("\n")
        .slice(0, 12)
        .map((line) => `        ${line}`)
        .join("\n");
}

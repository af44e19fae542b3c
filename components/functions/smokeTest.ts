import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { differences } from "./smokeAnswer";

/** Program that `smoke.ts` runs: invokes one version of a function and compares its answer. Exit status 1 on a difference. */
async function main(): Promise<void> {
    const { SMOKE_FUNCTION: name, SMOKE_VERSION: version, SMOKE_PAYLOAD: payload, SMOKE_EXPECT: expect } = process.env;
    if (name === undefined || version === undefined || payload === undefined) {
        throw new Error("SMOKE_FUNCTION, SMOKE_VERSION and SMOKE_PAYLOAD must be set; this program is run by the stack, not by hand.");
    }
    const lambda = new LambdaClient({});
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Qualifier: version, Payload: Buffer.from(payload), LogType: "Tail" }));
    const text = Buffer.from(answer.Payload ?? []).toString("utf8");
    const problems =
        answer.FunctionError !== undefined
            ? [`the function ended with an error (${answer.FunctionError}): ${text}`]
            : expect === undefined || expect === ""
              ? []
              : differences(JSON.parse(expect), text === "" ? null : JSON.parse(text));
    if (problems.length > 0) {
        const log = Buffer.from(answer.LogResult ?? "", "base64").toString("utf8").trim();
        throw new Error(
            [`Smoke test of ${name} version ${version} failed; the alias "live" stays where it was.`, ...problems, ...(log === "" ? [] : ["Log of the call:", log])].join("\n"),
        );
    }
    console.log(`version ${version} answered as expected`);
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
});

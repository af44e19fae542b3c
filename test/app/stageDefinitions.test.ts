import assert from "node:assert/strict";
import { type Stage, stageDefinition } from "../../app/stageDefinitions";

interface State {
    readonly Type: string;
    readonly Next?: string;
    readonly Default?: string;
    readonly Choices?: readonly { readonly Next: string }[];
    readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number; readonly BackoffRate: number }[];
    readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly ResultPath: string; readonly Next: string }[];
    readonly Parameters?: Readonly<Record<string, unknown>>;
    readonly ResultPath?: string | null;
    readonly OutputPath?: string;
}

const ENDS = ["Fail", "Succeed"];

function statesOf(stage: Stage): Readonly<Record<string, State>> {
    return stageDefinition(stage, (name) => `arn:${name}`).States as Readonly<Record<string, State>>;
}

const nextOf = ({ Next, Default, Choices = [], Catch = [] }: State): string[] => [Next ?? [], Default ?? [], ...Choices.map((choice) => choice.Next), ...Catch.map((one) => one.Next)].flat();

/** States that one can come to from another, itself included. */
function reachable(states: Readonly<Record<string, State>>, from: string): Set<string> {
    const found = new Set<string>();
    for (const open = [from]; open.length > 0; ) {
        const name = open.pop() ?? "";
        if (!found.has(name)) {
            found.add(name);
            open.push(...nextOf(states[name] ?? { Type: "" }));
        }
    }
    return found;
}

for (const stage of ["a", "b"] as const) {
    describe(`the definition of stage ${stage}`, () => {
        const states = statesOf(stage);
        const tasks = Object.entries(states).filter(([, { Type }]) => Type === "Task");

        it("names only states that there are, and comes to every one of them", () => {
            const dangling = Object.entries(states).flatMap(([name, state]) => nextOf(state).filter((next) => states[next] === undefined).map((next) => `${name} → ${next}`));
            assert.deepEqual(dangling, []);
            assert.deepEqual([...reachable(states, stageDefinition(stage, String).StartAt)].sort(), Object.keys(states).sort());
        });

        it("comes to an end from every state, and stops for good after an hour whatever happens", () => {
            for (const [name, state] of Object.entries(states)) {
                assert.equal(nextOf(state).length === 0, ENDS.includes(state.Type), name);
                assert.ok([...reachable(states, name)].some((one) => ENDS.includes(states[one]?.Type ?? "")), name);
            }
            assert.equal(stageDefinition(stage, String).TimeoutSeconds, 3_600);
        });

        it("tries every task again where Lambda asks for it, ever more slowly", () => {
            for (const [name, { Retry = [] }] of tasks.filter(([one]) => one !== "KeepMessage")) {
                const [{ ErrorEquals, MaxAttempts, BackoffRate }] = Retry;
                assert.ok(["Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"].every((error) => ErrorEquals.includes(error)), name);
                assert.ok(MaxAttempts >= 3 && BackoffRate > 1, name);
                assert.ok(!ErrorEquals.includes("States.ALL"), `${name}: what the function itself raises is no reason to call it again`);
            }
        });

        it("tries again to keep a message whatever goes wrong, since it would be lost", () => {
            const [{ ErrorEquals, MaxAttempts, BackoffRate }] = states.KeepMessage.Retry ?? [];
            assert.deepEqual(ErrorEquals, ["States.ALL"]);
            assert.ok(MaxAttempts >= 5 && BackoffRate > 1);
        });

        it("keeps the message after any failure of any task, with the input of the task and the error", () => {
            for (const [name, { Catch }] of tasks.filter(([one]) => one !== "KeepMessage")) {
                assert.deepEqual(Catch, [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "KeepMessage" }], name);
            }
            const { Parameters, Next, Catch } = states.KeepMessage;
            assert.equal(Parameters?.FunctionName, `arn:stage-${stage}-error`);
            assert.deepEqual([Next, Catch], ["Failed", undefined]);
        });

        it("fails only after the message was kept", () => {
            const before = Object.entries(states).filter(([, state]) => nextOf(state).includes("Failed")).map(([name]) => name);
            assert.deepEqual(before, ["KeepMessage"]);
        });

        it("hands the whole document to every step and goes on with its answer", () => {
            for (const [name, { Parameters = {}, OutputPath, ResultPath }] of tasks) {
                assert.equal(Parameters["Payload.$"], "$", name);
                const isAsynchronous = Parameters.InvocationType === "Event";
                assert.deepEqual([OutputPath, ResultPath], isAsynchronous ? [undefined, null] : ["$.Payload", undefined], name);
            }
        });
    });
}

describe("the definition of stage b", () => {
    it("looks at the job until it has ended, and keeps the batch with the job's reason if it failed", () => {
        const { CheckJob, IsFinished, Wait, JobFailed, StartJob } = statesOf("b");
        assert.deepEqual([StartJob.Next, Wait.Next, CheckJob.Next, IsFinished.Default], ["Wait", "CheckJob", "IsFinished", "Wait"]);
        assert.deepEqual([IsFinished.Choices?.map(({ Next }) => Next), JobFailed.Next], [["CrawlData", "JobFailed"], "KeepMessage"]);
        assert.equal(JobFailed.Parameters?.["Cause.$"], "$.job.reason");
    });
});

describe("the definition of stage a", () => {
    it("ends well at once for a duplicate", () => {
        const { PreUpdate, IsDuplicate } = statesOf("a");
        assert.equal(PreUpdate.Next, "IsDuplicate");
        assert.deepEqual([IsDuplicate.Choices?.map(({ Next }) => Next), IsDuplicate.Default], [["Done"], "ProcessObject"]);
    });
});

import type { FunctionModel, ProjectModel } from "../../components/manifest/model";
import type { Aws } from "../aws";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { physicalName } from "../functionNames";
import { isRecord } from "../json";
import type { StepLines } from "../steps";
import { cut } from "../text";
import type { StackNames } from "./flush";

export interface SmokeOptions extends StackNames {
    readonly model: ProjectModel;
    readonly aws: Pick<Aws, "invoke">;
    readonly steps: StepLines;
}

/** What shows an application of the user's own: the functions that declare a smoke test are called with it. */
export async function callSmokeTests(options: SmokeOptions): Promise<void> {
    const tested = options.model.functions.filter(({ smoke }) => smoke !== undefined);
    options.steps.report({
        step: "sample records",
        state: "reused",
        detail: `the sample application is not here; ${tested.length === 0 ? "no function has a smoke test to call" : "functions with a smoke test are called instead"}`,
    });
    for (const model of tested) {
        await call(options, model, JSON.stringify(model.smoke?.payload ?? {}));
    }
}

async function call({ aws, project, stack, steps }: SmokeOptions, model: FunctionModel, payload: string): Promise<void> {
    const invoke = async (): Promise<string> => {
        const { payload: answer, functionError } = await aws.invoke(physicalName(project, stack, model.name), payload, "live");
        if (functionError !== undefined) {
            throw new CommandFailure(ExitCode.failed, {
                given: `${model.name} failed (${functionError}): ${cut(answer, 300)}`,
                next: `see npm run local:logs -- ${model.name}.`,
            });
        }
        return answer;
    };
    await steps.run(`direct call: ${model.name}`, invoke, (answer) => cut(describe(answer), 80));
}

function describe(answer: string): string {
    try {
        const value: unknown = JSON.parse(answer);
        return isRecord(value) && typeof value.message === "string" ? value.message : answer;
    } catch {
        return answer;
    }
}

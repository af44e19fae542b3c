import { z } from "zod";
import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { CodePipelineRunner } from "./runner";

const body = z
    .strictObject({
        /** Absent: whatever repository a pipeline fetches from, the checkout stands for it. */
        repository: z.string().min(1).optional(),
        branch: z.string().min(1).optional(),
        tag: z.string().min(1).optional(),
        commit: z.string().regex(/^[0-9a-f]{40}$/),
        message: z.string().optional(),
        paths: z.array(z.string()).default([]),
    })
    .refine(({ branch, tag }) => (branch === undefined) !== (tag === undefined), { error: "exactly one of branch and tag is needed" });

/**
 * Answers `POST /_endpoint/push`, with which `npm run local:push` says what a Git host says on AWS. It is no call of AWS's.
 *
 * @returns `{executions: [ids]}`, those that the push started
 */
export function pushHandler(runner: CodePipelineRunner): (payload: JsonObject) => Promise<{ readonly executions: readonly string[] }> {
    return async (payload) => {
        const result = body.safeParse(payload);
        if (!result.success) {
            const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).toSorted();
            throw new AwsError("ValidationException", `${JSON.stringify(payload)} was given: ${problems.join("; ")}. Send {repository?, branch or tag, commit, paths}.`);
        }
        await runner.repository.push(result.data);
        return { executions: runner.push(result.data) };
    };
}

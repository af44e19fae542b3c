import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { quote } from "../../components/manifest/problem";
import type { ResourceChange } from "../ports";
import { digest } from "./fingerprint";
import { shortUrn } from "./propertyDiff";

/** What the run stands on, whether the state protects it or not; by type and, where not all of a type are, physical name. */
const KERNEL: readonly { readonly type: string; readonly name?: RegExp }[] = [
    { type: "aws:codepipeline/pipeline:Pipeline" },
    { type: "aws:codebuild/project:Project", name: /-(?:self-update|deploy)$/ },
    { type: "aws:iam/role:Role" },
    { type: "aws:kms/key:Key" },
    { type: "aws:s3/bucket:Bucket" },
    { type: "aws:s3/bucketV2:BucketV2" },
];

/** Deletions and replacements under which the run would remove what it stands on, or what only a person may give up. */
export function kernelRemovals(changes: readonly ResourceChange[]): ResourceChange[] {
    return changes.filter((change) => (change.operation === "delete" || change.operation === "replace") && (change.protect || isKernel(change)));
}

function isKernel({ type, before }: ResourceChange): boolean {
    const name = typeof before?.["name"] === "string" ? before["name"] : "";
    return KERNEL.some((part) => part.type === type && (part.name === undefined || part.name.test(name)));
}

/** Names exactly these removals, so that a permission cannot be used for others. */
export function permissionFor(removals: readonly ResourceChange[]): string {
    return digest(removals.map(({ urn, operation }) => `${operation} ${urn}`).sort());
}

/**
 * Refuses to delete or replace a kernel resource, unless the release carries the permission for exactly that.
 * @throws CommandFailure with the way to get there without it.
 */
export function guardKernel(changes: readonly ResourceChange[], permission: string | undefined): void {
    const removals = kernelRemovals(changes);
    const needed = permissionFor(removals);
    if (removals.length === 0 || permission === needed) {
        return;
    }
    const list = removals.map(({ operation, urn }) => `    ${operation} ${shortUrn(urn)}`).join("\n");
    const given = permission === undefined ? "" : `\n  The permission ${quote(permission)} is for something else.`;
    throw new CommandFailure(ExitCode.refused, {
        given: `This commit would remove parts of the pipeline that the run itself stands on:\n${list}${given}`,
        allowed: [
            "Kernel parts are changed by expand and contract, in three releases:",
            "  1. add the new part beside the old one, under another name;",
            "  2. switch to the new part; the pipeline restarts and runs on it;",
            "  3. remove the old part, with the permission that this message then prints.",
        ].join("\n  "),
        next: `split the change like that; if this is step 3, release it with container-lambdas:kernelPermission set to ${quote(needed)}.`,
    });
}

import type { RoleName } from "../../components/deliveryPipeline/names";
import type { Scope } from "./scope";

/**
 * Who may take a role: one service, on behalf of one resource of this account. Without the second half any project that
 * somebody can create in the account could run as this role.
 */
export function serviceTrust(service: string, accountId: string, sourceArns: readonly string[]): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "OneSource",
                Effect: "Allow",
                Principal: { Service: service },
                Action: "sts:AssumeRole",
                Condition: {
                    StringEquals: { "aws:SourceAccount": accountId },
                    ArnEquals: { "aws:SourceArn": sourceArns.length === 1 ? sourceArns[0] : [...sourceArns].sort() },
                },
            },
        ],
    });
}

/** The service that uses a role. */
export function serviceOf(role: RoleName): string {
    return role === "pipeline" ? "codepipeline.amazonaws.com" : role === "events" ? "events.amazonaws.com" : "codebuild.amazonaws.com";
}

/** One role, one project. */
export function roleTrust(role: RoleName, { names, place, arn }: Scope): string {
    const source = role === "pipeline" ? names.pipelineArn : role === "events" ? arn("events", `rule/${names.eventRule}`) : names.projectArn(role);
    return serviceTrust(serviceOf(role), place.accountId, [source]);
}

import * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget";
import { rolePath } from "../../components/deliveryPipeline/names";
import { endedPattern, watchdogInput } from "../maintenanceProjects";
import { watchdogStartPolicies } from "../policies/maintenance";
import type { Scope, SeedPlace } from "../policies/scope";
import { serviceTrust } from "../policies/trust";
import { ServiceRole } from "./ServiceRole";

export interface WatchdogRulesArgs {
    /** The watchdog's project, whose name the rules' names begin with. */
    projectName: string;
    projectArn: pulumi.Input<string>;
    place: SeedPlace;
    /** The pipelines that are looked after. */
    scopes: readonly Pick<Scope, "environment" | "names">[];
}

/** For what no event tells: a build that was killed while it restarted a run. */
const SCHEDULE = "rate(30 minutes)";

/** When the watchdog looks after a pipeline: as soon as a run ends without delivering, and every half hour. */
export class WatchdogRules extends pulumi.ComponentResource {
    constructor(name: string, args: WatchdogRulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:WatchdogRules", name, {}, opts);
        const parent = this;
        const { projectName, projectArn, place, scopes } = args;
        const wanted = scopes.flatMap(({ environment: { stack }, names }) => [
            { key: `${stack}-ended`, ruleName: `${projectName}.${stack}.ended`, when: { eventPattern: JSON.stringify(endedPattern(names.pipeline)) }, input: watchdogInput(stack, names.pipeline) },
            { key: `${stack}-schedule`, ruleName: `${projectName}.${stack}.schedule`, when: { scheduleExpression: SCHEDULE }, input: watchdogInput(stack, names.pipeline) },
        ]);
        const arnOf = (ruleName: string): string => `arn:aws:events:${place.region}:${place.accountId}:rule/${ruleName}`;
        const role = new ServiceRole(
            `${name}-access`,
            {
                roleName: `${projectName}-events`,
                path: rolePath(place.project),
                description: "EventBridge starts the watchdog",
                trust: serviceTrust("events.amazonaws.com", place.accountId, wanted.map(({ ruleName }) => arnOf(ruleName))),
                policies: pulumi.output(projectArn).apply(watchdogStartPolicies),
            },
            { parent },
        );
        for (const { key, ruleName, when, input } of wanted) {
            const rule = new EventRule(`${name}-${key}`, { name: ruleName, ...when }, { parent });
            new EventTarget(`${name}-${key}-target`, { rule: rule.name, arn: projectArn, roleArn: role.arn, input }, { parent });
        }
        this.registerOutputs({});
    }
}

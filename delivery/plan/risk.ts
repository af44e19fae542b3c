import { UNKNOWN_MARKERS } from "../../components/previousOutputs";
import type { ResourceChange } from "../ports";
import { statementsOf } from "../security/resource";
import { describeChange } from "./changes";

/** From harmless to grave; a plan has the gravest of its changes. */
export type RiskClass = "nothing" | "ordinary" | "rights" | "destructive";

export interface Risk {
    readonly class: RiskClass;
    /** Resources that hold something and would go, or be made anew. */
    readonly losses: readonly string[];
    /** What somebody may do that nobody could before: `role: action on resource`. */
    readonly rights: readonly string[];
}

/** Types that hold nothing: made anew without a loss, or kept outside the state. */
const HOLDS_NOTHING: ReadonlySet<string> = new Set([
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/permission:Permission",
    "command:local:Command",
    "docker:index/image:Image",
    "pulumi:pulumi:StackReference",
]);

export function riskOf(changes: readonly ResourceChange[]): Risk {
    const losses = changes.filter(isLoss).map((change) => `${change.operation === "delete" ? "deleted" : "replaced"}: ${describeChange(change)}`);
    const rights = changes.flatMap(newRights).sort();
    const kind: RiskClass = losses.length > 0 ? "destructive" : rights.length > 0 ? "rights" : changes.length > 0 ? "ordinary" : "nothing";
    return { class: kind, losses: losses.sort(), rights };
}

/** Whether a person has to look before it is done, where that is left open. */
export function needsApproval({ class: kind }: Risk): boolean {
    return kind === "rights" || kind === "destructive";
}

function isLoss({ operation, type }: ResourceChange): boolean {
    const isResource = !HOLDS_NOTHING.has(type) && !type.startsWith("container-lambdas:") && !type.startsWith("pulumi:providers:");
    return isResource && (operation === "delete" || operation === "replace");
}

function newRights(change: ResourceChange): string[] {
    const had = new Set(rightsOf(change, change.before));
    return rightsOf(change, change.after)
        .filter((right) => !had.has(right))
        .map((right) => `${describeChange(change)}: ${right}`);
}

function rightsOf({ type }: ResourceChange, inputs: Readonly<Record<string, unknown>> | undefined): string[] {
    if (inputs === undefined) {
        return [];
    }
    if (type === "aws:lambda/permission:Permission") {
        return [`${String(inputs.principal)} may call, for ${known(inputs.sourceArn ?? inputs.sourceAccount ?? "any source")}`];
    }
    if (isUnknown(inputs.policy)) {
        return ["a policy that is known only when its resources exist"];
    }
    const statements = statementsOf({ type, name: "", inputs }).filter(({ effect }) => effect === "Allow");
    return statements.flatMap(({ actions, resources, principal }) =>
        actions.flatMap((action) => (resources.length === 0 ? [`${action} by ${JSON.stringify(principal)}`] : resources.map((resource) => `${action} on ${resource}`))),
    );
}

function isUnknown(value: unknown): boolean {
    return typeof value === "string" && UNKNOWN_MARKERS.includes(value);
}

function known(value: unknown): string {
    return isUnknown(value) ? "a source that does not exist yet" : String(value);
}

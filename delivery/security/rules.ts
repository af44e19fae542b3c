import { isRecord, stringMember } from "../../automation/json";
import { isForEverybody, refusesPlainTransport, type ScannedResource, type Statement, statementsOf } from "./resource";
import { secretProblems } from "./secrets";
import { unscopedReason } from "./unscoped";

/** One thing that must hold for every resource of some types, whatever else there is. */
export interface Rule {
    /** Stable; reports and exceptions name it. */
    readonly id: string;
    /** What must hold. */
    readonly promise: string;
    /** What is wrong with a resource; nothing where the rule does not concern it. */
    check(resource: ScannedResource): readonly string[];
}

const ROLE_POLICIES: ReadonlySet<string> = new Set(["aws:iam/policy:Policy", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"]);

/** Rules that look at one resource at a time, so that they hold for what is rendered and for what is planned. */
export const RULES: readonly Rule[] = [
    forStatements("iam-no-wildcard-action", "Roles are given actions by name.", ({ effect, actions }) =>
        effect === "Allow" ? actions.filter((action) => action.includes("*")).map((action) => `allows "${action}"`) : [],
    ),
    forStatements("iam-no-wildcard-resource", "Roles act on named resources; an action without a resource level stands in a list with its reason.", ({ effect, resources, actions }) =>
        effect === "Allow" && resources.includes("*") ? actions.filter((action) => unscopedReason(action) === undefined).map((action) => `allows "${action}" on every resource`) : [],
    ),
    {
        id: "policy-not-public",
        promise: "No policy lets everybody in.",
        check: (resource) =>
            statementsOf(resource)
                .filter((statement) => statement.effect === "Allow" && isForEverybody(statement) && Object.keys(statement.condition).length === 0)
                .map(({ sid }) => `statement "${sid}" allows everybody`),
    },
    forType("function-by-digest", "Functions run images by digest.", "aws:lambda/function:Function", ({ imageUri }) =>
        typeof imageUri === "string" && !/@sha256:[0-9a-f]{64}$/.test(imageUri) ? [`runs "${imageUri}"`] : [],
    ),
    forType("caller-has-source", "A service may call a function only for a named source.", "aws:lambda/permission:Permission", (inputs) =>
        inputs.principal === "*" ? publicCallProblem(inputs) : inputs.sourceArn === undefined && inputs.sourceAccount === undefined ? [`lets ${String(inputs.principal)} call for any source`] : [],
    ),
    forType("queue-encrypted", "Queues are encrypted.", "aws:sqs/queue:Queue", ({ sqsManagedSseEnabled, kmsMasterKeyId }) =>
        sqsManagedSseEnabled === true || kmsMasterKeyId !== undefined ? [] : ["has no encryption"],
    ),
    forType("repository-immutable", "Tags of images never move, and images are scanned.", "aws:ecr/repository:Repository", ({ imageTagMutability, imageScanningConfiguration }) => [
        ...(imageTagMutability === "IMMUTABLE" ? [] : [`has tags that are ${String(imageTagMutability ?? "MUTABLE")}`]),
        ...(isRecord(imageScanningConfiguration) && imageScanningConfiguration.scanOnPush === true ? [] : ["does not scan images when they are pushed"]),
    ]),
    forType("docker-only-in-build", "Only the step that builds images has Docker.", "aws:codebuild/project:Project", ({ name, environment }) =>
        isRecord(environment) && (environment.privilegedMode === true || environment.dockerServer !== undefined) && !String(name).endsWith("-build") ? [`gives Docker to "${String(name)}"`] : [],
    ),
    forType("build-private", "Builds are private, and their logs are kept by the account.", "aws:codebuild/project:Project", ({ projectVisibility }) =>
        projectVisibility === undefined || projectVisibility === "PRIVATE" ? [] : [`is ${String(projectVisibility)}`],
    ),
    forType("log-retention", "Logs expire.", "aws:cloudwatch/logGroup:LogGroup", ({ retentionInDays }) => (retentionInDays === undefined || retentionInDays === 0 ? ["keeps its events for ever"] : [])),
    forType("key-rotation", "Keys are rotated.", "aws:kms/key:Key", ({ enableKeyRotation }) => (enableKeyRotation === true ? [] : ["is never rotated"])),
    { id: "no-plain-secret", promise: "No secret stands in plain text.", check: secretProblems },
];

/** Whether one of a resource's statements refuses plain transport. */
export function hasTransportRule(resource: ScannedResource): boolean {
    return statementsOf(resource).some(refusesPlainTransport);
}

function publicCallProblem(inputs: Readonly<Record<string, unknown>>): string[] {
    // An address for everybody is what the function's manifest asked for, with `url: { authorization: none }`.
    return stringMember(inputs, "functionUrlAuthType") === "NONE" ? [] : ["lets everybody call"];
}

function forType(id: string, promise: string, type: string, problems: (inputs: Readonly<Record<string, unknown>>) => readonly string[]): Rule {
    return { id, promise, check: (resource) => (resource.type === type ? problems(resource.inputs) : []) };
}

/** A rule for the statements of roles' own policies. */
function forStatements(id: string, promise: string, problems: (statement: Statement) => readonly string[]): Rule {
    return { id, promise, check: (resource) => (ROLE_POLICIES.has(resource.type) ? statementsOf(resource).flatMap(problems) : []) };
}

import type { Problem } from "../manifest/problem";
import type { ActionDefinition, ConditionDefinition, PipelineDefinition, StageDefinition, Trigger } from "./definition";

const API = "CodePipeline API";
const GUIDE = "CodePipeline user guide, quotas";
const CONDITIONS = "CodePipeline user guide, stage conditions";

interface Limit {
    readonly minimum: number;
    readonly maximum: number;
    readonly source: string;
}

/** What CodePipeline takes; beyond it, an update would fail half-way, or the run. */
export const LIMITS = {
    pipelineName: { minimum: 1, maximum: 100, source: `${API}, PipelineName` },
    name: { minimum: 1, maximum: 100, source: `${API}, StageName and ActionName` },
    stages: { minimum: 2, maximum: 50, source: GUIDE },
    actionsOfStage: { minimum: 1, maximum: 50, source: GUIDE },
    runOrder: { minimum: 1, maximum: 999, source: `${API}, ActionRunOrder` },
    configurationValue: { minimum: 1, maximum: 1_000, source: `${API}, ActionConfigurationValue` },
    configurationKey: { minimum: 1, maximum: 50, source: `${API}, ActionConfigurationKey` },
    namespace: { minimum: 1, maximum: 100, source: `${API}, ActionNamespace` },
    artifactName: { minimum: 1, maximum: 100, source: `${API}, ArtifactName` },
    approvalTimeout: { minimum: 5, maximum: 86_400, source: `${API}, ActionDeclaration` },
    variables: { minimum: 0, maximum: 50, source: `${API}, PipelineDeclaration` },
    variableName: { minimum: 1, maximum: 128, source: `${API}, PipelineVariableName` },
    variableValue: { minimum: 1, maximum: 1_000, source: `${API}, PipelineVariableValue` },
    variableDescription: { minimum: 0, maximum: 200, source: `${API}, PipelineVariableDescription` },
    triggers: { minimum: 1, maximum: 50, source: `${API}, PipelineDeclaration` },
    pushes: { minimum: 1, maximum: 3, source: `${API}, GitConfiguration` },
    patterns: { minimum: 1, maximum: 8, source: `${API}, GitFilePathFilterCriteria` },
    pattern: { minimum: 1, maximum: 255, source: `${API}, GitFilePathPattern` },
    rules: { minimum: 1, maximum: 5, source: CONDITIONS },
    ruleName: { minimum: 1, maximum: 100, source: `${API}, RuleName` },
} as const satisfies Readonly<Record<string, Limit>>;

const NAME = /^[A-Za-z0-9.@_-]*$/;
const WORD = /^[A-Za-z0-9@_-]*$/;

/** What each kind of condition may end in (stage conditions; a retry is no condition's result). */
const RESULTS = { beforeEntry: ["FAIL", "SKIP"], onSuccess: ["FAIL", "ROLLBACK"], onFailure: ["ROLLBACK", "SKIP"] } as const;
/** Only these may decide that a stage is skipped. */
const SKIPPING_RULES = ["LambdaInvoke", "VariableCheck"];

/** Everything in a definition that CodePipeline would refuse, at once. */
export function limitProblems(file: string, definition: PipelineDefinition): Problem[] {
    const check = new Check(file);
    check.text("name", definition.name, LIMITS.pipelineName, NAME);
    check.count("stages", definition.stages.length, LIMITS.stages);
    check.unique("stages", definition.stages.map(({ name }) => name));
    check.count("variables", definition.variables.length, LIMITS.variables);
    for (const { name, defaultValue, description } of definition.variables) {
        check.text(`variables.${name}`, name, LIMITS.variableName, WORD);
        check.text(`variables.${name}.defaultValue`, defaultValue, LIMITS.variableValue);
        check.text(`variables.${name}.description`, description, LIMITS.variableDescription);
    }
    checkTriggers(check, definition.triggers);
    definition.stages.forEach((stage, index) => checkStage(check, stage, index === 0));
    checkArtifacts(check, definition.stages);
    return check.problems;
}

function checkTriggers(check: Check, triggers: readonly Trigger[] | undefined): void {
    if (triggers === undefined) {
        return;
    }
    check.count("triggers", triggers.length, LIMITS.triggers);
    check.unique("triggers", triggers.map(({ gitConfiguration }) => gitConfiguration.sourceActionName));
    for (const { gitConfiguration } of triggers) {
        const at = `triggers.${gitConfiguration.sourceActionName}.pushes`;
        check.count(at, gitConfiguration.pushes.length, LIMITS.pushes);
        gitConfiguration.pushes.forEach((push, index) => {
            const given = (["tags", "branches", "filePaths"] as const).filter((key) => push[key] !== undefined).join(" + ");
            if (!["tags", "branches", "branches + filePaths"].includes(given)) {
                check.add(`${at}[${index}]`, given, `is no combination that a filter may have (source: ${API}, GitPushFilter)`, "use tags, branches, or branches and filePaths");
            }
            for (const [key, filter] of Object.entries(push)) {
                for (const [list, patterns] of Object.entries(filter) as [string, string[]][]) {
                    check.count(`${at}[${index}].${key}.${list}`, patterns.length, LIMITS.patterns);
                    patterns.forEach((pattern) => check.text(`${at}[${index}].${key}.${list}`, pattern, LIMITS.pattern));
                }
            }
        });
    }
}

function checkStage(check: Check, stage: StageDefinition, first: boolean): void {
    check.text(stage.name, stage.name, LIMITS.name, NAME);
    check.count(`${stage.name}.actions`, stage.actions.length, LIMITS.actionsOfStage);
    check.unique(`${stage.name}.actions`, stage.actions.map(({ name }) => name));
    if (first && stage.beforeEntry !== undefined) {
        check.add(`${stage.name}.beforeEntry`, undefined, `is a condition of the source stage (source: ${CONDITIONS})`, "put it on a later stage");
    }
    for (const kind of ["beforeEntry", "onSuccess", "onFailure"] as const) {
        const condition = stage[kind]?.condition;
        if (condition !== undefined) {
            checkCondition(check, `${stage.name}.${kind}`, condition, RESULTS[kind]);
        }
    }
    const { onFailure } = stage;
    if (onFailure?.condition !== undefined && (onFailure.retryConfiguration !== undefined || onFailure.result === "RETRY")) {
        check.add(`${stage.name}.onFailure`, undefined, `has both a condition and a retry (source: ${CONDITIONS})`, "keep one of the two");
    }
    stage.actions.forEach((action) => checkAction(check, `${stage.name}.${action.name}`, action, first));
}

function checkCondition(check: Check, at: string, { result, rules }: ConditionDefinition, results: readonly string[]): void {
    if (!results.includes(result)) {
        check.add(`${at}.result`, result, `is no result of this condition (source: ${CONDITIONS})`, `use ${results.join(" or ")}`);
    }
    check.count(`${at}.rules`, rules.length, LIMITS.rules);
    check.unique(`${at}.rules`, rules.map(({ name }) => name));
    for (const { name, ruleTypeId, configuration } of rules) {
        check.text(`${at}.${name}`, name, LIMITS.ruleName, NAME);
        if (result === "SKIP" && !SKIPPING_RULES.includes(ruleTypeId.provider)) {
            check.add(`${at}.${name}`, ruleTypeId.provider, `cannot decide that a stage is skipped (source: ${CONDITIONS})`, `use ${SKIPPING_RULES.join(" or ")}`);
        }
        check.configuration(`${at}.${name}`, configuration);
    }
}

function checkAction(check: Check, at: string, action: ActionDefinition, first: boolean): void {
    check.text(at, action.name, LIMITS.name, NAME);
    check.number(`${at}.runOrder`, action.runOrder, LIMITS.runOrder);
    check.configuration(at, action.configuration);
    if (action.namespace !== undefined) {
        check.text(`${at}.namespace`, action.namespace, LIMITS.namespace, WORD);
    }
    if ((action.category === "Source") !== first) {
        check.add(at, action.category, `has the wrong stage: the first one holds all source actions and nothing else (source: ${API}, pipeline structure)`, "move it");
    }
    if (action.timeoutInMinutes !== undefined) {
        if (action.category === "Approval") {
            check.number(`${at}.timeoutInMinutes`, action.timeoutInMinutes, LIMITS.approvalTimeout);
        } else {
            check.add(`${at}.timeoutInMinutes`, action.timeoutInMinutes, `is for approvals only (source: ${GUIDE})`, "set the project's time-out instead");
        }
    }
}

function checkArtifacts(check: Check, stages: readonly StageDefinition[]): void {
    const made = new Set<string>();
    for (const { name, actions } of stages) {
        for (const action of actions.toSorted((a, b) => a.runOrder - b.runOrder)) {
            for (const artifact of (action.inputArtifacts ?? []).filter((input) => !made.has(input))) {
                check.add(`${name}.${action.name}.inputArtifacts`, artifact, `is an artifact that no earlier action makes (source: ${API}, pipeline structure)`, "name one that is made before");
            }
            for (const artifact of action.outputArtifacts ?? []) {
                check.text(`${name}.${action.name}.outputArtifacts`, artifact, LIMITS.artifactName, /^[A-Za-z0-9_-]*$/);
                if (made.has(artifact)) {
                    check.add(`${name}.${action.name}.outputArtifacts`, artifact, `is made twice (source: ${API}, pipeline structure)`, "choose another name");
                }
                made.add(artifact);
            }
        }
    }
}

/** Collects problems of one definition. */
class Check {
    readonly problems: Problem[] = [];

    constructor(private readonly file: string) {}

    add(key: string, value: string | number | undefined, rule: string, fix: string): void {
        this.problems.push({ file: this.file, key, ...(value === undefined ? {} : { value }), rule, fix });
    }

    text(key: string, text: string, limit: Limit, pattern?: RegExp): void {
        this.size(key, undefined, text.length, "characters", limit);
        if (pattern !== undefined && !pattern.test(text)) {
            this.add(key, text, `holds a character that is not allowed (source: ${limit.source})`, `use only ${pattern.source.slice(1, -2)}`);
        }
    }

    count(key: string, count: number, limit: Limit): void {
        this.size(key, undefined, count, "entries", limit);
    }

    number(key: string, value: number, limit: Limit): void {
        if (value < limit.minimum || value > limit.maximum) {
            this.add(key, value, `is out of range (${describe(limit)})`, `use ${limit.minimum} to ${limit.maximum}`);
        }
    }

    unique(key: string, names: readonly string[]): void {
        for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
            this.add(key, name, `is there twice (source: ${API}, pipeline structure)`, "choose another name");
        }
    }

    configuration(at: string, configuration: Readonly<Record<string, string>>): void {
        for (const [key, value] of Object.entries(configuration)) {
            this.text(`${at}.${key}`, key, LIMITS.configurationKey);
            this.text(`${at}.${key}`, value, LIMITS.configurationValue);
        }
    }

    private size(key: string, value: string | undefined, size: number, what: string, limit: Limit): void {
        if (size < limit.minimum || size > limit.maximum) {
            const fix = size > limit.maximum ? `remove at least ${size - limit.maximum}` : `add at least ${limit.minimum - size}`;
            this.add(key, value, `has ${size} ${what} (${describe(limit)})`, `${fix} ${what}`);
        }
    }
}

function describe({ minimum, maximum, source }: Limit): string {
    return `limit: ${minimum} to ${maximum}; source: ${source}`;
}

import { InvalidInputError, Problem } from "../manifest/problem";
import { Action, ApprovalAction, SOURCE_NAMESPACE, Stage, STAGES, stagesOf, STEP_EXPORTS, StepAction } from "./blueprint";
import type { ActionDefinition, PipelineDefinition, StageDefinition } from "./definition";
import { fingerprint } from "./fingerprint";
import { sortByDependencies } from "./graph";
import { limitProblems } from "./limits";
import { artifactsKeyArn, deliveryNames, DeliveryNames, PROJECT_OF, ProjectName, Step } from "./names";
import type { DeliveryOptions } from "./options";
import { ProjectDefinition, projectDefinitions } from "./projects";
import { referenceProblems } from "./references";
import { sourceConfiguration, sourceProvider, triggersOf } from "./source";

export interface RenderedDelivery {
    readonly pipeline: PipelineDefinition;
    readonly projects: ReadonlyMap<ProjectName, ProjectDefinition>;
}

const FILE = "delivery pipeline";
/** The one artifact: a reference to clone, not an archive, so that steps have git's history. */
const SOURCE_ARTIFACT = "Source";
/** Of every source action, whatever its provider. */
const SOURCE_EXPORTS = ["AuthorDate", "BranchName", "CommitId", "CommitMessage"];
const TESTING: readonly Step[] = ["test", "verify"];

/**
 * Makes a pipeline and its projects out of the blueprint: the same bytes for the same options, on every machine and
 * whatever the checkout holds.
 *
 * @throws InvalidInputError with everything that CodePipeline would refuse.
 */
export function renderDelivery(options: DeliveryOptions, blueprint: readonly Stage[] = STAGES): RenderedDelivery {
    const names = deliveryNames(options);
    const stages = stagesOf(options.kind, blueprint);
    const order = sortByDependencies(FILE, "stage", stages, blueprint.map(({ name }) => name));
    const projects = projectDefinitions(stages, names, options);
    const problems: Problem[] = [...order.problems];
    const pipeline: PipelineDefinition = {
        name: names.pipeline,
        roleArn: names.roleArn("pipeline"),
        pipelineType: "V2",
        // Every tag is meant, of pushes only the newest.
        executionMode: options.kind === "tag" ? "QUEUED" : "SUPERSEDED",
        artifactStores: [{ type: "S3", location: names.artifactBucket, encryptionKey: { type: "KMS", id: artifactsKeyArn(options) } }],
        variables: [{ name: "GENERATION", defaultValue: "0", description: "How often self-updates have restarted the delivery of this commit" }],
        ...triggersOf(options),
        stages: order.sorted.map((stage) => renderStage(stage, { names, options, projects, problems })),
    };
    if (problems.length === 0) {
        // Of stages and actions without an order, nothing else could be said that is true.
        problems.push(...limitProblems(FILE, pipeline), ...referenceProblems(FILE, pipeline, exportsOf(stages)));
    }
    if (problems.length > 0) {
        throw new InvalidInputError(problems);
    }
    return { pipeline, projects };
}

interface Rendering {
    readonly names: DeliveryNames;
    readonly options: DeliveryOptions;
    readonly projects: ReadonlyMap<ProjectName, ProjectDefinition>;
    readonly problems: Problem[];
}

function renderStage({ name, entry, actions }: Stage, rendering: Rendering): StageDefinition {
    const { sorted, ranks, problems } = sortByDependencies(`${FILE}, stage ${name}`, "action", actions);
    rendering.problems.push(...problems);
    return {
        name,
        ...(entry === undefined
            ? {}
            : {
                  beforeEntry: {
                      condition: {
                          result: entry.otherwise,
                          rules: [
                              {
                                  name: `${name}-entry`,
                                  ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
                                  configuration: { Variable: entry.variable, Operator: "EQ", Value: entry.equals },
                              },
                          ],
                      },
                  },
              }),
        actions: sorted.map((action) => ({ ...renderAction(action, rendering), runOrder: ranks.get(action.name) ?? 1 })),
    };
}

function renderAction(action: Action, rendering: Rendering): Omit<ActionDefinition, "runOrder"> {
    switch (action.kind) {
        case "source":
            return {
                name: action.name,
                category: "Source",
                owner: "AWS",
                provider: sourceProvider(rendering.options),
                version: "1",
                namespace: action.namespace,
                configuration: sourceConfiguration(rendering.options),
                outputArtifacts: [SOURCE_ARTIFACT],
            };
        case "step":
            return renderStep(action, rendering);
        case "approval":
            return renderApproval(action, rendering);
    }
}

function renderStep({ name, step, namespace, variables = {}, passesProjectHash }: StepAction, { names, projects }: Rendering): Omit<ActionDefinition, "runOrder"> {
    const project = PROJECT_OF[step];
    const all: Readonly<Record<string, string>> = {
        STEP: step,
        EXECUTION_ID: "#{codepipeline.PipelineExecutionId}",
        COMMIT: `#{${SOURCE_NAMESPACE}.CommitId}`,
        GENERATION: "#{variables.GENERATION}",
        ...(passesProjectHash === true ? { PROJECT_HASH: fingerprint(projects.get(project)) } : {}),
        ...variables,
    };
    return {
        name,
        category: TESTING.includes(step) ? "Test" : "Build",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        ...(namespace === undefined ? {} : { namespace }),
        configuration: {
            ProjectName: names.project(project),
            EnvironmentVariables: JSON.stringify(Object.entries(all).map(([key, value]) => ({ name: key, value, type: "PLAINTEXT" }))),
        },
        inputArtifacts: [SOURCE_ARTIFACT],
    };
}

function renderApproval({ name, summary, link }: ApprovalAction, { names, options }: Rendering): Omit<ActionDefinition, "runOrder"> {
    return {
        name,
        category: "Approval",
        owner: "AWS",
        provider: "Manual",
        version: "1",
        configuration: {
            NotificationArn: names.topicArn,
            CustomData: summary,
            ...(link === undefined ? {} : { ExternalEntityLink: link }),
        },
        timeoutInMinutes: options.approvalTimeoutMinutes,
    };
}

function exportsOf(stages: readonly Stage[]): ReadonlyMap<string, readonly string[]> {
    const actions = stages.flatMap((stage) => stage.actions);
    return new Map(
        actions.flatMap((action): [string, readonly string[]][] => {
            if (action.kind === "source") {
                return [[action.namespace, SOURCE_EXPORTS]];
            }
            return action.kind === "step" && action.namespace !== undefined ? [[action.namespace, STEP_EXPORTS[action.step]]] : [];
        }),
    );
}


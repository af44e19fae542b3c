import type { PipelineArgs, PipelineState } from "@pulumi/aws/codepipeline/pipeline";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { type PipelineInputs, sentPipeline, shownPipeline } from "./pipelineShape";
import { applyTags, lowerTagList, lowerTagMap, tagChange } from "./tags";
import type { State } from "./types";

/** Properties that only the newer type of pipelines has. */
const V2_ONLY = ["triggers", "variables"] as const satisfies readonly (keyof PipelineArgs)[];

/** What a change of these alone needs no new definition for. */
const TAGS: ReadonlySet<string> = new Set(["tags", "tagsAll"]);

/** The id is the pipeline's name. */
export const pipeline = resourceType<PipelineInputs, State<PipelineState>>({
    token: "aws:codepipeline/pipeline:Pipeline",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codepipeline",
    autoName: { property: "name", maximum: 100 },
    replaceOn: ["name"],
    defaults: { executionMode: "SUPERSEDED", pipelineType: "V1" },
    sets: ["artifactStores"],

    problems: (inputs) => [...typeProblems(inputs), ...storeProblems(inputs), ...stageProblems(inputs)],

    async create(inputs, { services, retry }) {
        const codepipeline = await services.codepipeline();
        const tags = lowerTagList(inputs.tagsAll);
        await retry(
            () => codepipeline.createPipeline({ pipeline: sentPipeline(inputs), tags: tags.length === 0 ? undefined : tags }),
            // A role that was made a moment ago cannot be assumed everywhere yet.
            (error) => isError(error, "InvalidStructureException") && error instanceof Error && error.message.includes("not authorized"),
        );
        return inputs.name;
    },

    async read(id, { services }, known) {
        const codepipeline = await services.codepipeline();
        const found = await orAbsent(codepipeline.getPipeline({ name: id }));
        const arn = found?.metadata?.pipelineArn;
        if (found?.pipeline === undefined || arn === undefined) {
            return undefined;
        }
        const answer = await orAbsent(codepipeline.listTagsForResource({ resourceArn: arn }));
        return { ...shownPipeline(found.pipeline, known), arn, tags: lowerTagMap(answer?.tags) };
    },

    async update(_id, inputs, { services }, { old, state, changed }) {
        const codepipeline = await services.codepipeline();
        // Every UpdatePipeline is a new version, which stops what waits in the old one: not for tags.
        if ([...changed].some((property) => !TAGS.has(property))) {
            await codepipeline.updatePipeline({ pipeline: sentPipeline(inputs) });
        }
        const resourceArn = String(state["arn"]);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => codepipeline.tagResource({ resourceArn, tags: lowerTagList(tags) }),
            (tagKeys) => codepipeline.untagResource({ resourceArn, tagKeys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.codepipeline()).deletePipeline({ name: id }));
    },
});

interface Problem {
    readonly property: string;
    readonly reason: string;
}

function typeProblems(inputs: PipelineInputs): Problem[] {
    if (inputs.pipelineType === "V2") {
        return [];
    }
    const given = V2_ONLY.filter((property) => inputs[property] !== undefined);
    const mode = inputs.executionMode ?? "SUPERSEDED";
    return [
        ...given.map((property) => ({ property, reason: `"${property}" is for pipelines of type V2, and this one is of type "${inputs.pipelineType ?? "V1"}": set pipelineType to "V2"` })),
        ...(mode === "SUPERSEDED"
            ? []
            : [{ property: "executionMode", reason: `"executionMode" is "${mode}", and a pipeline of type V1 has only SUPERSEDED: set pipelineType to "V2"` }]),
    ];
}

function storeProblems({ artifactStores }: PipelineInputs): Problem[] {
    const regions = artifactStores.map(({ region }) => region);
    if (regions.length === 1) {
        return regions[0] === undefined ? [] : [{ property: "artifactStores", reason: `the only artifact store has region "${regions[0]}", and only one of several has a region: leave it out` }];
    }
    const wrong = regions.length === 0 || regions.includes(undefined) || new Set(regions).size < regions.length;
    return wrong ? [{ property: "artifactStores", reason: `${regions.length} artifact stores were given: give one, or one for each region with its "region"` }] : [];
}

function stageProblems({ stages }: PipelineInputs): Problem[] {
    return [
        ...(stages.length < 2 ? [{ property: "stages", reason: `${stages.length} stages were given, and a pipeline has at least 2: add one` }] : []),
        ...stages.flatMap((stage, index) =>
            stage.actions.some(({ owner, provider }) => owner === "ThirdParty" && provider === "GitHub")
                ? [{ property: `stages[${index}]`, reason: 'the action provider "GitHub" of "ThirdParty" is not carried out by the emulator\'s stand-in: use "CodeStarSourceConnection" of "AWS"' }]
                : [],
        ),
    ];
}

import type { CodeBuild, Project } from "@aws-sdk/client-codebuild";
import type { ProjectState } from "@pulumi/aws/codebuild/project";
import { resourceType } from "../clients";
import { isError } from "../errors";
import { type ProjectInputs, sentProject, shownProject } from "./buildProjectShape";
import { lowerTagList, lowerTagMap } from "./tags";
import type { State } from "./types";

/** A limit that takes a limit away. */
const NO_LIMIT = -1;

/** The id is the ARN; an import takes the name as well. */
export const buildProject = resourceType<ProjectInputs, State<ProjectState>>({
    token: "aws:codebuild/project:Project",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codebuild_project",
    autoName: { property: "name", maximum: 255 },
    replaceOn: ["name"],
    defaults: { badgeEnabled: false, buildTimeout: 60, projectVisibility: "PRIVATE", queuedTimeout: 480 },
    computed: ["autoRetryLimit", "cache", "description", "encryptionKey", "logsConfig"],
    unsupported: [
        "buildBatchConfig",
        "fileSystemLocations",
        "projectVisibility",
        "resourceAccessRole",
        "secondaryArtifacts",
        "secondarySources",
        "secondarySourceVersions",
    ],
    sets: ["vpcConfig.securityGroupIds", "vpcConfig.subnets"],

    idOf: (state) => (typeof state["arn"] === "string" ? state["arn"] : undefined),

    problems: ({ source, cache }) => [
        ...(source.type === "NO_SOURCE" && source.buildspec === undefined
            ? [{ property: "source", reason: 'the source of type "NO_SOURCE" has no "buildspec", and nothing else could hold one: give it the text of one' }]
            : []),
        ...(source.type === "NO_SOURCE" && source.location !== undefined
            ? [{ property: "source", reason: `the source of type "NO_SOURCE" has location "${source.location}", and there is none: leave it out` }]
            : []),
        ...(cache?.type === "S3" && cache.location === undefined
            ? [{ property: "cache", reason: 'the cache of type "S3" has no "location": give it BUCKET/PREFIX' }]
            : []),
    ],

    async create(inputs, { services, retry }) {
        const codebuild = await services.codebuild();
        const { project } = await retry(
            () => codebuild.createProject({ ...sentProject(inputs), tags: lowerTagList(inputs.tagsAll) }),
            // "CodeBuild is not authorized to perform: sts:AssumeRole": a role that was made a moment ago.
            (error) => isError(error, "InvalidInputException") && error instanceof Error && error.message.includes("ot authorized to perform"),
        );
        return project?.arn ?? inputs.name;
    },

    async read(id, { services }) {
        const found = await projectOf(await services.codebuild(), id);
        return found === undefined ? undefined : { ...shownProject(found), tags: lowerTagMap(found.tags) };
    },

    async update(_id, inputs, { services }, { changed }) {
        const cleared = (property: keyof ProjectInputs): boolean => changed.has(property) && inputs[property] === undefined;
        await (await services.codebuild()).updateProject({
            ...sentProject(inputs),
            // What is not sent stays as it is; the list of tags is the whole of them.
            ...(cleared("concurrentBuildLimit") ? { concurrentBuildLimit: NO_LIMIT } : {}),
            ...(cleared("sourceVersion") ? { sourceVersion: "" } : {}),
            ...(cleared("vpcConfig") ? { vpcConfig: {} } : {}),
            tags: lowerTagList(inputs.tagsAll),
        });
    },

    /** Succeeds for what is not there. */
    async delete(id, _state, { services }) {
        await (await services.codebuild()).deleteProject({ name: nameOf(id) });
    },
});

async function projectOf(codebuild: CodeBuild, id: string): Promise<Project | undefined> {
    const { projects } = await codebuild.batchGetProjects({ names: [nameOf(id)] });
    return projects?.[0];
}

function nameOf(id: string): string {
    return id.replace(/^arn:.*:project\//, "");
}

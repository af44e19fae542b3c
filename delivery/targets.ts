import { type Deployment, resourcesOf } from "../automation/deployment";
import { DELIVERY_TYPE } from "../components/deliveryPipeline/names";
import { imageNames } from "../components/deliveryPipeline/programScope";
import { repositoryKey, type RepositoryLayout } from "../components/images/imagePlace";
import { FUNCTIONS_DIRECTORY, LAYER_DIRECTORY } from "../components/project";

/** Type of the component `ImageRepository`. */
export const IMAGE_REPOSITORY_TYPE = "container-lambdas:images:ImageRepository";

/** What the names of a repository's resources end with, after the component's. */
export const REPOSITORY_PARTS = ["repository", "lifecycle", "policy"] as const;

export interface TargetPlace {
    readonly project: string;
    readonly stack: string;
}

/**
 * Target patterns of a self-update: the pipeline with everything below it, and the repositories that its Build step will
 * push to and that do not exist yet. A component alone would create none of its children, and the engine would call that a
 * success: so each is named as itself and as the parent.
 *
 * Not those that exist: functions depend on them, and a resource that depends on a target and is not declared counts as
 * deleted (engine 3.230: "will be destroyed but was not specified in --target list"). Deploy brings them up to date.
 *
 * @param newRepositories as `missingRepositories` finds them
 */
export function deliveryTargets({ project, stack }: TargetPlace, newRepositories: readonly string[]): string[] {
    const all = `urn:pulumi:${stack}::${project}::**`;
    const repositories = newRepositories.flatMap((name) => [
        `${all}${IMAGE_REPOSITORY_TYPE}::${name}`,
        ...REPOSITORY_PARTS.map((part) => `${all}${IMAGE_REPOSITORY_TYPE}$**::${name}-${part}`),
    ]);
    return [`${all}${DELIVERY_TYPE}::**`, `${all}${DELIVERY_TYPE}$**`, ...repositories];
}

export interface RepositorySettings {
    readonly repositories: RepositoryLayout;
    readonly registry: "own" | "external";
}

/** Names of the repository components that the checkout needs and the state does not have, sorted. */
export function missingRepositories(root: string, settings: RepositorySettings, deployment: Deployment | undefined): string[] {
    if (settings.registry !== "own") {
        return [];
    }
    const names = imageNames(root, FUNCTIONS_DIRECTORY, LAYER_DIRECTORY).map((name) => repositoryKey(settings.repositories, { name }));
    const present = new Set((deployment === undefined ? [] : resourcesOf(deployment)).map(({ urn }) => urn));
    const stands = (name: string): boolean => [...present].some((urn) => urn.endsWith(`${IMAGE_REPOSITORY_TYPE}$aws:ecr/repository:Repository::${name}-repository`));
    return [...new Set(names)].filter((name) => !stands(name)).sort();
}

import type { PatternFilter, PipelineDeclaration, PushFilter } from "./declaration";
import { globToRegExp } from "./globs";

/** What was pushed to a repository. */
export interface PushEvent {
    readonly repository: string;
    readonly branch?: string;
    readonly tag?: string;
    readonly commit: string;
    readonly message?: string;
    /** Paths that changed. */
    readonly paths: readonly string[];
}

interface Patterns {
    readonly includes: readonly RegExp[];
    readonly excludes: readonly RegExp[];
}

interface Filter {
    readonly tags?: Patterns;
    readonly branches?: Patterns;
    readonly filePaths?: Patterns;
}

export interface PushTrigger {
    readonly action: string;
    readonly repository: string;
    readonly connection: string;
    /** One is enough. */
    readonly filters: readonly Filter[];
    /** Branch of the source action: what a trigger without filters watches. */
    readonly branch: string;
}

export function compileTriggers(declaration: PipelineDeclaration): readonly PushTrigger[] {
    const sources = declaration.stages[0]?.actions ?? [];
    return (declaration.triggers ?? []).map(({ gitConfiguration }) => {
        const { FullRepositoryId = "", ConnectionArn = "", BranchName = "" } =
            sources.find((action) => action.name === gitConfiguration.sourceActionName)?.configuration ?? {};
        return {
            action: gitConfiguration.sourceActionName,
            repository: FullRepositoryId,
            connection: ConnectionArn,
            filters: (gitConfiguration.push ?? []).map(compileFilter),
            branch: BranchName,
        };
    });
}

function compileFilter(filter: PushFilter): Filter {
    return {
        ...(filter.tags === undefined ? {} : { tags: compilePatterns(filter.tags) }),
        ...(filter.branches === undefined ? {} : { branches: compilePatterns(filter.branches) }),
        ...(filter.filePaths === undefined ? {} : { filePaths: compilePatterns(filter.filePaths) }),
    };
}

function compilePatterns(filter: PatternFilter): Patterns {
    return { includes: (filter.includes ?? []).map(globToRegExp), excludes: (filter.excludes ?? []).map(globToRegExp) };
}

/** The first trigger that the push satisfies. */
export function triggered(triggers: readonly PushTrigger[], event: PushEvent): PushTrigger | undefined {
    return triggers.find((trigger) => {
        if (trigger.repository !== event.repository) {
            return false;
        }
        return trigger.filters.length === 0 ? event.branch === trigger.branch : trigger.filters.some((filter) => passes(filter, event));
    });
}

/** A filter names tags, or branches and perhaps paths; of a push of a tag only tags are asked. */
function passes(filter: Filter, event: PushEvent): boolean {
    if (event.tag !== undefined) {
        return filter.tags !== undefined && selects(filter.tags, event.tag);
    }
    if (event.branch === undefined || (filter.branches === undefined && filter.filePaths === undefined)) {
        return false;
    }
    const { branch } = event;
    const paths = filter.filePaths;
    return (filter.branches === undefined || selects(filter.branches, branch)) && (paths === undefined || event.paths.some((path) => selects(paths, path)));
}

/** Excludes win over includes; without includes everything else is taken. */
function selects(patterns: Patterns, value: string): boolean {
    if (patterns.excludes.some((pattern) => pattern.test(value))) {
        return false;
    }
    return patterns.includes.length === 0 || patterns.includes.some((pattern) => pattern.test(value));
}

/** What steps ask of deployed functions. */
export interface FunctionsPort {
    /** Calls a version or alias and answers what it said. */
    invoke(name: string, qualifier: string, payload: string): Promise<{ readonly text: string; readonly error?: string; readonly version?: string; readonly log: string }>;
    /** The version that an alias points at; undefined when there is no such alias. */
    aliasVersion(name: string, alias: string): Promise<{ readonly version: string; readonly weighted: boolean } | undefined>;
    /** Numbers of published versions, oldest first. */
    versions(name: string): Promise<readonly string[]>;
    /** Role and image of a version. */
    version(name: string, version: string): Promise<{ readonly role: string }>;
    /** Points an alias at one version, and gives another a part of its calls. */
    shareAlias(name: string, alias: string, version: string, other: { readonly version: string; readonly weight: number }): Promise<void>;
    /** Points an alias at one version, with all traffic. */
    moveAlias(name: string, alias: string, version: string): Promise<void>;
}

/** The alias that every caller uses; see `ContainerFunction`. */
export const LIVE = "live";

import { type DeliveryNames, deliveryNames, functionBoundaryArn, type SeedNames, seedNames } from "../../components/deliveryPipeline/names";

/** Where a pipeline takes its commits from. */
export type SourceKind = "connection" | "codecommit";

/** One stack with a pipeline, as its settings file describes it. */
export interface Environment {
    readonly stack: string;
    /** What starts its pipeline: a push to a branch, or a tag. */
    readonly delivery: "branch" | "tag";
    /** The stack whose tested images it runs; its own when absent. */
    readonly releasesFrom?: string;
    readonly source: SourceKind;
    /** `owner/name` for a connection, the repository's name in CodeCommit. */
    readonly repository: string;
    /** Whether its pipeline may delete functions, log groups, buckets, queues and tables that the program no longer declares. */
    readonly removals: boolean;
    /** Whether its steps keep packages in the artifact bucket (`deliveryCache: s3`). */
    readonly s3Cache: boolean;
}

/** What exists once in an account, with the ARNs that only its creation gives. */
export interface SeedArns {
    readonly artifactsKeyArn: string;
    readonly secretsKeyArn: string;
    /** Empty where no stack uses one. */
    readonly connectionArn: string;
}

export interface SeedPlace {
    readonly project: string;
    readonly accountId: string;
    readonly region: string;
    /** Bucket of Pulumi's state where that is not the seed's own. @default the seed's state bucket */
    readonly engineBucket?: string;
}

/** Everything that the policies of one environment's roles are made of. */
export interface Scope {
    readonly environment: Environment;
    readonly place: SeedPlace;
    /** `<project>-<stack>`: start of every physical name of the stack. */
    readonly prefix: string;
    readonly names: DeliveryNames;
    readonly seed: SeedNames & SeedArns & { readonly boundaryArn: string };
    /** Bucket of Pulumi's state. */
    readonly engineBucket: string;
    /** Bucket of delivery records and release manifests. */
    readonly recordsBucket: string;
    /** `<project>-<stack>` of the stack that owns the images. */
    readonly imagePrefix: string;
    /** `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`. */
    arn(service: string, resource: string): string;
}

export function scopeOf(environment: Environment, place: SeedPlace, arns: SeedArns): Scope {
    const { project, accountId, region } = place;
    const { stack, releasesFrom } = environment;
    const seed = seedNames(place);
    return {
        environment,
        place,
        prefix: `${project}-${stack}`,
        names: deliveryNames({ project, stack, accountId, region }),
        seed: { ...seed, ...arns, boundaryArn: functionBoundaryArn(place) },
        engineBucket: place.engineBucket ?? seed.stateBucket,
        recordsBucket: seed.stateBucket,
        imagePrefix: `${project}-${releasesFrom ?? stack}`,
        arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    };
}

/** For names and trust policies, in which no ARN stands that only creation tells. */
export function plannedScope(environment: Environment, place: SeedPlace): Scope {
    return scopeOf(environment, place, { artifactsKeyArn: "", secretsKeyArn: "", connectionArn: "" });
}

/** What Lambda functions and schedules of a stack run as; see `ContainerFunction`. */
export function functionRoles({ place, prefix }: Scope): string {
    return `arn:aws:iam::${place.accountId}:role/${prefix}-*`;
}

/** Repositories of the stack that owns the images: one for each image, or one shared. */
export function repositories({ arn, imagePrefix }: Scope): string[] {
    return [arn("ecr", `repository/${imagePrefix}`), arn("ecr", `repository/${imagePrefix}/*`)];
}

export function objects(bucket: string, ...keys: readonly string[]): string[] {
    return keys.map((key) => `arn:aws:s3:::${bucket}/${key}`);
}

import { type Problem } from "../components/manifest/problem";

/** What a build is told by its project and by the action that started it. Frozen; read once. */
export interface DeliveryEnvironment {
    /** The stack that the pipeline delivers. */
    readonly stack?: string;
    /** Name of the pipeline. */
    readonly pipeline?: string;
    /** Id of the pipeline execution that this build belongs to. */
    readonly executionId?: string;
    /** The revision that is delivered, 40 hex digits. */
    readonly commit?: string;
    /** How often self-updates have restarted the delivery of this commit. */
    readonly generation?: string;
    /** Fingerprint of the settings of the project that runs this build. */
    readonly projectHash?: string;
    /** Version of the state that the shown plan was made from. */
    readonly stateVersion?: string;
    /** Bucket of state, delivery records and release manifests. */
    readonly recordsBucket?: string;
    /** The stack whose tested releases this one deploys. */
    readonly releasesFrom?: string;
    /** Where Pulumi keeps the state. */
    readonly backendUrl?: string;
    readonly region?: string;
    /** `project:uuid`. */
    readonly buildId?: string;
    /** Address of an emulator; absent on AWS. */
    readonly endpoint?: string;
}

export type EnvironmentKey = keyof DeliveryEnvironment;

/** An environment in which some values are certain. */
export type Having<K extends EnvironmentKey> = DeliveryEnvironment & Required<Pick<DeliveryEnvironment, K>>;

interface Variable {
    readonly names: readonly string[];
    readonly form: RegExp;
    /** Completes "must be …". */
    readonly allowed: string;
    /** Who sets it. */
    readonly from: "the project" | "the action" | "CodeBuild" | "the shell";
}

const STACK = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

const VARIABLES: Readonly<Record<EnvironmentKey, Variable>> = {
    stack: { names: ["STACK"], form: STACK, allowed: "the name of a stack", from: "the project" },
    pipeline: { names: ["PIPELINE"], form: /^[A-Za-z0-9.@_-]{1,100}$/, allowed: "the name of a pipeline (CodePipeline API, PipelineDeclaration)", from: "the project" },
    executionId: { names: ["EXECUTION_ID"], form: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, allowed: "the id of a pipeline execution", from: "the action" },
    commit: { names: ["COMMIT"], form: /^[0-9a-f]{40}$/, allowed: "a full commit id, 40 hex digits", from: "the action" },
    generation: { names: ["GENERATION"], form: /^\d{1,3}$/, allowed: "a number from 0 to 999", from: "the action" },
    projectHash: { names: ["PROJECT_HASH"], form: /^[0-9a-f]{8,64}$/, allowed: "8 to 64 hex digits", from: "the action" },
    stateVersion: { names: ["STATE_VERSION"], form: /^[^\s#{}]{1,1000}$/, allowed: "the STATE_VERSION that the step plan exported", from: "the action" },
    recordsBucket: { names: ["RECORDS_BUCKET"], form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, allowed: "the name of a bucket", from: "the project" },
    releasesFrom: { names: ["RELEASES_FROM"], form: STACK, allowed: "the name of a stack", from: "the project" },
    backendUrl: { names: ["PULUMI_BACKEND_URL"], form: /^(?:s3|file):\/\/\S+$/, allowed: "an s3:// or file:// address", from: "the project" },
    region: { names: ["AWS_REGION", "AWS_DEFAULT_REGION"], form: /^[a-z]{2}(?:-[a-z]+)+-\d$/, allowed: "an AWS region", from: "CodeBuild" },
    buildId: { names: ["CODEBUILD_BUILD_ID"], form: /^[A-Za-z0-9_-]+:[A-Za-z0-9-]+$/, allowed: "project:id", from: "CodeBuild" },
    endpoint: { names: ["AWS_ENDPOINT_URL"], form: /^https?:\/\/\S+$/, allowed: "an http(s) address", from: "the shell" },
};

/**
 * Reads everything that the environment says, and checks it at once. An empty value counts as absent: a variable of an
 * action cannot be left out where it has nothing to say.
 * @param needed what this step cannot do without.
 */
export function readEnvironment<K extends EnvironmentKey>(
    environment: Readonly<Record<string, string | undefined>>,
    needed: readonly K[],
): { readonly environment?: Having<K>; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const values: Partial<Record<EnvironmentKey, string>> = {};
    for (const key of Object.keys(VARIABLES) as EnvironmentKey[]) {
        const { names, form, allowed, from } = VARIABLES[key];
        const name = names.find((one) => (environment[one] ?? "") !== "");
        if (name === undefined) {
            if ((needed as readonly EnvironmentKey[]).includes(key)) {
                problems.push({ file: "environment", key: names[0], rule: `is not set; it must be ${allowed}`, fix: fixOf(names[0] ?? "", from) });
            }
            continue;
        }
        const value = environment[name] ?? "";
        if (form.test(value)) {
            values[key] = value;
        } else {
            problems.push({ file: "environment", key: name, value, rule: `must be ${allowed}`, fix: fixOf(name, from) });
        }
    }
    return problems.length > 0 ? { problems } : { environment: Object.freeze(values) as Having<K>, problems };
}

function fixOf(name: string, from: Variable["from"]): string {
    return from === "the shell" ? `correct ${name}, or unset it` : `${from} of the pipeline sets it; outside of a build export ${name} yourself`;
}

import { UserError } from "../host/errors";
import type { Account } from "../framework/operations";
import { isObject, type Plain, type Properties } from "../framework/values";
import { type ClientOptions, clients, type Credentials, type ServiceName, type Services } from "./clients";

/** Attempts of one API call, the first included; the SDK waits longer after each. */
const MAX_ATTEMPTS = 6;

/** Configuration of the real provider that would change what happens and that the stand-in does not carry out. */
const UNSUPPORTED = ["assumeRoleWithWebIdentity", "httpProxy", "httpsProxy", "ignoreTags", "profile", "sharedConfigFiles", "sharedCredentialsFiles"];

/** Names of the real provider's `endpoints` and of the environment's variables for each of our services. */
const ENDPOINT_NAMES: Readonly<Record<ServiceName, { readonly config: readonly string[]; readonly variable: string }>> = {
    athena: { config: ["athena"], variable: "ATHENA" },
    cloudwatch: { config: ["cloudwatch"], variable: "CLOUDWATCH" },
    codebuild: { config: ["codebuild"], variable: "CODEBUILD" },
    codeconnections: { config: ["codeconnections"], variable: "CODECONNECTIONS" },
    codepipeline: { config: ["codepipeline"], variable: "CODEPIPELINE" },
    codestarnotifications: { config: ["codestarnotifications"], variable: "CODESTAR_NOTIFICATIONS" },
    dynamodb: { config: ["dynamodb"], variable: "DYNAMODB" },
    ecr: { config: ["ecr"], variable: "ECR" },
    eventbridge: { config: ["eventbridge", "events", "cloudwatchevents"], variable: "EVENTBRIDGE" },
    glue: { config: ["glue"], variable: "GLUE" },
    iam: { config: ["iam"], variable: "IAM" },
    kms: { config: ["kms"], variable: "KMS" },
    lambda: { config: ["lambda"], variable: "LAMBDA" },
    logs: { config: ["logs", "cloudwatchlogs"], variable: "CLOUDWATCH_LOGS" },
    s3: { config: ["s3", "s3api"], variable: "S3" },
    scheduler: { config: ["scheduler"], variable: "SCHEDULER" },
    sfn: { config: ["sfn", "stepfunctions"], variable: "SFN" },
    sns: { config: ["sns"], variable: "SNS" },
    sqs: { config: ["sqs"], variable: "SQS" },
    ssm: { config: ["ssm"], variable: "SSM" },
    sts: { config: ["sts"], variable: "STS" },
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Region, endpoints, credentials and default tags, as the real provider takes them from configuration and environment. */
export async function configure(config: Properties, environment: Environment, connect: typeof clients = clients): Promise<Account<Services>> {
    const region = text(config["region"]) ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "";
    const problems = [...unsupported(config), ...(region === "" ? [noRegion()] : [])];
    const endpoints = new Map<ServiceName, string>();
    for (const service of Object.keys(ENDPOINT_NAMES).sort() as ServiceName[]) {
        const endpoint = endpointOf(service, config, environment);
        if (endpoint !== undefined) {
            endpoints.set(service, endpoint);
        }
    }
    problems.push(...endpointProblems(endpoints));
    if (problems.length > 0) {
        throw new UserError(problems.join("\n"));
    }

    const own = credentials(config, environment);
    const optionsFor = (wanted: string, given: ClientOptions["credentials"]) => (service: ServiceName): ClientOptions => ({
        region: wanted,
        endpoint: endpoints.get(service) ?? "",
        maxAttempts: MAX_ATTEMPTS,
        ...(given === undefined ? {} : { credentials: given }),
    });
    const assumed = roleCredentials(config, connect(optionsFor(region, own)));
    const byRegion = new Map<string, Services>();
    const servicesFor = (wanted: string): Services => {
        const services = byRegion.get(wanted) ?? connect(optionsFor(wanted, assumed ?? own));
        byRegion.set(wanted, services);
        return services;
    };
    await checkAccount(config, servicesFor(region));
    return { region, defaultTags: defaultTags(config), servicesFor };
}

function unsupported(config: Properties): string[] {
    return UNSUPPORTED.filter((name) => config[name] !== undefined).map(
        (name) => `configuration aws:${name}: the emulator's stand-in does not carry it out: remove it, or use the official provider`,
    );
}

function noRegion(): string {
    return 'no region: neither "aws:region" nor AWS_REGION is set. Set one of them, like us-east-1';
}

function endpointOf(service: ServiceName, config: Properties, environment: Environment): string | undefined {
    const names = ENDPOINT_NAMES[service];
    const sets = Array.isArray(config["endpoints"]) ? (config["endpoints"] as readonly Plain[]).filter(isObject) : [];
    const configured = sets.flatMap((set) => names.config.map((name) => text(set[name]))).find((url) => url !== undefined);
    return configured ?? environment[`AWS_ENDPOINT_URL_${names.variable}`] ?? environment["AWS_ENDPOINT_URL"];
}

function endpointProblems(endpoints: ReadonlyMap<ServiceName, string>): string[] {
    const missing = (Object.keys(ENDPOINT_NAMES) as ServiceName[]).filter((service) => !endpoints.has(service)).sort();
    const real = [...new Set(endpoints.values())].filter((url) => /(^|\.)amazonaws\.com(\.cn)?$/.test(hostOf(url))).sort();
    const next = 'Run "eval $(npm run -s local:env)" for the emulator, or remove this provider from PATH to use the official one';
    return [
        ...(missing.length > 0
            ? [`no endpoint for ${missing.join(", ")}: AWS_ENDPOINT_URL is not set. This pulumi-resource-aws serves an emulator only, never AWS itself. ${next}`]
            : []),
        ...real.map((url) => `endpoint "${url}" is AWS itself: this pulumi-resource-aws serves an emulator only. ${next}`),
    ];
}

function hostOf(url: string): string {
    return URL.canParse(url) ? new URL(url).hostname : "";
}

/** Undefined leaves it to the SDK's own search (shared files, containers). */
function credentials(config: Properties, environment: Environment): Credentials | undefined {
    const accessKeyId = text(config["accessKey"]) ?? environment["AWS_ACCESS_KEY_ID"];
    const secretAccessKey = text(config["secretKey"]) ?? environment["AWS_SECRET_ACCESS_KEY"];
    const sessionToken = text(config["token"]) ?? (config["accessKey"] === undefined ? environment["AWS_SESSION_TOKEN"] : undefined);
    if (accessKeyId === undefined || secretAccessKey === undefined) {
        return undefined;
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** `assumeRoles`: one role; a chain of several is not carried out. */
function roleCredentials(config: Properties, caller: Services): (() => Promise<Credentials>) | undefined {
    const roles = Array.isArray(config["assumeRoles"]) ? (config["assumeRoles"] as readonly Plain[]).filter(isObject) : [];
    const [role] = roles;
    const roleArn = text(role?.["roleArn"]);
    if (role === undefined || roleArn === undefined) {
        return undefined;
    }
    if (roles.length > 1) {
        throw new UserError(`configuration aws:assumeRoles: ${roles.length} roles were given, the emulator's stand-in assumes one: give one, or use the official provider`);
    }
    return async () => {
        const sts = await caller.sts();
        const { Credentials: given } = await sts.assumeRole({
            RoleArn: roleArn,
            RoleSessionName: text(role["sessionName"]) ?? "pulumi",
            ExternalId: text(role["externalId"]),
        });
        return {
            accessKeyId: given?.AccessKeyId ?? "",
            secretAccessKey: given?.SecretAccessKey ?? "",
            sessionToken: given?.SessionToken,
            expiration: given?.Expiration,
        };
    };
}

async function checkAccount(config: Properties, services: Services): Promise<void> {
    const allowed = strings(config["allowedAccountIds"]);
    const forbidden = strings(config["forbiddenAccountIds"]);
    if (allowed.length === 0 && forbidden.length === 0) {
        return; // asking costs a call, and nobody wants to know
    }
    const account = await services.accountId();
    if (forbidden.includes(account) || (allowed.length > 0 && !allowed.includes(account))) {
        const rule = allowed.length > 0 ? `allowed are ${[...allowed].sort().join(", ")}` : `forbidden are ${[...forbidden].sort().join(", ")}`;
        throw new UserError(`the credentials belong to account "${account}": ${rule} (aws:${allowed.length > 0 ? "allowedAccountIds" : "forbiddenAccountIds"}). Use credentials of the right account, or correct the setting`);
    }
}

function defaultTags(config: Properties): Readonly<Record<string, string>> {
    const tags = isObject(config["defaultTags"]) ? config["defaultTags"]["tags"] : undefined;
    return isObject(tags) ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])) : {};
}

function text(value: Plain | undefined): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function strings(value: Plain | undefined): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}

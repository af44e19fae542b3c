import { deliveryNames } from "../deliveryPipeline/names";
import type { Problem } from "../manifest/problem";
import type { SettingName, Settings } from "./definitions";
import { DELIVERY_DEFINITIONS, DeliverySettings } from "./deliveryDefinitions";
import type { SettingFault } from "./settingValue";

/** Makes a problem at a setting; the value is shown unless told otherwise. */
export type ProblemAt = (name: SettingName, fault: SettingFault, showValue?: boolean) => Problem;

/** S3's limit for the name of a bucket; the artifact bucket's is the longest name of a pipeline for its limit. */
const BUCKET_NAME_LIMIT = 63;

/** What is wrong between the settings of a delivery, which are right by themselves. Nothing where there is none. */
export function deliveryRules(settings: Settings, problem: ProblemAt): Problem[] {
    if (settings.delivery === "none") {
        return [];
    }
    return [
        ...missing(settings, problem),
        ...sourceRules(settings, problem),
        ...(settings.delivery === "branch" ? branchRules(settings, problem) : tagRules(settings, problem)),
        ...nameRules(settings, problem),
    ];
}

function missing(settings: Settings, problem: ProblemAt): Problem[] {
    const needed: readonly (keyof DeliverySettings)[] = [
        "repository",
        ...(settings.deliverySource === "connection" ? (["connectionArn"] as const) : []),
    ];
    return needed
        .filter((name) => settings[name] === undefined)
        .map((name) =>
            problem(
                name,
                {
                    rule: `is missing, while \`delivery\` is ${settings.delivery}`,
                    fix: `run npm run bootstrap, which writes it, or set it with pulumi config set ${name} ${exampleOf(name)}`,
                },
                false,
            ),
        );
}

function sourceRules({ deliverySource, repository, connectionArn }: Settings, problem: ProblemAt): Problem[] {
    const problems: Problem[] = [];
    if (deliverySource === "connection" && repository !== undefined && !repository.includes("/")) {
        problems.push(problem("repository", { rule: "has no owner, while `deliverySource` is connection", fix: "write OWNER/NAME" }));
    }
    if (deliverySource === "codecommit" && repository?.includes("/") === true) {
        problems.push(
            problem("repository", {
                rule: "has an owner, while `deliverySource` is codecommit",
                fix: "write the name alone, or set `deliverySource` to connection",
            }),
        );
    }
    if (deliverySource === "codecommit" && connectionArn !== undefined) {
        problems.push(
            problem("connectionArn", {
                rule: "has no effect, while `deliverySource` is codecommit",
                fix: "remove it, or set `deliverySource` to connection",
            }),
        );
    }
    return problems;
}

function branchRules({ images, registry, release, releasesFrom }: Settings, problem: ProblemAt): Problem[] {
    const problems: Problem[] = [];
    if (images === "release" || registry === "external") {
        problems.push(
            problem(
                "delivery",
                { rule: "is branch, while images come from another stack: there is nothing to build", fix: "set `delivery` to tag" },
                false,
            ),
        );
    }
    if (release === "gradual") {
        problems.push(
            problem("release", {
                rule: "is gradual, while `delivery` is branch: nobody would move the alias",
                fix: "set `release` to direct, or `delivery` to tag",
            }),
        );
    }
    if (releasesFrom !== undefined) {
        problems.push(
            problem("releasesFrom", { rule: "has no effect, while `delivery` is branch", fix: "remove it, or set `delivery` to tag" }),
        );
    }
    return problems;
}

/** Seconds that a Release takes besides its watch: its start, and the calls for two hundred functions. */
const RELEASE_WORK = 300;

function tagRules({ stack, images, registry, release, canarySeconds, stepTimeoutMinutes, releasesFrom }: Settings, problem: ProblemAt): Problem[] {
    const problems: Problem[] = [];
    const longest = stepTimeoutMinutes * 60 - RELEASE_WORK;
    if (release === "gradual" && canarySeconds > longest) {
        problems.push(
            problem("canarySeconds", {
                rule: `is above ${longest}: the step would be stopped after its ${stepTimeoutMinutes} minutes, ${RELEASE_WORK} s of which it needs for its work`,
                fix: "watch for a shorter time, or raise `stepTimeoutMinutes`",
            }),
        );
    }
    if (images !== "release") {
        problems.push(
            problem("images", {
                rule: `is ${images}, while \`delivery\` is tag: a tag deploys what was built and tested before`,
                fix: "set `images` to release, or `delivery` to branch",
            }),
        );
    } else if (registry === "own") {
        problems.push(
            problem("registry", {
                rule: "is own, while `delivery` is tag: images stay in the registry of the stack that built them",
                fix: "set `registry` to external",
            }),
        );
    }
    if (releasesFrom === undefined) {
        problems.push(
            problem(
                "releasesFrom",
                { rule: "is missing, while `delivery` is tag", fix: "name the stack that builds and tests: pulumi config set releasesFrom dev" },
                false,
            ),
        );
    } else if (releasesFrom === stack) {
        problems.push(
            problem("releasesFrom", { rule: "is this very stack, which builds nothing", fix: "name the stack that builds and tests" }),
        );
    }
    return problems;
}

function nameRules({ project, stack, region }: Settings, problem: ProblemAt): Problem[] {
    const { artifactBucket } = deliveryNames({ project, stack, region, accountId: "0".repeat(12) });
    const excess = artifactBucket.length - BUCKET_NAME_LIMIT;
    const rule = `the derived artifact bucket name has ${artifactBucket.length} characters (limit: ${BUCKET_NAME_LIMIT}; source: S3 API)`;
    return excess <= 0
        ? []
        : [problem("delivery", { rule, fix: `shorten the name of project or stack by at least ${excess} characters in total` }, false)];
}

function exampleOf(name: keyof DeliverySettings): string {
    const definition = DELIVERY_DEFINITIONS[name];
    return definition.kind === "text" ? definition.example : String(definition.default);
}

import { REPORTING_PROJECTS } from "../../components/deliveryPipeline/buildspec";
import type { ProjectName } from "../../components/deliveryPipeline/names";
import { objects, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";

/** What every step of a pipeline needs: its own log and report, the pipeline's input, the repository. */
export function buildBase(step: ProjectName, scope: Scope): PolicyStatement[] {
    const { names, seed, place, arn, environment } = scope;
    const throughS3 = { StringEquals: { "kms:ViaService": `s3.${place.region}.amazonaws.com` } };
    return [
        // Not the right to create the group: one that came back by itself would keep its events for ever.
        allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [arn("logs", `log-group:${names.logGroup(step)}:*`)]),
        ...(REPORTING_PROJECTS.includes(step)
            ? [allow("OwnReports", ["codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"], [names.reportGroupArn(step)])]
            : []),
        allow("ReadInput", ["s3:GetObject", "s3:GetObjectVersion"], objects(names.artifactBucket, "*")),
        allow("OpenInput", ["kms:Decrypt"], [seed.artifactsKeyArn], throughS3),
        // Each step has a cache of its own: what one that runs tests leaves is never run by one that deploys.
        ...(environment.s3Cache
            ? [
                  allow("Cache", ["s3:PutObject"], objects(names.artifactBucket, `cache/${step}/*`)),
                  allow("EncryptCache", ["kms:GenerateDataKey"], [seed.artifactsKeyArn], throughS3),
              ]
            : []),
        ...repositoryAccess(scope),
    ];
}

/** The clone that a step makes itself. */
export function repositoryAccess({ environment: { source, repository }, seed, arn }: Scope): PolicyStatement[] {
    if (source === "codecommit") {
        return [allow("CloneRepository", ["codecommit:GitPull"], [arn("codecommit", repository)])];
    }
    return useConnection(seed.connectionArn, repository);
}

/** Both prefixes: the service was renamed, and which name AWS checks depends on when the connection was made. */
export function useConnection(connectionArn: string, repository: string): PolicyStatement[] {
    return ["codeconnections", "codestar-connections"].map((service) =>
        allow(
            service === "codeconnections" ? "UseConnection" : "UseConnectionFormerName",
            [`${service}:UseConnection`],
            [connectionArn.replace(/:code(?:star-)?connections:/, `:${service}:`)],
            { StringEquals: { [`${service}:FullRepositoryId`]: repository } },
        ),
    );
}

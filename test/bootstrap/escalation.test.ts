import assert from "node:assert/strict";
import type { RoleName } from "../../components/deliveryPipeline/names";
import { logStatement, grantStatements, networkStatement, secretStatement, streamStatement, deadLetterStatement, accessesOf } from "../../components/functions/statements";
import type { ResourceKind } from "../../components/manifest/model";
import type { Environment } from "../../bootstrap/policies/scope";
import { decide, type RequestContext } from "./support/evaluator";
import { ACCOUNT, ARNS, BOUNDARY, BOUNDARY_ARN, DEV, everyPolicy, PROD, REGION, role } from "./support/rendered";

const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const seedRole = (stack: string, name: string): string => iam(`role/container-lambdas/delivery/container-lambdas-${stack}.${name}`);
const functionRole = (stack: string): string => iam(`role/container-lambdas-${stack}-ping`);
const lambda = (stack: string): string => arn("lambda", `function:container-lambdas-${stack}-ping`);
const repository = (stack: string): string => arn("ecr", `repository/container-lambdas-${stack}/ping`);
const state = (stack: string): string => `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/.pulumi/stacks/container-lambdas/${stack}.json`;
const record = (stack: string, key: string): string => `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/delivery/${stack}/${key}`;
const bounded: RequestContext = { "iam:PermissionsBoundary": BOUNDARY_ARN };
const passedTo = (service: string): RequestContext => ({ "iam:PassedToService": `${service}.amazonaws.com` });
const throughS3: RequestContext = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };

type Probe = readonly [environment: Environment, role: RoleName, action: string, resource: string, context?: RequestContext];

const DENIED: readonly Probe[] = [
    // A self-update changes its own pipeline, and nothing that is stronger than itself.
    [DEV, "self-update", "codebuild:UpdateProject", arn("codebuild", "project/container-lambdas-prod-deploy")],
    [DEV, "self-update", "codebuild:UpdateProject", arn("codebuild", "project/container-lambdas-repair")],
    [DEV, "self-update", "codebuild:CreateProject", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "self-update", "codebuild:StartBuild", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "self-update", "codebuild:StartBuildBatch", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "self-update", "codebuild:ImportSourceCredentials", "*"],
    [DEV, "self-update", "codebuild:UpdateProjectVisibility", arn("codebuild", "project/container-lambdas-dev-build")],
    [DEV, "self-update", "codepipeline:UpdatePipeline", arn("codepipeline", "container-lambdas-prod")],
    [DEV, "self-update", "codepipeline:DeletePipeline", arn("codepipeline", "container-lambdas-dev")],
    [DEV, "self-update", "codepipeline:StartPipelineExecution", arn("codepipeline", "container-lambdas-prod")],
    [DEV, "self-update", "codebuild:DeleteProject", arn("codebuild", "project/container-lambdas-dev-build")],
    [DEV, "self-update", "iam:PutRolePolicy", seedRole("dev", "self-update"), bounded],
    [DEV, "self-update", "iam:PutRolePolicy", functionRole("dev"), bounded],
    [DEV, "self-update", "iam:UpdateAssumeRolePolicy", seedRole("dev", "deploy")],
    [DEV, "self-update", "iam:PassRole", seedRole("dev", "deploy"), passedTo("lambda")],
    [DEV, "self-update", "iam:PassRole", seedRole("prod", "deploy"), passedTo("codebuild")],
    [DEV, "self-update", "iam:PassRole", iam("role/container-lambdas/delivery/container-lambdas-repair"), passedTo("codebuild")],
    [DEV, "self-update", "s3:GetObject", state("prod")],
    [DEV, "self-update", "s3:PutObject", state("prod")],
    [DEV, "self-update", "s3:DeleteObjectVersion", state("dev")],
    [DEV, "self-update", "s3:DeleteBucket", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-artifacts`],
    [DEV, "self-update", "lambda:UpdateFunctionCode", lambda("dev")],
    [DEV, "self-update", "ecr:PutImage", repository("dev")],
    [PROD, "self-update", "ecr:CreateRepository", repository("dev")],
    // What runs Dockerfiles has an engine with which it may leave its container: it holds nothing worth it.
    [DEV, "build", "ecr:BatchDeleteImage", repository("dev")],
    [DEV, "build", "ecr:DeleteRepository", repository("dev")],
    [DEV, "build", "ecr:SetRepositoryPolicy", repository("dev")],
    [DEV, "build", "ecr:PutImageTagMutability", repository("dev")],
    [DEV, "build", "ecr:PutImage", repository("prod")],
    [DEV, "build", "lambda:UpdateFunctionCode", lambda("dev")],
    [DEV, "build", "s3:GetObject", state("dev")],
    [DEV, "build", "kms:Decrypt", ARNS.secretsKeyArn],
    [DEV, "build", "iam:PassRole", functionRole("dev"), passedTo("lambda")],
    [DEV, "build", "sts:AssumeRole", seedRole("dev", "deploy")],
    // Deployment stays in its stack, its account's region, and under the boundary.
    [DEV, "deploy", "lambda:UpdateFunctionCode", lambda("prod")],
    [DEV, "deploy", "lambda:UpdateFunctionCode", arn("lambda", "function:somebody-elses")],
    [DEV, "deploy", "lambda:UpdateFunctionCode", lambda("dev").replace(REGION, "us-east-1")],
    [DEV, "deploy", "lambda:CreateEventSourceMapping", "*", { "lambda:FunctionArn": lambda("prod") }],
    [DEV, "deploy", "lambda:CreateEventSourceMapping", "*"],
    [DEV, "deploy", "lambda:DeleteEventSourceMapping", arn("lambda", "event-source-mapping:1"), { "lambda:FunctionArn": lambda("prod") }],
    [DEV, "deploy", "lambda:AddPermission", lambda("dev"), { "lambda:Principal": "*" }],
    [DEV, "deploy", "lambda:CreateFunctionUrlConfig", lambda("dev"), { "lambda:FunctionUrlAuthType": "NONE" }],
    [DEV, "deploy", "iam:CreateRole", functionRole("dev")],
    [DEV, "deploy", "iam:CreateRole", functionRole("dev"), { "iam:PermissionsBoundary": iam("policy/another") }],
    [DEV, "deploy", "iam:CreateRole", functionRole("prod"), bounded],
    [DEV, "deploy", "iam:CreateRole", iam("role/admin"), bounded],
    [DEV, "deploy", "iam:PutRolePolicy", functionRole("dev")],
    [DEV, "deploy", "iam:PutRolePolicy", seedRole("dev", "deploy"), bounded],
    [DEV, "deploy", "iam:PutRolePermissionsBoundary", functionRole("dev"), { "iam:PermissionsBoundary": iam("policy/another") }],
    [DEV, "deploy", "iam:DeleteRolePermissionsBoundary", functionRole("dev"), bounded],
    [DEV, "deploy", "iam:AttachRolePolicy", functionRole("dev"), { ...bounded, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" }],
    [DEV, "deploy", "iam:UpdateAssumeRolePolicy", seedRole("dev", "deploy")],
    [DEV, "deploy", "iam:CreatePolicyVersion", BOUNDARY_ARN],
    [DEV, "deploy", "iam:SetDefaultPolicyVersion", BOUNDARY_ARN],
    [DEV, "deploy", "iam:CreateUser", iam("user/x")],
    [DEV, "deploy", "iam:CreateAccessKey", iam("user/x")],
    [DEV, "deploy", "iam:PassRole", seedRole("dev", "pipeline"), passedTo("codepipeline")],
    [DEV, "deploy", "iam:PassRole", seedRole("dev", "deploy"), passedTo("lambda")],
    [DEV, "deploy", "iam:PassRole", functionRole("dev"), passedTo("ec2")],
    [DEV, "deploy", "iam:PassRole", functionRole("dev")],
    [DEV, "deploy", "iam:PassRole", functionRole("prod"), passedTo("lambda")],
    [DEV, "deploy", "codebuild:CreateProject", arn("codebuild", "project/container-lambdas-dev-x")],
    [DEV, "deploy", "codebuild:StartBuild", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "deploy", "codepipeline:UpdatePipeline", arn("codepipeline", "container-lambdas-dev")],
    [DEV, "deploy", "cloudformation:CreateStack", arn("cloudformation", "stack/x/*")],
    [DEV, "deploy", "ecr:PutImage", repository("dev")],
    [DEV, "deploy", "ecr:SetRepositoryPolicy", repository("dev")],
    [DEV, "deploy", "ecr:PutImageTagMutability", repository("dev")],
    [DEV, "deploy", "ecr:DeleteRepository", repository("prod")],
    [PROD, "deploy", "ecr:PutLifecyclePolicy", repository("dev")],
    [PROD, "deploy", "ecr:DeleteRepository", repository("dev")],
    [DEV, "deploy", "s3:PutBucketPolicy", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-artifacts`],
    [DEV, "deploy", "s3:PutBucketPolicy", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state`],
    [DEV, "deploy", "s3:PutObject", record("dev", "verified/1.json")],
    [DEV, "deploy", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/dev/1.json`],
    [DEV, "deploy", "kms:PutKeyPolicy", ARNS.secretsKeyArn],
    // Production: no more than development, and nothing is taken away.
    [PROD, "deploy", "iam:CreateRole", functionRole("prod")],
    [PROD, "deploy", "iam:CreateRole", seedRole("prod", "x"), bounded],
    [PROD, "deploy", "lambda:DeleteFunction", lambda("prod")],
    [PROD, "deploy", "logs:DeleteLogGroup", arn("logs", "log-group:/aws/lambda/container-lambdas-prod-ping")],
    [PROD, "deploy", "s3:DeleteBucket", `arn:aws:s3:::container-lambdas-prod-${ACCOUNT}-raw`],
    [PROD, "deploy", "dynamodb:DeleteTable", arn("dynamodb", "table/container-lambdas-prod-x")],
    [PROD, "deploy", "sqs:DeleteQueue", arn("sqs", "container-lambdas-prod-conversions")],
    [PROD, "deploy", "kms:ScheduleKeyDeletion", ARNS.secretsKeyArn],
    [PROD, "deploy", "kms:DisableKey", ARNS.secretsKeyArn],
    [PROD, "deploy", "s3:DeleteObjectVersion", state("prod")],
    [PROD, "deploy", "ecr:BatchDeleteImage", repository("dev")],
    [PROD, "deploy", "lambda:UpdateFunctionCode", lambda("dev")],
    [PROD, "deploy", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/dev/1.json`],
    // A plan reads, and not the data.
    [PROD, "plan", "s3:PutObject", state("prod")],
    [PROD, "plan", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/.pulumi/locks/organization/container-lambdas/prod/1.json`],
    [PROD, "plan", "lambda:InvokeFunction", lambda("prod")],
    [PROD, "plan", "s3:GetObject", `arn:aws:s3:::container-lambdas-prod-${ACCOUNT}-raw/a`],
    [PROD, "plan", "codepipeline:StartPipelineExecution", arn("codepipeline", "container-lambdas-prod")],
    // Steps that run a commit's own tests.
    [DEV, "verify", "s3:GetObject", state("dev")],
    [DEV, "verify", "kms:Decrypt", ARNS.secretsKeyArn],
    [DEV, "verify", "s3:PutObject", record("dev", "test-results/1.json")],
    [DEV, "verify", "ecr:GetAuthorizationToken", "*"],
    [DEV, "verify", "sts:AssumeRole", seedRole("dev", "deploy")],
    [DEV, "test", "lambda:UpdateFunctionCode", lambda("dev")],
    [DEV, "test", "s3:PutObject", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-artifacts/x`],
    [DEV, "test", "s3:PutObject", record("dev", "verified/1.json")],
    [DEV, "test", "lambda:InvokeFunction", lambda("prod")],
    [DEV, "record", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/prod/1.json`],
    [DEV, "record", "s3:DeleteObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/dev/1.json`],
    [PROD, "release", "lambda:UpdateFunctionCode", lambda("prod")],
    [PROD, "release", "lambda:UpdateAlias", lambda("dev")],
    // CodePipeline starts builds, and hands out no role.
    [DEV, "pipeline", "iam:PassRole", seedRole("dev", "deploy"), passedTo("codebuild")],
    [DEV, "pipeline", "codebuild:StartBuild", arn("codebuild", "project/container-lambdas-prod-deploy")],
    [DEV, "pipeline", "codebuild:UpdateProject", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "pipeline", "codeconnections:UseConnection", ARNS.connectionArn, { "codeconnections:FullRepositoryId": "example/another" }],
    [DEV, "pipeline", "kms:Decrypt", ARNS.artifactsKeyArn],
    [DEV, "pipeline", "s3:GetObject", state("dev")],
    [PROD, "plan", "lambda:GetFunction", lambda("prod")],
    [DEV, "self-update", "s3:PutBucketPolicy", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-artifacts`],
    [DEV, "self-update", "sns:SetTopicAttributes", `arn:aws:sns:eu-central-1:${ACCOUNT}:container-lambdas-dev-delivery`],
];

const ALLOWED: readonly Probe[] = [
    [DEV, "self-update", "codepipeline:UpdatePipeline", arn("codepipeline", "container-lambdas-dev")],
    [DEV, "self-update", "codebuild:UpdateProject", arn("codebuild", "project/container-lambdas-dev-build")],
    [DEV, "self-update", "iam:PassRole", seedRole("dev", "pipeline"), passedTo("codepipeline")],
    [DEV, "self-update", "iam:PassRole", seedRole("dev", "build"), passedTo("codebuild")],
    [DEV, "self-update", "s3:PutObject", state("dev")],
    [DEV, "self-update", "s3:PutObject", record("dev", "intent.json")],
    [DEV, "self-update", "ecr:CreateRepository", repository("dev")],
    [DEV, "self-update", "kms:Decrypt", ARNS.secretsKeyArn],
    [DEV, "build", "ecr:PutImage", repository("dev")],
    [DEV, "build", "ecr:GetAuthorizationToken", "*"],
    [DEV, "deploy", "iam:CreateRole", functionRole("dev"), bounded],
    [DEV, "deploy", "iam:PutRolePolicy", functionRole("dev"), bounded],
    [DEV, "deploy", "iam:PassRole", functionRole("dev"), passedTo("lambda")],
    [DEV, "deploy", "iam:PassRole", `${functionRole("dev")}-schedule`, passedTo("scheduler")],
    [DEV, "deploy", "lambda:CreateFunction", lambda("dev")],
    [DEV, "deploy", "lambda:DeleteFunction", lambda("dev")],
    [DEV, "deploy", "ecr:DeleteRepository", repository("dev")],
    [DEV, "deploy", "ecr:PutLifecyclePolicy", repository("dev")],
    [DEV, "deploy", "lambda:InvokeFunction", `${lambda("dev")}:3`],
    [DEV, "deploy", "lambda:AddPermission", lambda("dev"), { "lambda:Principal": "s3.amazonaws.com" }],
    [DEV, "deploy", "lambda:CreateEventSourceMapping", "*", { "lambda:FunctionArn": `${lambda("dev")}:live` }],
    [DEV, "deploy", "s3:CreateBucket", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-raw`],
    [DEV, "deploy", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/.pulumi/locks/organization/container-lambdas/dev/1.json`],
    [PROD, "deploy", "iam:CreateRole", functionRole("prod"), bounded],
    [PROD, "deploy", "ecr:BatchGetImage", repository("dev")],
    [PROD, "deploy", "s3:GetObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/dev/1.json`],
    [PROD, "plan", "s3:GetObject", state("prod")],
    [PROD, "plan", "s3:PutObject", record("prod", "plans/1/report.md")],
    [PROD, "release", "lambda:UpdateAlias", lambda("prod")],
    [DEV, "test", "lambda:InvokeFunction", `${lambda("dev")}:live`],
    [DEV, "test", "s3:PutObject", `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-raw/x`],
    [DEV, "record", "s3:PutObject", `arn:aws:s3:::container-lambdas-${ACCOUNT}-state/releases/dev/1.json`],
    [DEV, "pipeline", "codebuild:StartBuild", arn("codebuild", "project/container-lambdas-dev-deploy")],
    [DEV, "pipeline", "codeconnections:UseConnection", ARNS.connectionArn, { "codeconnections:FullRepositoryId": "example/container-lambdas" }],
    [DEV, "pipeline", "kms:Decrypt", ARNS.artifactsKeyArn, throughS3],
];

describe("what a role of a pipeline may not do", () => {
    for (const [environment, name, action, resource, context] of DENIED) {
        it(`${environment.stack} ${name}: ${action} on ${resource}${context === undefined ? "" : ` with ${JSON.stringify(context)}`}`, () => {
            assert.notEqual(decide({ action, resource, context }, role(name, environment)), "allowed");
        });
    }
});

describe("what a role of a pipeline may do", () => {
    for (const [environment, name, action, resource, context] of ALLOWED) {
        it(`${environment.stack} ${name}: ${action} on ${resource}${context === undefined ? "" : ` with ${JSON.stringify(context)}`}`, () => {
            assert.equal(decide({ action, resource, context }, role(name, environment)), "allowed");
        });
    }
});

describe("ways to become more than one is", () => {
    /** Sets of actions with which somebody can give himself a role's rights (published escalation paths). */
    const PATHS: readonly (readonly string[])[] = [
        ["iam:AttachRolePolicy"],
        ["iam:AttachUserPolicy"],
        ["iam:PutUserPolicy"],
        ["iam:CreateAccessKey"],
        ["iam:CreateLoginProfile"],
        ["iam:AddUserToGroup"],
        ["iam:CreatePolicyVersion"],
        ["iam:SetDefaultPolicyVersion"],
        ["iam:PassRole", "codebuild:CreateProject"],
        ["codebuild:StartBuildBatch"],
        ["iam:PassRole", "cloudformation:CreateStack"],
        ["iam:PassRole", "ec2:RunInstances"],
        ["iam:PassRole", "ecs:RunTask"],
        ["iam:PassRole", "glue:CreateDevEndpoint"],
        ["sts:AssumeRole"],
        ["codebuild:ImportSourceCredentials"],
        ["lambda:UpdateFunctionCode", "iam:PassRole", "codebuild:StartBuild"],
    ];

    it("none of the seed's roles holds a whole one", () => {
        for (const [owner, statements] of everyPolicy()) {
            const allowed = new Set(statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action));
            for (const path of PATHS) {
                assert.ok(!path.every((action) => allowed.has(action)), `${owner}: ${path.join(" + ")}`);
            }
        }
    });

    it("a function that is given everything can still do no more than the boundary", () => {
        const everything = [{ Effect: "Allow", Action: "*", Resource: "*" }];
        const tries: readonly (readonly [string, string])[] = [
            ["iam:CreateRole", iam("role/x")],
            ["iam:DeleteRolePermissionsBoundary", functionRole("dev")],
            ["lambda:UpdateFunctionCode", lambda("dev")],
            ["lambda:AddPermission", lambda("dev")],
            ["codebuild:StartBuild", arn("codebuild", "project/container-lambdas-prod-deploy")],
            ["codepipeline:StartPipelineExecution", arn("codepipeline", "container-lambdas-prod")],
            ["ecr:PutImage", repository("dev")],
            ["sts:AssumeRole", seedRole("prod", "deploy")],
            ["kms:Decrypt", ARNS.secretsKeyArn],
            ["kms:PutKeyPolicy", ARNS.secretsKeyArn],
            ["s3:GetObject", state("prod")],
            ["s3:PutObject", `arn:aws:s3:::container-lambdas-prod-${ACCOUNT}-artifacts/x`],
            ["s3:PutBucketPolicy", `arn:aws:s3:::container-lambdas-prod-${ACCOUNT}-raw`],
        ];
        for (const [action, resource] of tries) {
            assert.notEqual(decide({ action, resource, context: { "aws:ResourceAccount": ACCOUNT } }, everything, BOUNDARY), "allowed", `${action} ${resource}`);
        }
        assert.notEqual(decide({ action: "s3:PutObject", resource: "arn:aws:s3:::elsewhere/x", context: { "aws:ResourceAccount": "999999999999" } }, everything, BOUNDARY), "allowed", "a bucket of somebody else");
    });

    it("the boundary leaves a function everything that a manifest's grants, secrets and network can give", () => {
        const targets: Readonly<Record<ResourceKind, string>> = {
            bucket: `arn:aws:s3:::container-lambdas-dev-${ACCOUNT}-raw`,
            catalog: arn("glue", "database/container_lambdas_dev_lake"),
            queue: arn("sqs", "container-lambdas-dev-x"),
            table: arn("dynamodb", "table/container-lambdas-dev-x"),
            stateMachine: arn("states", "stateMachine:container-lambdas-dev-x"),
        };
        const statements = [
            ...(Object.keys(targets) as ResourceKind[]).flatMap((kind) =>
                accessesOf(kind).flatMap((access) => grantStatements({ resource: "x", access: [access] }, { kind, arn: targets[kind] })),
            ),
            logStatement(arn("logs", "log-group:/aws/lambda/container-lambdas-dev-ping")),
            deadLetterStatement(arn("sqs", "container-lambdas-dev-ping-dlq")),
            streamStatement(arn("dynamodb", "table/container-lambdas-dev-x/stream/1")),
            networkStatement(),
            secretStatement("A", "ssm", arn("ssm", "parameter/x")),
            secretStatement("B", "secretsmanager", arn("secretsmanager", "secret:x-abcdef")),
            { Effect: "Allow", Sid: "Schedule", Action: ["lambda:InvokeFunction"], Resource: [`${lambda("dev")}:live`] } as const,
        ];
        for (const statement of statements) {
            for (const action of statement.Action) {
                for (const resource of statement.Resource) {
                    const request = { action, resource: resource.replace(/\*$/, "x"), context: { "aws:ResourceAccount": ACCOUNT } };
                    assert.equal(decide(request, [statement], BOUNDARY), "allowed", `${action} ${resource}`);
                }
            }
        }
    });
});

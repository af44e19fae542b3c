import { buildBase } from "./buildBase";
import { repositories, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/**
 * Builds and pushes images. The only role that runs Dockerfiles, so it has nothing else: no state, no function, and no
 * right to take an image or a tag away.
 */
export function buildStatements(scope: Scope): PolicyStatement[] {
    return [
        ...buildBase("build", scope),
        allowUnscoped("Login", ["ecr:GetAuthorizationToken"]),
        allow(
            "Push",
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:DescribeRepositories",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            repositories(scope),
        ),
    ];
}

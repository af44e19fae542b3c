import * as pulumi from "@pulumi/pulumi";
import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy";
import { Repository } from "@pulumi/aws/ecr/repository";
import { RepositoryPolicy } from "@pulumi/aws/ecr/repositoryPolicy";

export interface ImageRepositoryArgs {
    /** Physical name: 2 to 256 lower-case characters, see the ECR API's CreateRepository. An interface: builds push to it. */
    repositoryName: pulumi.Input<string>;
    /** Newest images kept, 10 to 1,000. Must cover every version that an alias or a rollback may use. @default 500 */
    keepImages?: pulumi.Input<number>;
    /** Account whose Lambda functions may pull. */
    accountId: pulumi.Input<string>;
    /** Region of those functions; Lambda pulls only from its own. */
    region: pulumi.Input<string>;
    /** Delete the repository although it holds images. @default false */
    forceDelete?: pulumi.Input<boolean>;
    /** @default none beyond the provider's default tags */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Untagged images appear only when a push was cut off, since no tag ever moves. */
const UNTAGGED_DAYS = 7;

/** An ECR repository with immutable tags, scanning, an expiry rule and the right of Lambda to pull. */
export class ImageRepository extends pulumi.ComponentResource {
    /** Address without tag, as in `docker push`. */
    readonly repositoryUrl: pulumi.Output<string>;
    readonly repositoryName: pulumi.Output<string>;

    constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:images:ImageRepository", name, { repositoryName: args.repositoryName }, opts);
        const parent = this;
        const repository = new Repository(
            `${name}-repository`,
            {
                name: args.repositoryName,
                imageTagMutability: "IMMUTABLE",
                imageScanningConfiguration: { scanOnPush: true },
                encryptionConfigurations: [{ encryptionType: "AES256" }],
                forceDelete: args.forceDelete ?? false,
                tags: args.tags,
            },
            { parent },
        );
        new LifecyclePolicy(
            `${name}-lifecycle`,
            { repository: repository.name, policy: pulumi.jsonStringify(lifecyclePolicy(args.keepImages ?? 500)) },
            { parent },
        );
        const policy = new RepositoryPolicy(
            `${name}-policy`,
            { repository: repository.name, policy: pulumi.jsonStringify(pullPolicy(args.accountId, args.region)) },
            { parent },
        );
        this.repositoryName = repository.name;
        // Whoever uses the address waits for the policy: Lambda cannot pull before it stands.
        this.repositoryUrl = pulumi.all([repository.repositoryUrl, policy.id]).apply(([url]) => url);
        this.registerOutputs({ repositoryUrl: this.repositoryUrl, repositoryName: this.repositoryName });
    }
}

/** ECR evaluates rules by priority and never looks at whether a function uses an image: hence a large count. */
export function lifecyclePolicy(keepImages: pulumi.Input<number>): pulumi.Input<object> {
    return {
        rules: [
            {
                rulePriority: 1,
                description: "images of cut-off pushes",
                selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: UNTAGGED_DAYS },
                action: { type: "expire" },
            },
            {
                rulePriority: 2,
                description: "all but the newest images",
                selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keepImages },
                action: { type: "expire" },
            },
        ],
    };
}

/** Lambda's service principal needs this in the same account too; the condition closes it to functions of others. */
export function pullPolicy(accountId: pulumi.Input<string>, region: pulumi.Input<string>): pulumi.Input<object> {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "LambdaPull",
                Effect: "Allow",
                Principal: { Service: "lambda.amazonaws.com" },
                Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                Condition: { StringLike: { "aws:sourceArn": pulumi.interpolate`arn:aws:lambda:${region}:${accountId}:function:*` } },
            },
        ],
    };
}

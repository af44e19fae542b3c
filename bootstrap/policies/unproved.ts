/** Rights that no delivery on the embedded AWS makes use of. */
export interface Unproved {
    /** Roles: the last part of their names. */
    readonly roles: readonly string[];
    readonly actions: readonly string[];
    /** Why they are granted all the same. */
    readonly reason: string;
}

/**
 * The whole list. A test compares it with the calls that deliveries make under the steps' own roles, and finds a grant that
 * is missing here as well as one that some delivery does use. At most ten entries: what needs no reason is taken away.
 */
export const UNPROVED: readonly Unproved[] = [
    {
        roles: ["build", "deploy", "pipeline", "plan", "record", "release", "self-update", "test", "verify"],
        actions: ["codestar-connections:UseConnection"],
        reason: "which of the two names AWS asks for depends on when the connection was made; the embedded one has the new name",
    },
    {
        roles: ["deploy"],
        actions: ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
        reason: "Lambda asks for them from whoever puts a function into a network; the embedded AWS has no networks",
    },
    {
        roles: ["deploy", "repair", "self-update"],
        actions: ["s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"],
        reason: "releases of the AWS provider differ in which of S3's two interfaces they tag buckets by; the stand-in takes the older one",
    },
    {
        roles: ["build"],
        actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        reason: "on AWS a build begins without images and pulls the common layer; here all builds share one engine",
    },
    {
        roles: ["deploy", "repair"],
        actions: ["kms:Decrypt"],
        reason: "opens secrets and an encrypted state; the embedded account's state is not encrypted, and its secrets are guarded by a passphrase",
    },
    {
        roles: ["deploy", "repair", "self-update"],
        actions: ["codebuild:BatchGetBuilds", "s3:DeleteObject"],
        reason: "whether the build that left a lock has ended, and clearing such notes away: needed after a kill at another moment than those that are tried",
    },
];

/** Rights that no delivery on the embedded AWS makes use of. */
export interface Unproved {
    /** Roles: the last part of their names. */
    readonly roles: readonly string[];
    readonly actions: readonly string[];
    /** Why they are granted all the same. */
    readonly reason: string;
}

/**
 * The whole list. A test compares it with the calls that deliveries make under the steps' own roles. At most ten entries: what
 * needs no reason is taken away.
 */
export const UNPROVED: readonly Unproved[] = [
    {
        roles: ["build", "deploy", "pipeline", "plan", "record", "release", "self-update", "test", "verify"],
        actions: ["codestar-connections:UseConnection"],
        reason: "which of the two names AWS asks for depends on when the connection was made; the embedded one has the new name",
    },
    {
        roles: ["build"],
        actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        reason: "on AWS a build begins without images and pulls the common layer; here all builds share one engine",
    },
    {
        roles: ["deploy", "self-update"],
        actions: ["kms:Decrypt"],
        reason: "opens the stack's secrets, which a passphrase guards in the embedded account",
    },
    {
        roles: ["deploy", "self-update"],
        actions: ["codebuild:BatchGetBuilds", "s3:DeleteObject", "s3:GetObject"],
        reason: "whose lock was left and whether that build has ended, and clearing away old notes of locks: the kills that are tried meet other moments",
    },
    {
        roles: ["deploy", "self-update"],
        actions: ["codestar-notifications:UpdateNotificationRule", "s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"],
        reason: "for new tags the real provider also writes the rule anew, and its releases differ in which of S3's two interfaces they tag buckets by",
    },
    {
        roles: ["deploy"],
        actions: ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
        reason: "Lambda asks for them from whoever puts a function into a network; the embedded AWS has no networks",
    },
    {
        roles: ["record"],
        actions: ["s3:GetObject", "s3:ListBucket"],
        reason: "a Record that is started again for the same commit reads the manifest that it wrote; none of the deliveries that are tried needs that",
    },
    {
        roles: ["self-update"],
        actions: ["ecr:TagResource"],
        reason: "AWS asks for it from whoever creates a repository with tags; the embedded one does not",
    },
    {
        roles: ["self-update", "watchdog"],
        actions: ["codepipeline:GetPipelineState"],
        reason: "where the release ahead is, when a tag's run would change the definition while another one is under way",
    },
];

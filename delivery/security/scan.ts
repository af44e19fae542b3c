import { isRecord } from "../../automation/json";
import type { ScannedResource } from "./resource";
import { hasTransportRule, RULES } from "./rules";

export interface Finding {
    /** Id of the rule that is broken. */
    readonly rule: string;
    /** `type name`. */
    readonly resource: string;
    readonly problem: string;
}

/** A rule that follows from what belongs together. */
interface WholeRule {
    readonly id: string;
    readonly promise: string;
    check(resources: readonly ScannedResource[]): readonly Finding[];
}

const BUCKET = "aws:s3/bucket:Bucket";

/** Rules about a resource and those that are declared beside it; for whole programs only. */
export const WHOLE_RULES: readonly WholeRule[] = [
    companion("bucket-private", "Buckets are closed to the public in all four ways.", BUCKET, "has no complete block of public access", (other, bucket) => {
        const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = other.inputs;
        return (
            other.type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock" &&
            refersTo(other.inputs.bucket, bucket, "bucket") &&
            [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets].every((flag) => flag === true)
        );
    }),
    companion("bucket-encrypted", "Buckets are encrypted.", BUCKET, "declares no encryption", (other, bucket) => {
        const isEncryption = other.type === "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
        return isEncryption && refersTo(other.inputs.bucket, bucket, "bucket");
    }),
    companion("bucket-tls-only", "Buckets refuse calls without TLS.", BUCKET, "answers calls without TLS", (other, bucket) => {
        return other.type === "aws:s3/bucketPolicy:BucketPolicy" && refersTo(other.inputs.bucket, bucket, "bucket") && hasTransportRule(other);
    }),
    companion("queue-tls-only", "Queues refuse calls without TLS.", "aws:sqs/queue:Queue", "answers calls without TLS", (other, queue) => {
        const name = String(queue.inputs.name ?? queue.name);
        return other.type === "aws:sqs/queuePolicy:QueuePolicy" && (refersTo(other.inputs.queueUrl, queue, "name") || String(other.inputs.queueUrl).endsWith(`/${name}`)) && hasTransportRule(other);
    }),
];

/** Everything that is wrong with the resources of a program, sorted. */
export function scan(resources: readonly ScannedResource[]): Finding[] {
    return sorted([...scanEach(resources), ...WHOLE_RULES.flatMap(({ check }) => check(resources))]);
}

/** What is wrong with resources by themselves: for plans, in which what belongs together is not known yet. */
export function scanEach(resources: readonly ScannedResource[]): Finding[] {
    return sorted(resources.flatMap((resource) => RULES.flatMap(({ id, check }) => check(resource).map((problem) => finding(id, resource, problem)))));
}

/** Ids and promises of all rules. */
export function allRules(): readonly { readonly id: string; readonly promise: string }[] {
    return [...RULES, ...WHOLE_RULES].map(({ id, promise }) => ({ id, promise })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function companion(id: string, promise: string, type: string, problem: string, isIt: (other: ScannedResource, one: ScannedResource) => boolean): WholeRule {
    return {
        id,
        promise,
        check: (resources) => resources.filter((one) => one.type === type && !resources.some((other) => isIt(other, one))).map((one) => finding(id, one, problem)),
    };
}

/** Resources refer to each other by physical name, or by the id that the recorder gives. */
function refersTo(reference: unknown, { name, inputs }: ScannedResource, nameInput: string): boolean {
    return reference !== undefined && (reference === inputs[nameInput] || reference === `${name}-id`) && !isRecord(reference);
}

function finding(rule: string, { type, name }: ScannedResource, problem: string): Finding {
    return { rule, resource: `${type} ${name}`, problem };
}

function sorted(findings: readonly Finding[]): Finding[] {
    const key = ({ rule, resource, problem }: Finding): string => `${rule} ${resource} ${problem}`;
    return [...findings].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

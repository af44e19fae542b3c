import type { LifecycleRule, LifecycleRuleFilter, TransitionDefaultMinimumObjectSize, TransitionStorageClass } from "@aws-sdk/client-s3";
import type { BucketLifecycleConfigurationArgs, BucketLifecycleConfigurationState } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import { tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type LifecycleInputs = Inputs<BucketLifecycleConfigurationArgs>;
type Rule = NonNullable<LifecycleInputs["rules"]>[number];

/** A bucket has one lifecycle configuration; the id is the bucket's name. */
export const bucketLifecycle = resourceType<LifecycleInputs, State<BucketLifecycleConfigurationState>>({
    token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration",
    replaceOn: ["bucket", "expectedBucketOwner"],
    computed: ["transitionDefaultMinimumObjectSize"],
    sets: ["rules"],
    local: ["expectedBucketOwner", "timeouts"],

    create: (inputs, context) => put(inputs, context),

    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getBucketLifecycleConfiguration({ Bucket: id }));
        if (found?.Rules === undefined || found.Rules.length === 0) {
            return undefined;
        }
        return {
            bucket: id,
            rules: found.Rules.map(shown),
            transitionDefaultMinimumObjectSize: found.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
        };
    },

    async update(_id, inputs, context) {
        await put(inputs, context);
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.s3()).deleteBucketLifecycle({ Bucket: id }));
    },
});

async function put(inputs: LifecycleInputs, { services }: AwsContext): Promise<string> {
    await (await services.s3()).putBucketLifecycleConfiguration({
        Bucket: inputs.bucket,
        TransitionDefaultMinimumObjectSize: inputs.transitionDefaultMinimumObjectSize as TransitionDefaultMinimumObjectSize | undefined,
        LifecycleConfiguration: { Rules: (inputs.rules ?? []).map(sent) },
    });
    return inputs.bucket;
}

function sent(rule: Rule): LifecycleRule {
    const { expiration, noncurrentVersionExpiration: noncurrent } = rule;
    return {
        ID: rule.id,
        Status: rule.status as "Enabled",
        ...(rule.prefix === undefined ? { Filter: sentFilter(rule) } : { Prefix: rule.prefix }),
        AbortIncompleteMultipartUpload:
            rule.abortIncompleteMultipartUpload === undefined ? undefined : { DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterInitiation },
        Expiration:
            expiration === undefined
                ? undefined
                : {
                      Days: expiration.days === 0 ? undefined : expiration.days,
                      Date: date(expiration.date),
                      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
                  },
        NoncurrentVersionExpiration:
            noncurrent === undefined ? undefined : { NoncurrentDays: noncurrent.noncurrentDays, NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions },
        NoncurrentVersionTransitions: rule.noncurrentVersionTransitions?.map((one) => ({
            NoncurrentDays: one.noncurrentDays,
            NewerNoncurrentVersions: one.newerNoncurrentVersions,
            StorageClass: one.storageClass as TransitionStorageClass,
        })),
        Transitions: rule.transitions?.map((one) => ({ Days: one.days, Date: date(one.date), StorageClass: one.storageClass as TransitionStorageClass })),
    };
}

/** Without a filter a rule is for all objects, which S3 wants to see as an empty prefix. */
function sentFilter({ filter }: Rule): LifecycleRuleFilter {
    const all = filter?.and;
    if (all !== undefined) {
        return {
            And: {
                Prefix: all.prefix,
                ObjectSizeGreaterThan: all.objectSizeGreaterThan,
                ObjectSizeLessThan: all.objectSizeLessThan,
                Tags: all.tags === undefined ? undefined : tagList(all.tags),
            },
        };
    }
    if (filter?.tag !== undefined) {
        return { Tag: { Key: filter.tag.key, Value: filter.tag.value } };
    }
    if (filter?.objectSizeGreaterThan !== undefined || filter?.objectSizeLessThan !== undefined) {
        return { ObjectSizeGreaterThan: filter.objectSizeGreaterThan, ObjectSizeLessThan: filter.objectSizeLessThan };
    }
    return { Prefix: filter?.prefix ?? "" };
}

function shown(rule: LifecycleRule): Rule {
    const { Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = rule;
    return {
        id: rule.ID ?? "",
        status: rule.Status ?? "",
        prefix: rule.Filter === undefined ? rule.Prefix : undefined,
        filter: rule.Filter === undefined ? undefined : shownFilter(rule.Filter),
        abortIncompleteMultipartUpload:
            rule.AbortIncompleteMultipartUpload === undefined
                ? undefined
                : { daysAfterInitiation: rule.AbortIncompleteMultipartUpload.DaysAfterInitiation },
        expiration:
            expiration === undefined
                ? undefined
                : { days: expiration.Days, date: expiration.Date?.toISOString(), expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker },
        noncurrentVersionExpiration:
            noncurrent === undefined
                ? undefined
                : { noncurrentDays: noncurrent.NoncurrentDays ?? 0, newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions },
        noncurrentVersionTransitions: some(
            rule.NoncurrentVersionTransitions?.map((one) => ({
                noncurrentDays: one.NoncurrentDays ?? 0,
                newerNoncurrentVersions: one.NewerNoncurrentVersions,
                storageClass: one.StorageClass ?? "",
            })),
        ),
        transitions: some(rule.Transitions?.map((one) => ({ days: one.Days, date: one.Date?.toISOString(), storageClass: one.StorageClass ?? "" }))),
    };
}

function shownFilter(filter: LifecycleRuleFilter): Rule["filter"] {
    const all = filter.And;
    return {
        prefix: filter.Prefix === "" ? undefined : filter.Prefix,
        objectSizeGreaterThan: filter.ObjectSizeGreaterThan,
        objectSizeLessThan: filter.ObjectSizeLessThan,
        tag: filter.Tag === undefined ? undefined : { key: filter.Tag.Key ?? "", value: filter.Tag.Value ?? "" },
        and:
            all === undefined
                ? undefined
                : {
                      prefix: all.Prefix,
                      objectSizeGreaterThan: all.ObjectSizeGreaterThan,
                      objectSizeLessThan: all.ObjectSizeLessThan,
                      tags: all.Tags === undefined ? undefined : tagMap(all.Tags),
                  },
    };
}

function date(text: string | undefined): Date | undefined {
    return text === undefined ? undefined : new Date(text);
}

function some<T>(list: T[] | undefined): T[] | undefined {
    return list === undefined || list.length === 0 ? undefined : list;
}

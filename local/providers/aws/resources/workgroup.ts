import type { EncryptionOption, S3AclOption, WorkGroupConfiguration, WorkGroupConfigurationUpdates, WorkGroupState } from "@aws-sdk/client-athena";
import type { WorkgroupArgs, WorkgroupState } from "@pulumi/aws/athena/workgroup";
import { type AwsContext, resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type WorkgroupInputs = Inputs<WorkgroupArgs, "name">;
type Configuration = NonNullable<WorkgroupInputs["configuration"]>;

/** Parts of the configuration that the emulator neither keeps nor carries out. */
const UNSUPPORTED = [
    "customerContentEncryptionConfiguration",
    "enableMinimumEncryptionConfiguration",
    "executionRole",
    "identityCenterConfiguration",
    "managedQueryResultsConfiguration",
    "monitoringConfiguration",
    "queryResultsS3AccessGrantsConfiguration",
] as const;

/** The id is the name. */
export const workgroup = resourceType<WorkgroupInputs, State<WorkgroupState>>({
    token: "aws:athena/workgroup:Workgroup",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/athena_workgroup",
    autoName: { property: "name", maximum: 128 },
    replaceOn: ["name"],
    defaults: { forceDestroy: false, state: "ENABLED" },
    computed: ["configuration"],
    local: ["forceDestroy"],

    problems: ({ configuration, name }) => [
        ...UNSUPPORTED.filter((part) => configuration?.[part] !== undefined).map((part) => ({
            property: `configuration.${part}`,
            reason: `"${part}" is not carried out by the emulator's stand-in: leave it out, or use the official provider`,
        })),
        ...(/^[a-zA-Z0-9._-]+$/.test(name) ? [] : [{ property: "name", reason: `the name "${name}" of a workgroup has other characters than letters, digits, ".", "_" and "-": choose another one` }]),
    ],

    async create(inputs, { services }) {
        const athena = await services.athena();
        const tags = tagList(inputs.tagsAll);
        await athena.createWorkGroup({
            Name: inputs.name,
            Description: inputs.description,
            Configuration: sent(inputs.configuration),
            Tags: tags.length === 0 ? undefined : tags,
        });
        if (inputs.state === "DISABLED") {
            await athena.updateWorkGroup({ WorkGroup: inputs.name, State: "DISABLED" });
        }
        return inputs.name;
    },

    async read(id, context) {
        const athena = await context.services.athena();
        const found = (await orGone(athena.getWorkGroup({ WorkGroup: id })))?.WorkGroup;
        if (found === undefined) {
            return undefined;
        }
        const arn = await arnOf(id, context);
        const { Tags: tags } = (await orAbsent(athena.listTagsForResource({ ResourceARN: arn }))) ?? {};
        return {
            arn,
            configuration: shown(found.Configuration),
            description: emptyAsAbsent(found.Description),
            name: found.Name,
            state: found.State,
            tags: tagMap(tags),
        };
    },

    async update(id, inputs, context, { old, changed }) {
        const athena = await context.services.athena();
        if (["configuration", "description", "state"].some((property) => changed.has(property))) {
            await athena.updateWorkGroup({
                WorkGroup: id,
                ...(changed.has("configuration") ? { ConfigurationUpdates: updates(inputs.configuration) } : {}),
                ...(changed.has("description") ? { Description: inputs.description ?? "" } : {}),
                ...(changed.has("state") ? { State: inputs.state as WorkGroupState } : {}),
            });
        }
        const ResourceARN = await arnOf(id, context);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => athena.tagResource({ ResourceARN, Tags: tagList(tags) }),
            (TagKeys) => athena.untagResource({ ResourceARN, TagKeys }),
        );
    },

    async delete(id, state, { services }) {
        await orGone((await services.athena()).deleteWorkGroup({ WorkGroup: id, RecursiveDeleteOption: state["forceDestroy"] === true }));
    },
});

/** Athena has no error of its own for what does not exist, only a sentence. */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
        return await orAbsent(answer);
    } catch (error) {
        if (isError(error, "InvalidRequestException") && /not found|does not exist/i.test(error instanceof Error ? error.message : "")) {
            return undefined;
        }
        throw error;
    }
}

function sent(wish: Configuration | undefined): WorkGroupConfiguration | undefined {
    if (wish === undefined) {
        return undefined;
    }
    const { resultConfiguration: result } = wish;
    return { ...common(wish), ResultConfiguration: result === undefined ? undefined : sentResult(result) };
}

function updates(wish: Configuration = {}): WorkGroupConfigurationUpdates {
    const result = wish.resultConfiguration ?? {};
    return {
        ...common(wish),
        RemoveBytesScannedCutoffPerQuery: wish.bytesScannedCutoffPerQuery === undefined ? true : undefined,
        ResultConfigurationUpdates: {
            ...sentResult(result),
            RemoveAclConfiguration: result.aclConfiguration === undefined ? true : undefined,
            RemoveEncryptionConfiguration: result.encryptionConfiguration === undefined ? true : undefined,
            RemoveExpectedBucketOwner: result.expectedBucketOwner === undefined ? true : undefined,
            RemoveOutputLocation: result.outputLocation === undefined ? true : undefined,
        },
    };
}

/** What creation and update say alike, with the defaults of the real provider's schema. */
function common(wish: Configuration): Omit<WorkGroupConfiguration, "ResultConfiguration"> {
    return {
        BytesScannedCutoffPerQuery: wish.bytesScannedCutoffPerQuery,
        EnforceWorkGroupConfiguration: wish.enforceWorkgroupConfiguration ?? true,
        EngineVersion: wish.engineVersion === undefined ? undefined : { SelectedEngineVersion: wish.engineVersion.selectedEngineVersion ?? "AUTO" },
        PublishCloudWatchMetricsEnabled: wish.publishCloudwatchMetricsEnabled ?? true,
        RequesterPaysEnabled: wish.requesterPaysEnabled ?? false,
    };
}

function sentResult(result: NonNullable<Configuration["resultConfiguration"]>): NonNullable<WorkGroupConfiguration["ResultConfiguration"]> {
    const encryption = result.encryptionConfiguration;
    return {
        AclConfiguration: result.aclConfiguration === undefined ? undefined : { S3AclOption: result.aclConfiguration.s3AclOption as S3AclOption },
        EncryptionConfiguration: encryption === undefined ? undefined : { EncryptionOption: encryption.encryptionOption as EncryptionOption, KmsKey: encryption.kmsKeyArn },
        ExpectedBucketOwner: result.expectedBucketOwner,
        OutputLocation: result.outputLocation,
    };
}

function shown(found: WorkGroupConfiguration | undefined): State<WorkgroupState>["configuration"] {
    const { ResultConfiguration: result, EngineVersion: engine } = found ?? {};
    return {
        bytesScannedCutoffPerQuery: found?.BytesScannedCutoffPerQuery,
        enforceWorkgroupConfiguration: found?.EnforceWorkGroupConfiguration,
        engineVersion: engine === undefined ? undefined : { effectiveEngineVersion: engine.EffectiveEngineVersion ?? "", selectedEngineVersion: engine.SelectedEngineVersion },
        publishCloudwatchMetricsEnabled: found?.PublishCloudWatchMetricsEnabled,
        requesterPaysEnabled: found?.RequesterPaysEnabled,
        resultConfiguration:
            result === undefined || Object.keys(result).length === 0
                ? undefined
                : {
                      aclConfiguration: result.AclConfiguration === undefined ? undefined : { s3AclOption: result.AclConfiguration.S3AclOption ?? "" },
                      encryptionConfiguration:
                          result.EncryptionConfiguration === undefined
                              ? undefined
                              : { encryptionOption: result.EncryptionConfiguration.EncryptionOption, kmsKeyArn: result.EncryptionConfiguration.KmsKey },
                      expectedBucketOwner: result.ExpectedBucketOwner,
                      outputLocation: result.OutputLocation,
                  },
    } as State<WorkgroupState>["configuration"];
}

async function arnOf(name: string, { region, services }: AwsContext): Promise<string> {
    return `arn:aws:athena:${region}:${await services.accountId()}:workgroup/${name}`;
}

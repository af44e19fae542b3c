import type { KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import type { AliasArgs, AliasState } from "@pulumi/aws/kms/alias";
import type { KeyArgs, KeyState } from "@pulumi/aws/kms/key";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

/** Days until a deleted key is gone, where the program says nothing: the longest that KMS allows. */
const DEFAULT_DELETION_WINDOW = 30;

export const key = resourceType<Inputs<KeyArgs>, State<KeyState>>({
    token: "aws:kms/key:Key",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key",
    replaceOn: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    defaults: {
        bypassPolicyLockoutSafetyCheck: false,
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        enableKeyRotation: false,
        isEnabled: true,
        keyUsage: "ENCRYPT_DECRYPT",
    },
    computed: ["description", "multiRegion", "policy", "rotationPeriodInDays"],
    unsupported: ["customKeyStoreId", "xksKeyId"],
    json: ["policy"],
    local: ["bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"],

    async create(inputs, { services, retry }) {
        const kms = await services.kms();
        const tags = Object.entries(inputs.tagsAll ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
        const { KeyMetadata: made } = await retry(
            () =>
                kms.createKey({
                    BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
                    Description: inputs.description,
                    KeySpec: inputs.customerMasterKeySpec as KeySpec,
                    KeyUsage: inputs.keyUsage as KeyUsageType,
                    MultiRegion: inputs.multiRegion,
                    Policy: inputs.policy,
                    Tags: tags.length === 0 ? undefined : tags,
                }),
            // A role of the policy that was made a moment ago.
            (error) => isError(error, "MalformedPolicyDocumentException"),
        );
        const id = made?.KeyId ?? "";
        if (inputs.enableKeyRotation === true) {
            await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: inputs.rotationPeriodInDays });
        }
        if (inputs.isEnabled === false) {
            await kms.disableKey({ KeyId: id });
        }
        return id;
    },

    async read(id, { services }, known) {
        const kms = await services.kms();
        const found = (await orAbsent(kms.describeKey({ KeyId: id })))?.KeyMetadata;
        if (found === undefined || found.KeyState === "PendingDeletion") {
            return undefined;
        }
        const policy = await orAbsent(kms.getKeyPolicy({ KeyId: id, PolicyName: "default" }));
        // Only symmetric keys can rotate; asking for others is an error.
        const symmetric = (found.KeySpec ?? found.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT";
        const rotation = symmetric ? await orAbsent(kms.getKeyRotationStatus({ KeyId: id })) : undefined;
        const tags = await orAbsent(kms.listResourceTags({ KeyId: id }));
        const rotates = rotation?.KeyRotationEnabled ?? false;
        return {
            arn: found.Arn,
            customerMasterKeySpec: found.KeySpec ?? found.CustomerMasterKeySpec,
            description: found.Description,
            enableKeyRotation: rotates,
            isEnabled: found.Enabled,
            keyId: found.KeyId,
            keyUsage: found.KeyUsage,
            multiRegion: found.MultiRegion ?? false,
            policy: policy?.Policy,
            rotationPeriodInDays: rotates ? (rotation?.RotationPeriodInDays ?? known.rotationPeriodInDays) : undefined,
            tags: Object.fromEntries((tags?.Tags ?? []).map(({ TagKey, TagValue }) => [TagKey ?? "", TagValue ?? ""])),
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const kms = await services.kms();
        if (changed.has("isEnabled") && inputs.isEnabled === true) {
            await kms.enableKey({ KeyId: id }); // a disabled key refuses the changes below
        }
        if (changed.has("enableKeyRotation") || changed.has("rotationPeriodInDays")) {
            await (inputs.enableKeyRotation === true
                ? kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: inputs.rotationPeriodInDays })
                : kms.disableKeyRotation({ KeyId: id }));
        }
        if (changed.has("description")) {
            await kms.updateKeyDescription({ KeyId: id, Description: inputs.description ?? "" });
        }
        if (changed.has("policy") && inputs.policy !== undefined) {
            await kms.putKeyPolicy({ KeyId: id, PolicyName: "default", Policy: inputs.policy, BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => kms.tagResource({ KeyId: id, Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) }),
            (TagKeys) => kms.untagResource({ KeyId: id, TagKeys }),
        );
        if (changed.has("isEnabled") && inputs.isEnabled === false) {
            await kms.disableKey({ KeyId: id });
        }
    },

    async delete(id, state, { services }) {
        const kms = await services.kms();
        const window = state["deletionWindowInDays"];
        const PendingWindowInDays = typeof window === "number" ? window : DEFAULT_DELETION_WINDOW;
        try {
            await orAbsent(kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays }));
        } catch (error) {
            if (!isError(error, "KMSInvalidStateException")) {
                throw error; // otherwise the deletion is scheduled already
            }
        }
    },
});

/** The id is the name, `alias/…`. */
export const keyAlias = resourceType<Inputs<AliasArgs, "name">, State<AliasState>>({
    token: "aws:kms/alias:Alias",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_alias",
    autoName: {
        property: "name",
        maximum: 256,
        prefixProperty: "namePrefix",
        decorate: (name) => (name.startsWith("alias/") ? name : `alias/${name}`),
    },
    replaceOn: ["name", "namePrefix"],
    local: ["namePrefix"],

    problems: ({ name }) => (name.startsWith("alias/") ? [] : [{ property: "name", reason: `the alias "${name}" does not begin with "alias/": add it` }]),

    async create(inputs, { services }) {
        await (await services.kms()).createAlias({ AliasName: inputs.name, TargetKeyId: inputs.targetKeyId });
        return inputs.name;
    },

    async read(id, { services }, known) {
        const kms = await services.kms();
        let marker: string | undefined;
        do {
            const page = await kms.listAliases({ Marker: marker });
            const found = page.Aliases?.find(({ AliasName }) => AliasName === id);
            if (found !== undefined) {
                const keyId = found.TargetKeyId ?? "";
                const arn = found.AliasArn ?? "";
                const keyArn = arn.replace(/:alias\/.*$/, `:key/${keyId}`);
                // The program may have given the key's ARN, which is the same key.
                return { arn, name: id, targetKeyArn: keyArn, targetKeyId: known.targetKeyId === keyArn ? keyArn : keyId };
            }
            marker = page.Truncated === true ? page.NextMarker : undefined;
        } while (marker !== undefined);
        return undefined;
    },

    async update(id, inputs, { services }) {
        await (await services.kms()).updateAlias({ AliasName: id, TargetKeyId: inputs.targetKeyId });
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.kms()).deleteAlias({ AliasName: id }));
    },
});

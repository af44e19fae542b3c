import type { CreateStateMachineInput, DescribeStateMachineOutput, EncryptionType, LogLevel, StateMachineType } from "@aws-sdk/client-sfn";
import type { StateMachineArgs, StateMachineState } from "@pulumi/aws/sfn/stateMachine";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { lowerTagList, lowerTagMap, applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

type MachineInputs = Inputs<StateMachineArgs, "definition" | "name" | "roleArn">;

/** The id is the ARN. The definition is compared as a text, as the real provider does. */
export const stateMachine = resourceType<MachineInputs, State<StateMachineState>>({
    token: "aws:sfn/stateMachine:StateMachine",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sfn_state_machine",
    autoName: { property: "name", maximum: 80, prefixProperty: "namePrefix" },
    replaceOn: ["name", "namePrefix", "type"],
    defaults: { publish: false, type: "STANDARD" },
    computed: ["encryptionConfiguration", "loggingConfiguration", "tracingConfiguration"],
    local: ["namePrefix", "publish"],

    problems: ({ definition, name }) => [
        ...(isJson(definition) ? [] : [{ property: "definition", reason: '"definition" is a text that is not JSON, and a state machine in Amazon States Language is allowed: build it with JSON.stringify or pulumi.jsonStringify' }]),
        ...(/^[0-9A-Za-z_-]{1,80}$/.test(name)
            ? []
            : [{ property: "name", reason: `the name "${name}" of a state machine is not of 1 to 80 letters, digits, "-" and "_": choose another one` }]),
    ],

    changes: ({ changed, inputs }) => {
        const own = [...changed].some((property) => property !== "tags" && property !== "tagsAll");
        return [...(own ? ["revisionId"] : []), ...(own && inputs.publish === true ? ["stateMachineVersionArn"] : [])];
    },

    async create(inputs, { services, retry }) {
        const sfn = await services.sfn();
        const request: CreateStateMachineInput = {
            ...settings(inputs, () => true),
            name: inputs.name,
            definition: inputs.definition,
            roleArn: inputs.roleArn,
            publish: inputs.publish,
            type: inputs.type as StateMachineType,
            tags: lowerTagList(inputs.tagsAll),
        };
        const { stateMachineArn } = await retry(
            () => sfn.createStateMachine(request),
            // A machine of this name that is still being deleted, and a role that is not known everywhere yet.
            (error) => isError(error, "StateMachineDeleting") || notPropagated(error),
        );
        return stateMachineArn ?? "";
    },

    async read(id, { services }) {
        const sfn = await services.sfn();
        const found = await orAbsent(sfn.describeStateMachine({ stateMachineArn: id }));
        if (found === undefined || found.status === "DELETING") {
            return undefined;
        }
        const { tags } = (await orAbsent(sfn.listTagsForResource({ resourceArn: id }))) ?? {};
        const { stateMachineVersions: [latest] = [] } = (await orAbsent(sfn.listStateMachineVersions({ stateMachineArn: id }))) ?? {};
        return { ...shown(found), stateMachineVersionArn: latest?.stateMachineVersionArn, tags: lowerTagMap(tags) };
    },

    async update(id, inputs, { services, retry, waitFor }, { old, changed }) {
        const sfn = await services.sfn();
        if ([...changed].some((property) => property !== "tags" && property !== "tagsAll")) {
            const request = { ...settings(inputs, (property) => changed.has(property)), stateMachineArn: id, definition: inputs.definition, roleArn: inputs.roleArn, publish: inputs.publish };
            await retry(() => sfn.updateStateMachine(request), notPropagated);
            await waitFor(`state machine "${id}" to show its update`, async () => {
                const { definition, roleArn } = await sfn.describeStateMachine({ stateMachineArn: id });
                return definition === inputs.definition && roleArn === inputs.roleArn ? true : undefined;
            });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => sfn.tagResource({ resourceArn: id, tags: lowerTagList(tags) }),
            (tagKeys) => sfn.untagResource({ resourceArn: id, tagKeys }),
        );
    },

    async delete(id, _state, { services, waitFor }) {
        const sfn = await services.sfn();
        await orAbsent(sfn.deleteStateMachine({ stateMachineArn: id }));
        await waitFor(`state machine "${id}" to be deleted`, async () => ((await orAbsent(sfn.describeStateMachine({ stateMachineArn: id }))) === undefined ? true : undefined));
    },
});

/** Settings besides definition and role, each where it is wanted. */
function settings(inputs: MachineInputs, wanted: (property: string) => boolean): Pick<CreateStateMachineInput, "encryptionConfiguration" | "loggingConfiguration" | "tracingConfiguration"> {
    const { encryptionConfiguration: encryption, loggingConfiguration: logging, tracingConfiguration: tracing } = inputs;
    return {
        ...(encryption === undefined || !wanted("encryptionConfiguration")
            ? {}
            : {
                  encryptionConfiguration: {
                      type: (encryption.type ?? "AWS_OWNED_KEY") as EncryptionType,
                      kmsKeyId: encryption.kmsKeyId,
                      kmsDataKeyReusePeriodSeconds: encryption.kmsDataKeyReusePeriodSeconds,
                  },
              }),
        ...(logging === undefined || !wanted("loggingConfiguration")
            ? {}
            : {
                  loggingConfiguration: {
                      includeExecutionData: logging.includeExecutionData ?? false,
                      level: (logging.level ?? "OFF") as LogLevel,
                      destinations: logging.logDestination === undefined ? undefined : [{ cloudWatchLogsLogGroup: { logGroupArn: logging.logDestination } }],
                  },
              }),
        ...(tracing === undefined || !wanted("tracingConfiguration") ? {} : { tracingConfiguration: { enabled: tracing.enabled ?? false } }),
    };
}

function shown(found: DescribeStateMachineOutput): State<StateMachineState> {
    const { encryptionConfiguration: encryption, loggingConfiguration: logging, tracingConfiguration: tracing } = found;
    return {
        arn: found.stateMachineArn,
        creationDate: found.creationDate?.toISOString(),
        definition: found.definition,
        description: found.description,
        encryptionConfiguration:
            encryption === undefined ? undefined : { type: encryption.type, kmsKeyId: encryption.kmsKeyId, kmsDataKeyReusePeriodSeconds: encryption.kmsDataKeyReusePeriodSeconds },
        loggingConfiguration: {
            includeExecutionData: logging?.includeExecutionData ?? false,
            level: logging?.level ?? "OFF",
            logDestination: logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn,
        },
        name: found.name,
        revisionId: found.revisionId,
        roleArn: found.roleArn,
        status: found.status,
        tracingConfiguration: { enabled: tracing?.enabled ?? false },
        type: found.type,
    };
}

/** Step Functions tries the role at once. */
function notPropagated(error: unknown): boolean {
    return isError(error, "AccessDeniedException") && /authorized to (assume|access|create)|log destination/i.test(error instanceof Error ? error.message : "");
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

import type { CreateEventSourceMappingRequest, EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import type { EventSourceMappingArgs, EventSourceMappingState } from "@pulumi/aws/lambda/eventSourceMapping";
import { type AwsContext, resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { sameFunction } from "./functionNames";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

type MappingInputs = Inputs<EventSourceMappingArgs>;

/** The id is the mapping's UUID. */
export const eventSourceMapping = resourceType<MappingInputs, State<EventSourceMappingState>>({
    token: "aws:lambda/eventSourceMapping:EventSourceMapping",
    source: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/event_source_mapping.go",
    replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
    defaults: { enabled: true },
    computed: ["batchSize", "destinationConfig", "maximumBatchingWindowInSeconds", "maximumRecordAgeInSeconds", "maximumRetryAttempts", "parallelizationFactor"],
    unsupported: [
        "amazonManagedKafkaEventSourceConfig",
        "documentDbEventSourceConfig",
        "metricsConfig",
        "provisionedPollerConfig",
        "queues",
        "selfManagedEventSource",
        "selfManagedKafkaEventSourceConfig",
        "sourceAccessConfigurations",
        "topics",
    ],
    json: ["filterCriteria.filters.pattern"],
    sets: ["filterCriteria.filters", "functionResponseTypes"],
    local: ["startingPosition", "startingPositionTimestamp", "useResourceTimeoutForPropagation"],

    async create(inputs, context) {
        const lambda = await context.services.lambda();
        const tags = inputs.tagsAll ?? {};
        const { UUID: id = "" } = await context.retry(
            () =>
                lambda.createEventSourceMapping({
                    ...sent(inputs),
                    EventSourceArn: inputs.eventSourceArn,
                    StartingPosition: inputs.startingPosition,
                    StartingPositionTimestamp: inputs.startingPositionTimestamp === undefined ? undefined : new Date(inputs.startingPositionTimestamp),
                    Tags: Object.keys(tags).length === 0 ? undefined : tags,
                } as CreateEventSourceMappingRequest),
            notPropagated,
        );
        await settled(id, context);
        return id;
    },

    async read(id, { services }, known) {
        const lambda = await services.lambda();
        const found = await orAbsent(lambda.getEventSourceMapping({ UUID: id }));
        if (found === undefined || found.State === "Deleting") {
            return undefined;
        }
        const arn = found.EventSourceMappingArn;
        const tags = arn === undefined ? undefined : (await orAbsent(lambda.listTags({ Resource: arn })))?.Tags;
        return { ...shown(found, known.functionName), tags };
    },

    async update(id, inputs, context, { old, state }) {
        const lambda = await context.services.lambda();
        await context.retry(() => lambda.updateEventSourceMapping({ ...sent(inputs, old), UUID: id }), notPropagated);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => lambda.tagResource({ Resource: String(state["arn"]), Tags: { ...tags } }),
            (keys) => lambda.untagResource({ Resource: String(state["arn"]), TagKeys: keys }),
        );
        await settled(id, context);
    },

    async delete(id, _state, { services, retry, waitFor }) {
        const lambda = await services.lambda();
        const gone = await retry(() => orAbsent(lambda.deleteEventSourceMapping({ UUID: id })), notPropagated);
        if (gone !== undefined) {
            await waitFor(`event source mapping "${id}" to be deleted`, async () =>
                (await orAbsent(lambda.getEventSourceMapping({ UUID: id }))) === undefined ? true : undefined,
            );
        }
    },
});

type Sent = Pick<
    CreateEventSourceMappingRequest,
    | "BatchSize"
    | "BisectBatchOnFunctionError"
    | "DestinationConfig"
    | "Enabled"
    | "FilterCriteria"
    | "FunctionName"
    | "FunctionResponseTypes"
    | "KMSKeyArn"
    | "MaximumBatchingWindowInSeconds"
    | "MaximumRecordAgeInSeconds"
    | "MaximumRetryAttempts"
    | "ParallelizationFactor"
    | "ScalingConfig"
    | "TumblingWindowInSeconds"
>;

/** What was taken away is sent as its empty value in an update, because Lambda keeps what is not sent. */
function sent(inputs: MappingInputs, old?: MappingInputs): Sent {
    const cleared = <T>(name: keyof MappingInputs, empty: T): T | undefined => (old?.[name] === undefined ? undefined : empty);
    const destination = inputs.destinationConfig?.onFailure?.destinationArn;
    return {
        FunctionName: inputs.functionName,
        Enabled: inputs.enabled,
        BatchSize: inputs.batchSize,
        BisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError,
        DestinationConfig: destination === undefined ? cleared("destinationConfig", { OnFailure: {} }) : { OnFailure: { Destination: destination } },
        FilterCriteria:
            inputs.filterCriteria === undefined
                ? cleared("filterCriteria", { Filters: [] })
                : { Filters: (inputs.filterCriteria.filters ?? []).map(({ pattern }) => ({ Pattern: pattern })) },
        FunctionResponseTypes: (inputs.functionResponseTypes as "ReportBatchItemFailures"[] | undefined) ?? cleared("functionResponseTypes", []),
        KMSKeyArn: inputs.kmsKeyArn ?? cleared("kmsKeyArn", ""),
        MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
        MaximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds,
        MaximumRetryAttempts: inputs.maximumRetryAttempts,
        ParallelizationFactor: inputs.parallelizationFactor,
        ScalingConfig:
            inputs.scalingConfig === undefined ? cleared("scalingConfig", {}) : { MaximumConcurrency: inputs.scalingConfig.maximumConcurrency },
        TumblingWindowInSeconds: inputs.tumblingWindowInSeconds,
    };
}

function shown(found: EventSourceMappingConfiguration, functionName: string | undefined): State<EventSourceMappingState> {
    const destination = found.DestinationConfig?.OnFailure?.Destination;
    const filters = found.FilterCriteria?.Filters ?? [];
    return {
        arn: found.EventSourceMappingArn,
        batchSize: found.BatchSize,
        bisectBatchOnFunctionError: found.BisectBatchOnFunctionError === true ? true : undefined,
        destinationConfig: destination === undefined || destination === "" ? undefined : { onFailure: { destinationArn: destination } },
        enabled: found.State !== "Disabled" && found.State !== "Disabling",
        eventSourceArn: found.EventSourceArn,
        filterCriteria: filters.length === 0 ? undefined : { filters: filters.map(({ Pattern }) => ({ pattern: Pattern })) },
        functionArn: found.FunctionArn,
        functionName: sameFunction(functionName, found.FunctionArn),
        functionResponseTypes: (found.FunctionResponseTypes ?? []).length === 0 ? undefined : [...(found.FunctionResponseTypes ?? [])].sort(),
        kmsKeyArn: found.KMSKeyArn === "" ? undefined : found.KMSKeyArn,
        lastModified: found.LastModified?.toISOString(),
        lastProcessingResult: found.LastProcessingResult ?? "",
        maximumBatchingWindowInSeconds: found.MaximumBatchingWindowInSeconds,
        maximumRecordAgeInSeconds: found.MaximumRecordAgeInSeconds,
        maximumRetryAttempts: found.MaximumRetryAttempts,
        parallelizationFactor: found.ParallelizationFactor,
        scalingConfig: found.ScalingConfig?.MaximumConcurrency === undefined ? undefined : { maximumConcurrency: found.ScalingConfig.MaximumConcurrency },
        startingPosition: found.StartingPosition,
        startingPositionTimestamp: found.StartingPositionTimestamp?.toISOString(),
        state: found.State,
        stateTransitionReason: found.StateTransitionReason ?? "",
        tumblingWindowInSeconds: found.TumblingWindowInSeconds === 0 ? undefined : found.TumblingWindowInSeconds,
        uuid: found.UUID,
    };
}

async function settled(id: string, { services, waitFor }: AwsContext): Promise<void> {
    const lambda = await services.lambda();
    await waitFor(`event source mapping "${id}" to be ready`, async () => {
        const { State: state } = await lambda.getEventSourceMapping({ UUID: id });
        return state === undefined || state === "Enabled" || state === "Disabled" ? true : undefined;
    });
}

/** The function's role may not have its rights yet, and a mapping changes one thing at a time. */
function notPropagated(error: unknown): boolean {
    const message = error instanceof Error ? error.message : "";
    return (
        isError(error, "ResourceInUseException") ||
        (isError(error, "InvalidParameterValueException") && /does not have permissions|cannot be assumed|execution role|ensure the role/i.test(message))
    );
}

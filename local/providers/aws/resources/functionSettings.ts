/** Settings of a function, version or alias that are resources of their own. */
import type { FunctionEventInvokeConfigArgs, FunctionEventInvokeConfigState } from "@pulumi/aws/lambda/functionEventInvokeConfig";
import type { FunctionUrlArgs, FunctionUrlState } from "@pulumi/aws/lambda/functionUrl";
import type { ProvisionedConcurrencyConfigArgs, ProvisionedConcurrencyConfigState } from "@pulumi/aws/lambda/provisionedConcurrencyConfig";
import type { Lambda } from "@aws-sdk/client-lambda";
import { Incomplete } from "../../framework/resource";
import { type AwsContext, resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { inProgress } from "./functionAlias";
import { sameFunction } from "./functionNames";
import type { Inputs, State } from "./types";

type InvokeConfigInputs = Inputs<FunctionEventInvokeConfigArgs>;

/** The id is `FUNCTION` or `FUNCTION:QUALIFIER`. */
export const functionEventInvokeConfig = resourceType<InvokeConfigInputs, State<FunctionEventInvokeConfigState>>({
    token: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_event_invoke_config",
    replaceOn: ["functionName", "qualifier"],
    defaults: { maximumRetryAttempts: 2 },
    computed: ["maximumEventAgeInSeconds"],

    create: (inputs, context) => putInvokeConfig(inputs, context),

    async read(id, { services }, known) {
        const { functionName, qualifier } = split(id, ":");
        const found = await orAbsent((await services.lambda()).getFunctionEventInvokeConfig({ FunctionName: functionName, Qualifier: qualifier }));
        if (found === undefined) {
            return undefined;
        }
        const success = found.DestinationConfig?.OnSuccess?.Destination;
        const failure = found.DestinationConfig?.OnFailure?.Destination;
        return {
            functionName: sameFunction(known.functionName, functionName),
            qualifier,
            maximumEventAgeInSeconds: found.MaximumEventAgeInSeconds,
            maximumRetryAttempts: found.MaximumRetryAttempts ?? 2,
            destinationConfig:
                success === undefined && failure === undefined
                    ? undefined
                    : {
                          onSuccess: success === undefined ? undefined : { destination: success },
                          onFailure: failure === undefined ? undefined : { destination: failure },
                      },
        };
    },

    async update(_id, inputs, context) {
        await putInvokeConfig(inputs, context);
    },

    async delete(id, _state, { services }) {
        const { functionName, qualifier } = split(id, ":");
        await orAbsent((await services.lambda()).deleteFunctionEventInvokeConfig({ FunctionName: functionName, Qualifier: qualifier }));
    },
});

async function putInvokeConfig(inputs: InvokeConfigInputs, { services, retry }: AwsContext): Promise<string> {
    const lambda = await services.lambda();
    const { onSuccess, onFailure } = inputs.destinationConfig ?? {};
    await retry(
        () =>
            lambda.putFunctionEventInvokeConfig({
                FunctionName: inputs.functionName,
                Qualifier: inputs.qualifier,
                MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
                MaximumRetryAttempts: inputs.maximumRetryAttempts,
                DestinationConfig: {
                    OnSuccess: onSuccess === undefined ? undefined : { Destination: onSuccess.destination },
                    OnFailure: onFailure === undefined ? undefined : { Destination: onFailure.destination },
                },
            }),
        // The role's right to send to the destination may not be known everywhere yet.
        (error) => inProgress(error) || (error instanceof Error && error.message.includes("does not have permissions to call")),
    );
    return inputs.qualifier === undefined ? inputs.functionName : `${inputs.functionName}:${inputs.qualifier}`;
}

type UrlInputs = Inputs<FunctionUrlArgs>;

/** Statement that Lambda's console adds too for URLs without authorization. */
const PUBLIC_ACCESS = "FunctionURLAllowPublicAccess";

/** The id is `FUNCTION` or `FUNCTION/QUALIFIER`. */
export const functionUrl = resourceType<UrlInputs, State<FunctionUrlState>>({
    token: "aws:lambda/functionUrl:FunctionUrl",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function_url",
    replaceOn: ["functionName", "qualifier"],
    defaults: { invokeMode: "BUFFERED" },
    sets: ["cors.allowHeaders", "cors.allowMethods", "cors.allowOrigins", "cors.exposeHeaders"],

    async create(inputs, { services, retry }) {
        const lambda = await services.lambda();
        await retry(() => lambda.createFunctionUrlConfig({ ...urlRequest(inputs) }), inProgress);
        if (inputs.authorizationType === "NONE") {
            await allowPublic(lambda, inputs);
        }
        return inputs.qualifier === undefined ? inputs.functionName : `${inputs.functionName}/${inputs.qualifier}`;
    },

    async read(id, { services }, known) {
        const { functionName, qualifier } = split(id, "/");
        const found = await orAbsent((await services.lambda()).getFunctionUrlConfig({ FunctionName: functionName, Qualifier: qualifier }));
        if (found === undefined) {
            return undefined;
        }
        const cors = found.Cors;
        return {
            authorizationType: found.AuthType,
            cors:
                cors === undefined || Object.keys(cors).length === 0
                    ? undefined
                    : {
                          allowCredentials: cors.AllowCredentials,
                          allowHeaders: cors.AllowHeaders,
                          allowMethods: cors.AllowMethods,
                          allowOrigins: cors.AllowOrigins,
                          exposeHeaders: cors.ExposeHeaders,
                          maxAge: cors.MaxAge,
                      },
            functionArn: found.FunctionArn,
            functionName: sameFunction(known.functionName, functionName),
            functionUrl: found.FunctionUrl,
            invokeMode: found.InvokeMode ?? "BUFFERED",
            qualifier,
            urlId: /^https?:\/\/([^./]+)/.exec(found.FunctionUrl ?? "")?.[1] ?? "",
        };
    },

    async update(_id, inputs, { services }, { changed }) {
        const lambda = await services.lambda();
        await lambda.updateFunctionUrlConfig({ ...urlRequest(inputs), Cors: urlRequest(inputs).Cors ?? {} });
        if (changed.has("authorizationType") && inputs.authorizationType === "NONE") {
            await allowPublic(lambda, inputs);
        }
    },

    async delete(id, _state, { services }) {
        const { functionName, qualifier } = split(id, "/");
        await orAbsent((await services.lambda()).deleteFunctionUrlConfig({ FunctionName: functionName, Qualifier: qualifier }));
    },
});

function urlRequest(inputs: UrlInputs): Parameters<Lambda["createFunctionUrlConfig"]>[0] {
    const cors = inputs.cors;
    return {
        FunctionName: inputs.functionName,
        Qualifier: inputs.qualifier,
        AuthType: inputs.authorizationType as "AWS_IAM",
        InvokeMode: inputs.invokeMode as "BUFFERED",
        Cors:
            cors === undefined
                ? undefined
                : {
                      AllowCredentials: cors.allowCredentials,
                      AllowHeaders: cors.allowHeaders,
                      AllowMethods: cors.allowMethods,
                      AllowOrigins: cors.allowOrigins,
                      ExposeHeaders: cors.exposeHeaders,
                      MaxAge: cors.maxAge,
                  },
    };
}

async function allowPublic(lambda: Lambda, inputs: UrlInputs): Promise<void> {
    try {
        await lambda.addPermission({
            FunctionName: inputs.functionName,
            Qualifier: inputs.qualifier,
            StatementId: PUBLIC_ACCESS,
            Action: "lambda:InvokeFunctionUrl",
            Principal: "*",
            FunctionUrlAuthType: "NONE",
        });
    } catch (error) {
        if (!isError(error, "ResourceConflictException")) {
            throw error;
        }
    }
}

type ConcurrencyInputs = Inputs<ProvisionedConcurrencyConfigArgs>;

/** The id is `FUNCTION,QUALIFIER`. */
export const provisionedConcurrency = resourceType<ConcurrencyInputs, State<ProvisionedConcurrencyConfigState>>({
    token: "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_provisioned_concurrency_config",
    replaceOn: ["functionName", "qualifier"],
    defaults: { skipDestroy: false },
    local: ["skipDestroy"],

    create: (inputs, context) => putConcurrency(inputs, context),

    async read(id, { services }, known) {
        const { functionName, qualifier } = split(id, ",");
        const found = await orAbsent((await services.lambda()).getProvisionedConcurrencyConfig({ FunctionName: functionName, Qualifier: qualifier }));
        return found === undefined
            ? undefined
            : {
                  functionName: sameFunction(known.functionName, functionName),
                  qualifier,
                  provisionedConcurrentExecutions: found.RequestedProvisionedConcurrentExecutions,
              };
    },

    async update(_id, inputs, context) {
        await putConcurrency(inputs, context);
    },

    async delete(id, state, { services }) {
        if (state["skipDestroy"] !== true) {
            const { functionName, qualifier } = split(id, ",");
            await orAbsent((await services.lambda()).deleteProvisionedConcurrencyConfig({ FunctionName: functionName, Qualifier: qualifier }));
        }
    },
});

async function putConcurrency(inputs: ConcurrencyInputs, { services, retry, waitFor }: AwsContext): Promise<string> {
    const lambda = await services.lambda();
    const id = `${inputs.functionName},${inputs.qualifier}`;
    const target = { FunctionName: inputs.functionName, Qualifier: inputs.qualifier };
    await retry(() => lambda.putProvisionedConcurrencyConfig({ ...target, ProvisionedConcurrentExecutions: inputs.provisionedConcurrentExecutions }), inProgress);
    await waitFor(`provisioned concurrency of "${inputs.functionName}:${inputs.qualifier}" to be ready`, async () => {
        const { Status: status, StatusReason: reason } = await lambda.getProvisionedConcurrencyConfig(target);
        if (status === "FAILED") {
            throw new Incomplete(id, new Error(`provisioned concurrency failed: ${reason ?? "no reason was given"}`));
        }
        return status === "READY" || status === undefined ? true : undefined;
    });
    return id;
}

/** At the last separator, because a function may be given by its ARN. */
function split(id: string, separator: string): { readonly functionName: string; readonly qualifier: string | undefined } {
    const name = id.startsWith("arn:") && separator === ":" ? id.split(":").slice(0, 7).join(":") : id.split(separator)[0];
    const rest = id.slice((name ?? id).length + 1);
    return { functionName: name ?? id, qualifier: rest === "" ? undefined : rest };
}

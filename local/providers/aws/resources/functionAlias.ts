import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import type { AliasArgs, AliasState } from "@pulumi/aws/lambda/alias";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { sameFunction } from "./functionNames";
import { invokeArn } from "./functionShape";
import type { Inputs, State } from "./types";

/** The id is the alias's ARN; `FUNCTION/ALIAS` is accepted for imports. */
export const functionAlias = resourceType<Inputs<AliasArgs, "name">, State<AliasState>>({
    token: "aws:lambda/alias:Alias",
    source: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/lambda/alias.go",
    autoName: { property: "name", maximum: 128 },
    replaceOn: ["functionName", "name"],

    async create(inputs, { services, retry }) {
        const lambda = await services.lambda();
        const { AliasArn: arn } = await retry(
            () =>
                lambda.createAlias({
                    FunctionName: inputs.functionName,
                    Name: inputs.name,
                    FunctionVersion: inputs.functionVersion,
                    Description: inputs.description ?? "",
                    RoutingConfig: { AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights },
                }),
            inProgress,
        );
        return arn ?? "";
    },

    idOf: (state) => (typeof state["arn"] === "string" ? state["arn"] : undefined),

    async read(id, { services, region }, known) {
        const { functionName, name } = parse(id);
        const found = await orAbsent((await services.lambda()).getAlias({ FunctionName: functionName, Name: name }));
        return found === undefined ? undefined : shown(found, sameFunction(known.functionName, functionName) ?? functionName, region);
    },

    async update(id, inputs, { services, retry }) {
        const { functionName, name } = parse(id);
        const lambda = await services.lambda();
        await retry(
            () =>
                lambda.updateAlias({
                    FunctionName: functionName,
                    Name: name,
                    FunctionVersion: inputs.functionVersion,
                    Description: inputs.description ?? "",
                    // Always sent, as the real provider does: an alias without weights sends everything to its version.
                    RoutingConfig: { AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights ?? {} },
                }),
            inProgress,
        );
    },

    async delete(id, _state, { services }) {
        const { functionName, name } = parse(id);
        await orAbsent((await services.lambda()).deleteAlias({ FunctionName: functionName, Name: name }));
    },
});

function shown(found: AliasConfiguration, functionName: string, region: string): State<AliasState> {
    const weights = found.RoutingConfig?.AdditionalVersionWeights ?? {};
    return {
        arn: found.AliasArn,
        description: found.Description === "" ? undefined : found.Description,
        functionName,
        functionVersion: found.FunctionVersion,
        invokeArn: invokeArn(region, found.AliasArn ?? ""),
        name: found.Name,
        routingConfig: Object.keys(weights).length === 0 ? undefined : { additionalVersionWeights: weights },
    };
}


export function inProgress(error: unknown): boolean {
    return error instanceof Error && /in progress|is currently in the following state|concurrently/i.test(error.message);
}

function parse(id: string): { readonly functionName: string; readonly name: string } {
    const parts = id.startsWith("arn:") ? id.split(":").slice(6) : id.split("/");
    const [functionName, name] = parts;
    if (functionName === undefined || name === undefined || parts.length !== 2) {
        throw new Error(`the id "${id}" is neither an alias ARN nor FUNCTION/ALIAS: import with one of these`);
    }
    return { functionName, name };
}

import { GetAliasCommand, GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, ListVersionsByFunctionCommand, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import { codeOf } from "../../automation/failure";
import type { FunctionsPort } from "../functions";

/** Lambda in one region. */
export function functionsPort(region: string | undefined): FunctionsPort {
    // A function may run 15 minutes (Lambda quotas), and a call must never be repeated behind the caller's back.
    const caller = new LambdaClient({ region, maxAttempts: 1, requestHandler: { requestTimeout: 905_000 } });
    const client = new LambdaClient({ region });
    return {
        invoke: async (FunctionName, Qualifier, payload) => {
            const answer = await caller.send(new InvokeCommand({ FunctionName, Qualifier, Payload: Buffer.from(payload), LogType: "Tail" }));
            return {
                text: Buffer.from(answer.Payload ?? []).toString("utf8"),
                error: answer.FunctionError,
                version: answer.ExecutedVersion,
                log: Buffer.from(answer.LogResult ?? "", "base64").toString("utf8").trim(),
            };
        },
        aliasVersion: async (FunctionName, Name) => {
            try {
                const { FunctionVersion = "", RoutingConfig } = await client.send(new GetAliasCommand({ FunctionName, Name }));
                return { version: FunctionVersion, weighted: Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0 };
            } catch (error) {
                if (codeOf(error) === "ResourceNotFoundException") {
                    return undefined;
                }
                throw error;
            }
        },
        versions: async (FunctionName) => {
            const found: string[] = [];
            let Marker: string | undefined;
            do {
                const page = await client.send(new ListVersionsByFunctionCommand({ FunctionName, Marker }));
                found.push(...(page.Versions ?? []).flatMap(({ Version }) => (Version === undefined || Version === "$LATEST" ? [] : [Version])));
                Marker = page.NextMarker;
            } while (Marker);
            return found.sort((a, b) => Number(a) - Number(b));
        },
        version: async (FunctionName, Qualifier) => {
            const { Role = "" } = await client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
            return { role: Role };
        },
        shareAlias: async (FunctionName, Name, FunctionVersion, { version, weight }) => {
            await client.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion, RoutingConfig: { AdditionalVersionWeights: { [version]: weight } } }));
        },
        moveAlias: async (FunctionName, Name, FunctionVersion) => {
            await client.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion, RoutingConfig: { AdditionalVersionWeights: {} } }));
        },
    };
}

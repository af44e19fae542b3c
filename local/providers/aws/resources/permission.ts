import type { PermissionArgs, PermissionState } from "@pulumi/aws/lambda/permission";
import { resourceType, type Services } from "../clients";
import { isError, orAbsent } from "../errors";
import { inProgress } from "./functionAlias";
import type { Inputs, State } from "./types";

type PermissionInputs = Inputs<PermissionArgs, "function" | "statementId">;

interface Statement {
    readonly Sid?: string;
    readonly Action?: string | readonly string[];
    readonly Principal?: string | Readonly<Record<string, string>>;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The id is the statement's id, as with the real provider; function and qualifier come from the state. */
export const permission = resourceType<PermissionInputs, State<PermissionState>>({
    token: "aws:lambda/permission:Permission",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_permission",
    autoName: { property: "statementId", maximum: 100, prefixProperty: "statementIdPrefix" },
    replaceOn: [
        "action",
        "eventSourceToken",
        "function",
        "functionUrlAuthType",
        "invokedViaFunctionUrl",
        "principal",
        "principalOrgId",
        "qualifier",
        "sourceAccount",
        "sourceArn",
        "statementId",
        "statementIdPrefix",
    ],
    local: ["statementIdPrefix"],

    async create(inputs, { services, retry }) {
        const lambda = await services.lambda();
        await retry(
            () =>
                lambda.addPermission({
                    FunctionName: inputs.function,
                    StatementId: inputs.statementId,
                    Action: inputs.action,
                    Principal: inputs.principal,
                    SourceArn: inputs.sourceArn,
                    SourceAccount: inputs.sourceAccount,
                    EventSourceToken: inputs.eventSourceToken,
                    FunctionUrlAuthType: inputs.functionUrlAuthType as "AWS_IAM" | undefined,
                    InvokedViaFunctionUrl: inputs.invokedViaFunctionUrl,
                    PrincipalOrgID: inputs.principalOrgId,
                    Qualifier: inputs.qualifier,
                }),
            // Lambda changes a function's policy one statement at a time.
            (error) => inProgress(error) || isError(error, "PreconditionFailedException"),
        );
        return inputs.statementId;
    },

    async read(id, { services }, known) {
        const { functionName, qualifier, statementId } = locate(id, known);
        const statement = await find(services, functionName, qualifier, statementId);
        return statement === undefined ? undefined : shown(statement, functionName, qualifier, known);
    },

    idOf: (state) => (typeof state["statementId"] === "string" ? state["statementId"] : undefined),

    async delete(id, state, { services, retry }) {
        const lambda = await services.lambda();
        const request = { FunctionName: String(state["function"]), StatementId: id, Qualifier: state["qualifier"] as string | undefined };
        await retry(() => orAbsent(lambda.removePermission(request)), inProgress);
    },
});

/** An import names function and statement: `FUNCTION/STATEMENT` or `FUNCTION:QUALIFIER/STATEMENT`. */
function locate(id: string, known: Partial<PermissionInputs>): { functionName: string; qualifier: string | undefined; statementId: string } {
    if (known.function !== undefined) {
        return { functionName: known.function, qualifier: known.qualifier, statementId: known.statementId ?? id };
    }
    const at = id.lastIndexOf("/");
    const [functionName, qualifier] = id.slice(0, at).split(":");
    if (at < 1 || functionName === undefined) {
        throw new Error(`the id "${id}" names no function: import with FUNCTION/STATEMENT or FUNCTION:QUALIFIER/STATEMENT`);
    }
    return { functionName, qualifier, statementId: id.slice(at + 1) };
}

async function find(services: Services, functionName: string, qualifier: string | undefined, id: string): Promise<Statement | undefined> {
    const lambda = await services.lambda();
    const answer = await orAbsent(lambda.getPolicy({ FunctionName: functionName, Qualifier: qualifier }));
    const document = JSON.parse(answer?.Policy ?? "{}") as { Statement?: Statement | readonly Statement[] };
    const statements = [document.Statement ?? []].flat() as Statement[];
    return statements.find(({ Sid }) => Sid === id);
}

function shown(statement: Statement, functionName: string, qualifier: string | undefined, known: Partial<PermissionInputs>): State<PermissionState> {
    const principal = principalOf(statement.Principal);
    return {
        function: functionName,
        qualifier,
        statementId: statement.Sid,
        action: [statement.Action ?? ""].flat().join(","),
        // Lambda turns an account id into the ARN of the account's root.
        principal: known.principal !== undefined && principal === `arn:aws:iam::${known.principal}:root` ? known.principal : principal,
        sourceArn: condition(statement, "aws:SourceArn"),
        sourceAccount: condition(statement, "aws:SourceAccount"),
        eventSourceToken: condition(statement, "lambda:EventSourceToken"),
        functionUrlAuthType: condition(statement, "lambda:FunctionUrlAuthType"),
        invokedViaFunctionUrl: booleanText(condition(statement, "lambda:InvokedViaFunctionUrl")),
        principalOrgId: condition(statement, "aws:PrincipalOrgID"),
    };
}

function principalOf(principal: Statement["Principal"]): string {
    return typeof principal === "string" ? principal : (principal?.["Service"] ?? principal?.["AWS"] ?? "");
}

/** Operators and the letter case of keys differ between services. */
function condition(statement: Statement, key: string): string | undefined {
    const entries = Object.values(statement.Condition ?? {}).flatMap((operator) => Object.entries(operator));
    return entries.find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

function booleanText(text: string | undefined): boolean | undefined {
    return text === undefined ? undefined : String(text) === "true";
}

import { isRecord, stringMember } from "../../automation/json";

/** A resource with what the program gives it. */
export interface ScannedResource {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Statement {
    readonly sid: string;
    readonly effect: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    /** As written: `*`, or kinds with their names. */
    readonly principal: unknown;
    readonly condition: Readonly<Record<string, unknown>>;
}

/** Inputs in which providers take a policy document as text. */
const POLICY_INPUTS = ["assumeRolePolicy", "policy"];

/** Every statement of every policy document among a resource's inputs. */
export function statementsOf({ inputs }: ScannedResource): Statement[] {
    return POLICY_INPUTS.flatMap((key) => documentOf(inputs[key])).flatMap((document) => list(document.Statement).filter(isRecord).map(statementOf));
}

function documentOf(value: unknown): Record<string, unknown>[] {
    if (typeof value !== "string") {
        return isRecord(value) ? [value] : [];
    }
    try {
        const document: unknown = JSON.parse(value);
        return isRecord(document) ? [document] : [];
    } catch {
        // A value that is not known yet, or a policy that is none of IAM's.
        return [];
    }
}

function statementOf(statement: Record<string, unknown>): Statement {
    return {
        sid: stringMember(statement, "Sid") ?? "",
        effect: stringMember(statement, "Effect") ?? "",
        actions: list(statement.Action).map(String),
        resources: list(statement.Resource).map(String),
        principal: statement.Principal,
        condition: isRecord(statement.Condition) ? statement.Condition : {},
    };
}

/** IAM takes one value for a list of one. */
function list(value: unknown): unknown[] {
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Whether a statement refuses every call that does not come by TLS. */
export function refusesPlainTransport({ effect, condition }: Statement): boolean {
    const bool = condition.Bool;
    return effect === "Deny" && isRecord(bool) && String(bool["aws:SecureTransport"]) === "false";
}

/** Whether a statement is open to everybody. */
export function isForEverybody({ principal }: Statement): boolean {
    return principal === "*" || (isRecord(principal) && list(principal.AWS).includes("*"));
}

import type { PolicyStatement } from "../../../bootstrap/policies/statement";

/** Condition key → value of the request. Names of keys know no case. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

export interface Request {
    readonly action: string;
    readonly resource: string;
    readonly context?: RequestContext;
}

export type Decision = "allowed" | "denied" | "explicitly denied";

/** A statement as IAM takes it: texts may stand where lists may. */
type Loose = {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: PolicyStatement["Condition"];
};

/**
 * What IAM decides by identity policies of one account, and a boundary where there is one: an explicit denial wins, then a
 * permission that both give, else it is denied.
 */
export function decide(request: Request, statements: readonly Loose[], boundary?: readonly Loose[]): Decision {
    const matching = (policy: readonly Loose[]): readonly Loose[] => policy.filter((statement) => matches(statement, request));
    const own = matching(statements);
    const limits = boundary === undefined ? undefined : matching(boundary);
    if ([...own, ...(limits ?? [])].some(({ Effect }) => Effect === "Deny")) {
        return "explicitly denied";
    }
    const permits = (policy: readonly Loose[]): boolean => policy.some(({ Effect }) => Effect === "Allow");
    return permits(own) && (limits === undefined || permits(limits)) ? "allowed" : "denied";
}

/** Whether a service, on behalf of a resource, may take a role. */
export function mayAssume(trust: string, service: string, context: RequestContext): boolean {
    const { Statement } = JSON.parse(trust) as { Statement: { Principal: { Service: string }; Action: string; Condition?: PolicyStatement["Condition"] }[] };
    return Statement.some((statement) => statement.Principal.Service === service && statement.Action === "sts:AssumeRole" && holds(statement.Condition, context));
}

export function list<T>(value: T | readonly T[]): readonly T[] {
    return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** IAM's wildcards: `*` any number of characters, `?` one; everything else is itself. */
export function fits(value: string, pattern: string): boolean {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
    return new RegExp(`^${escaped}$`, "s").test(value);
}

function matches(statement: Loose, { action, resource, context = {} }: Request): boolean {
    return (
        list(statement.Action).some((pattern) => fits(action.toLowerCase(), pattern.toLowerCase())) &&
        list(statement.Resource).some((pattern) => fits(resource, pattern)) &&
        holds(statement.Condition, context)
    );
}

const COMPARE: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
    StringEquals: (value, wanted) => value === wanted,
    StringLike: fits,
    ArnEquals: arnFits,
    ArnLike: arnFits,
    Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
    NumericLessThan: (value, wanted) => Number(value) < Number(wanted),
};

function holds(condition: PolicyStatement["Condition"], context: RequestContext): boolean {
    return Object.entries(condition ?? {}).every(([operator, keys]) => Object.entries(keys).every(([key, wanted]) => compare(operator, valueOf(context, key), list(wanted))));
}

function compare(operator: string, given: readonly string[] | undefined, wanted: readonly string[]): boolean {
    if (operator === "Null") {
        return String(given === undefined) === wanted[0];
    }
    const [, set, name, optional] = /^(?:(ForAllValues|ForAnyValue):)?(.+?)(IfExists)?$/.exec(operator) ?? [];
    const negated = /^(String|Arn|Numeric)Not/.test(name ?? "");
    const test = COMPARE[(name ?? "").replace("Not", "")];
    if (test === undefined) {
        throw new Error(`The evaluator does not know the operator "${operator}".`);
    }
    if (given === undefined) {
        return optional !== undefined || set === "ForAllValues" || negated;
    }
    const one = (value: string): boolean => (negated ? wanted.every((pattern) => !test(value, pattern)) : wanted.some((pattern) => test(value, pattern)));
    return set === "ForAnyValue" ? given.some(one) : given.every(one);
}

/** Each of the six parts by itself: a wildcard does not reach across a colon, but in the last part. */
function arnFits(value: string, pattern: string): boolean {
    const parts = (arn: string): string[] => [...arn.split(":").slice(0, 5), arn.split(":").slice(5).join(":")];
    const wanted = parts(pattern);
    return parts(value).every((part, index) => fits(part, wanted[index] ?? ""));
}

function valueOf(context: RequestContext, key: string): readonly string[] | undefined {
    const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
    return found === undefined ? undefined : list(found[1]);
}

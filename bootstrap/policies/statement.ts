/** Operator → condition key → value or values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of a policy that belongs to a role: it names actions and resources, never "all of them". */
export interface PolicyStatement {
    /** Letters and digits; unique in its document. */
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    /** Sorted. */
    readonly Action: readonly string[];
    /** Sorted. */
    readonly Resource: readonly string[];
    readonly Condition?: Conditions;
}

/**
 * The policies of one role by name. `rights` is inline; every other one is a managed policy of its own, since IAM counts all
 * inline policies of a role together.
 */
export type RolePolicies = { readonly rights: readonly PolicyStatement[] } & Readonly<Record<string, readonly PolicyStatement[]>>;

export function allow(sid: string, actions: readonly string[], resources: readonly string[], condition?: Conditions): PolicyStatement {
    return statement("Allow", sid, actions, resources, condition);
}

export function deny(sid: string, actions: readonly string[], resources: readonly string[], condition?: Conditions): PolicyStatement {
    return statement("Deny", sid, actions, resources, condition);
}

/**
 * Statements of one `Sid` that differ in their resources only become one: a role that serves several stacks needs each
 * right once. Where conditions differ too, the second and further ones get a number.
 * @throws when two statements of one `Sid` differ in what they allow or deny
 */
export function mergeStatements(statements: readonly PolicyStatement[]): PolicyStatement[] {
    const merged = new Map<string, PolicyStatement>();
    const meanings = new Map<string, string>();
    for (const one of statements) {
        const meaning = JSON.stringify([one.Effect, one.Action]);
        if ((meanings.get(one.Sid) ?? meaning) !== meaning) {
            throw new Error(`Two statements are called "${one.Sid}" and mean different things. Give one of them another name.`);
        }
        meanings.set(one.Sid, meaning);
        const key = `${one.Sid} ${JSON.stringify(one.Condition ?? null)}`;
        const other = merged.get(key);
        merged.set(key, other === undefined ? one : { ...one, Resource: sortedSet([...other.Resource, ...one.Resource]) });
    }
    const counts = new Map<string, number>();
    return [...merged]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, statement]) => {
            const count = (counts.get(statement.Sid) ?? 0) + 1;
            counts.set(statement.Sid, count);
            return count === 1 ? statement : { ...statement, Sid: `${statement.Sid}${count}` };
        });
}

/** Characters of all inline policies of a role together, white space not counted (IAM quotas). */
export const INLINE_LIMIT = 10_240;
/** Characters of a managed policy, white space not counted (IAM quotas). */
export const MANAGED_LIMIT = 6_144;

/**
 * One JSON text for equal statements, whatever their order.
 * @throws when IAM would refuse it for its length
 */
export function policyText(owner: string, statements: readonly PolicyStatement[], limit = INLINE_LIMIT): string {
    const text = JSON.stringify({ Version: "2012-10-17", Statement: mergeStatements(statements) });
    const size = text.replace(/\s/g, "").length;
    if (size > limit) {
        throw new Error(`The policy of "${owner}" has ${size} characters; IAM takes at most ${limit}. Serve fewer stacks from one account, or split the role.`);
    }
    return text;
}

function statement(Effect: "Allow" | "Deny", Sid: string, actions: readonly string[], resources: readonly string[], condition?: Conditions): PolicyStatement {
    return { Sid, Effect, Action: sortedSet(actions), Resource: sortedSet(resources), ...(condition === undefined ? {} : { Condition: condition }) };
}

function sortedSet(values: readonly string[]): string[] {
    return [...new Set(values)].sort();
}

import { ResourceDeclarations, ResourceKind } from "./model";
import { didYouMean, listNames } from "./nearest";

/** What values may say of a resource, by its kind, with the most bytes that AWS lets it have. */
export const ATTRIBUTES: Readonly<Record<ResourceKind, Readonly<Record<string, number>>>> = {
    bucket: { name: 63, arn: 88 },
    catalog: { database: 255, arn: 320 },
    table: { name: 255, arn: 320 },
    stateMachine: { name: 80, arn: 150 },
    queue: { name: 80, arn: 140, url: 160 },
};

export interface Reference {
    readonly resource: string;
    readonly attribute: string;
}

/** Either literal text or a reference. */
export type TextPart = string | Reference;

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;

/**
 * Takes a value apart: `s3://${raw.name}/in` is `["s3://", { resource: "raw", attribute: "name" }, "/in"]`. `$${` is a literal `${`.
 * The component that resolves references and the checks here share this one reader. Text that is no well-formed reference is
 * returned as a reference with an empty attribute, which the checks refuse.
 */
export function splitReferences(text: string): readonly TextPart[] {
    const parts: TextPart[] = [];
    let literal = "";
    let end = 0;
    for (const match of text.matchAll(REFERENCE)) {
        literal += text.slice(end, match.index);
        end = match.index + match[0].length;
        if (match[0] === "$${") {
            literal += "${";
            continue;
        }
        if (literal !== "") {
            parts.push(literal);
            literal = "";
        }
        const closed = match[0].endsWith("}");
        const form = /^([A-Za-z][A-Za-z0-9_-]*)\.([A-Za-z]+)$/.exec(match[1] ?? "");
        parts.push(
            closed && form !== null ? { resource: form[1] ?? "", attribute: form[2] ?? "" } : { resource: match[1] ?? "", attribute: "" },
        );
    }
    literal += text.slice(end);
    return literal === "" ? parts : [...parts, literal];
}

/** What is wrong with the references of a value; the second part is what to do. */
export function referenceFaults(text: string, resources: ResourceDeclarations): readonly { readonly rule: string; readonly fix: string }[] {
    return splitReferences(text).flatMap((part) => (typeof part === "string" ? [] : (referenceFault(part, resources) ?? [])));
}

/** Bytes of a value when every reference has its longest form. */
export function longestBytes(text: string, resources: ResourceDeclarations): number {
    return splitReferences(text).reduce((sum, part) => {
        if (typeof part === "string") {
            return sum + Buffer.byteLength(part, "utf8");
        }
        const kind = kindOf(part.resource, resources);
        return sum + (kind === undefined ? 0 : (ATTRIBUTES[kind][part.attribute] ?? 0));
    }, 0);
}

/** The kind of a declared resource; names like `constructor` are not found on the object's prototype. */
export function kindOf(name: string, resources: ResourceDeclarations): ResourceKind | undefined {
    return Object.hasOwn(resources, name) ? resources[name] : undefined;
}

/** Rule and fix for a name that is not declared. */
export function unknownResource(
    name: string,
    resources: ResourceDeclarations,
    kinds?: readonly ResourceKind[],
): { readonly rule: string; readonly fix: string } {
    const fitting = Object.keys(resources).filter((other) => kinds === undefined || kinds.includes(resources[other] ?? "bucket"));
    const what = kinds === undefined ? "resource" : kinds.map(kindName).join(" or ");
    const declared =
        fitting.length === 0
            ? `declare it in app/infrastructure.ts`
            : `use one of ${fitting.sort().join(", ")}, or declare it in app/infrastructure.ts`;
    return { rule: `names an unknown ${what}${didYouMean(name, fitting)}`, fix: declared };
}

export function kindName(kind: ResourceKind): string {
    return kind === "stateMachine" ? "state machine" : kind === "catalog" ? "catalogue database" : kind;
}

function referenceFault(
    { resource, attribute }: Reference,
    resources: ResourceDeclarations,
): { readonly rule: string; readonly fix: string } | undefined {
    if (attribute === "") {
        return {
            rule: "holds a ${ that begins no reference",
            fix: "write ${RESOURCE.ATTRIBUTE}, like ${raw.name}, or $${ for a literal ${",
        };
    }
    const kind = kindOf(resource, resources);
    if (kind === undefined) {
        const { rule, fix } = unknownResource(resource, resources);
        return { rule: `refers to ${JSON.stringify(resource)}: ${rule}`, fix };
    }
    const attributes = Object.keys(ATTRIBUTES[kind]);
    if (!attributes.includes(attribute)) {
        return {
            rule: `refers to ${JSON.stringify(`${resource}.${attribute}`)}, which a ${kindName(kind)} does not have${didYouMean(attribute, attributes)}`,
            fix: `use ${listNames(attributes)}`,
        };
    }
    return undefined;
}

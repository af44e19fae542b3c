import type { ExecutionState } from "./state";

/** Namespace of the variables that a caller gives at the start. */
export const PIPELINE_VARIABLES = "variables";
/** Namespace of CodePipeline's own variable. */
export const OWN_VARIABLES = "codepipeline";

export interface Reference {
    readonly namespace: string;
    readonly name: string;
    /** As written, `#{Namespace.Name}`. */
    readonly text: string;
}

/** A configuration value cut at its references. */
export type Template = readonly (string | Reference)[];

const REFERENCE = /#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}/g;

export function parseTemplate(value: string): Template {
    if (!value.includes("#{")) {
        return [value];
    }
    const parts: (string | Reference)[] = [];
    let end = 0;
    for (const match of value.matchAll(REFERENCE)) {
        if (match.index > end) {
            parts.push(value.slice(end, match.index));
        }
        parts.push({ namespace: match[1] ?? "", name: match[2] ?? "", text: match[0] });
        end = match.index + match[0].length;
    }
    if (end < value.length) {
        parts.push(value.slice(end));
    }
    return parts;
}

export function references(template: Template): readonly Reference[] {
    return template.filter((part) => typeof part !== "string");
}

/** The value of a template in an execution, or the first reference that has none. */
export function resolve(template: Template, execution: ExecutionState): string | Reference {
    let value = "";
    for (const part of template) {
        if (typeof part === "string") {
            value += part;
            continue;
        }
        const found = lookUp(part, execution);
        if (found === undefined) {
            return part;
        }
        value += found;
    }
    return value;
}

function lookUp(reference: Reference, execution: ExecutionState): string | undefined {
    if (reference.namespace === OWN_VARIABLES) {
        return reference.name === "PipelineExecutionId" ? execution.id : undefined;
    }
    return (reference.namespace === PIPELINE_VARIABLES ? execution.variables : execution.namespaces[reference.namespace])?.[reference.name];
}

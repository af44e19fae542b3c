import type { Problem } from "../manifest/problem";
import type { ActionDefinition, PipelineDefinition, StageDefinition } from "./definition";

/** Namespaces that CodePipeline fills by itself. Those of `variables` are the pipeline's own. */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([["codepipeline", ["PipelineExecutionId"]]]);

const REFERENCE = /#\{([^}.]*)\.?([^}]*)\}/g;

export interface Reference {
    readonly text: string;
    readonly namespace: string;
    readonly variable: string;
}

/** Every `#{Namespace.VARIABLE}` in a text. */
export function referencesIn(text: string): readonly Reference[] {
    return [...text.matchAll(REFERENCE)].map(([whole, namespace = "", variable = ""]) => ({ text: whole, namespace, variable }));
}

interface Place {
    readonly stage: number;
    /** Run order; 0 for the stage's entry. */
    readonly order: number;
}

/**
 * Holds every reference against what an action before it exports: CodePipeline takes a definition with a reference to
 * nothing, and fails the run instead.
 *
 * @param exported Variables by namespace.
 */
export function referenceProblems(file: string, definition: PipelineDefinition, exported: ReadonlyMap<string, readonly string[]>): Problem[] {
    const places = new Map<string, Place>();
    const problems: Problem[] = [];
    definition.stages.forEach(({ name, actions }, stage) => {
        for (const { name: action, namespace, runOrder } of actions) {
            if (namespace !== undefined && places.has(namespace)) {
                problems.push({ file, key: `${name}.${action}.namespace`, value: namespace, rule: "is the namespace of an earlier action", fix: "choose another one" });
            } else if (namespace !== undefined) {
                places.set(namespace, { stage, order: runOrder });
            }
        }
    });
    const variables = definition.variables.map(({ name }) => name);
    const check = (key: string, text: string, here: Place): Problem[] =>
        referencesIn(text).flatMap(({ text: value, namespace, variable }) => {
            const known = namespace === "variables" ? variables : (BUILT_IN.get(namespace) ?? exported.get(namespace));
            const there = places.get(namespace);
            const isBuiltIn = namespace === "variables" || BUILT_IN.has(namespace);
            if (known === undefined || (there === undefined && !isBuiltIn)) {
                const namespaces = ["variables", ...BUILT_IN.keys(), ...places.keys()].join(", ");
                return [{ file, key, value, rule: "names a namespace that no action has", fix: `use one of ${namespaces}` }];
            }
            if (!known.includes(variable)) {
                return [{ file, key, value, rule: `names a variable that ${namespace} does not export`, fix: `use one of ${known.join(", ") || "none"}` }];
            }
            if (there !== undefined && !(there.stage < here.stage || (there.stage === here.stage && there.order < here.order))) {
                return [{ file, key, value, rule: "refers to an action that does not run before", fix: "refer to an earlier action, or let this one come `after` it" }];
            }
            return [];
        });
    const ofAction = (stage: number, name: string, action: ActionDefinition): Problem[] =>
        Object.entries(action.configuration).flatMap(([key, text]) => check(`${name}.${action.name}.${key}`, text, { stage, order: action.runOrder }));
    const ofEntry = (stage: number, { name, beforeEntry }: StageDefinition): Problem[] =>
        (beforeEntry?.condition.rules ?? []).flatMap((rule) =>
            Object.entries(rule.configuration).flatMap(([key, text]) => check(`${name}.${rule.name}.${key}`, text, { stage, order: 0 })),
        );
    definition.stages.forEach((stage, index) => {
        problems.push(...ofEntry(index, stage), ...stage.actions.flatMap((action) => ofAction(index, stage.name, action)));
    });
    return problems;
}

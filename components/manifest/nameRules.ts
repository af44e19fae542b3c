import { WrittenFunction } from "./functions";
import { FunctionModel, ImageModel, Trigger } from "./model";
import { derivedNameFault, nameFault, normalName, TriggerCounts } from "./names";
import { Problem } from "./problem";

export interface NameContext {
    readonly project: string;
    readonly stack: string;
    readonly layerDirectory: string;
}

interface Named {
    readonly name: string;
    readonly kind: "function" | "image";
    readonly problem: (rule: string, fix: string) => Problem;
    readonly where: string;
    readonly triggers?: TriggerCounts;
}

/** Form, uniqueness and derived lengths of the names of images and functions. */
export function nameProblems(images: readonly ImageModel[], functions: readonly WrittenFunction[], context: NameContext): Problem[] {
    const imageNames = images.map(({ name, directory }): Named => ({
        name,
        kind: "image",
        where: directory,
        problem: (rule, fix) => ({ file: directory, rule, fix }),
    }));
    const withFunctions = new Set(functions.filter(({ path }) => path.length === 0).map(({ model }) => model.image));
    const functionNames = functions.map(({ model, document, path }): Named => ({
        name: model.name,
        kind: "function",
        triggers: { schedules: countOf(model, "schedule"), rules: countOf(model, "rule") },
        where:
            path.length === 0
                ? (images.find(({ name }) => name === model.image)?.directory ?? document.file)
                : `${document.file}:${document.locate(path, true)?.line ?? 1}`,
        problem: (rule, fix) =>
            path.length === 0
                ? { file: images.find(({ name }) => name === model.image)?.directory ?? document.file, rule, fix }
                : document.problem(path, rule, fix, { atKey: true, hideValue: true }),
    }));
    return [
        // A directory that is one function has one name; its form is checked once.
        ...[...imageNames, ...functionNames.filter(({ name, kind }) => !(kind === "function" && withFunctions.has(name)))].flatMap(
            (named) => formProblem(named),
        ),
        ...[...imageNames, ...functionNames].flatMap((named) => lengthProblem(named, context)),
        ...collisions([...imageNames, layerAsImage(context)], "repository", context),
        ...collisions(functionNames, "function", context),
        ...takenByTriggers(functionNames),
    ];
}

function formProblem({ name, problem }: Named): Problem[] {
    const fault = nameFault(name);
    return fault === undefined ? [] : [problem(fault.rule, fault.fix)];
}

function countOf(model: FunctionModel, kind: Trigger["kind"]): number {
    return model.triggers.filter((trigger) => trigger.kind === kind).length;
}

function lengthProblem({ name, kind, problem, triggers }: Named, { project, stack }: NameContext): Problem[] {
    // A name that is too long by itself is reported for that.
    const fault = nameFault(name) === undefined ? derivedNameFault(project, stack, name, kind, triggers) : undefined;
    return fault === undefined ? [] : [problem(fault.rule, fault.fix)];
}

function collisions(named: readonly Named[], what: "repository" | "function", { project, stack }: NameContext): Problem[] {
    const first = new Map<string, Named>();
    return named.flatMap((entry) => {
        const normal = normalName(entry.name);
        const before = first.get(normal);
        first.set(normal, before ?? entry);
        if (before === undefined) {
            return [];
        }
        const derived = what === "repository" ? `${project}-${stack}/${normal}` : `${project}-${stack}-${normal}`;
        const rule = `has the same ${what} name as ${before.where}: both give ${JSON.stringify(derived.slice(-80))}`;
        return [entry.problem(rule, "rename one of the two")];
    });
}

/** A function's schedules and rules have names and roles made of its own name; no other function may be called like one of them. */
function takenByTriggers(functions: readonly Named[]): Problem[] {
    const taken = new Map(functions.flatMap((owner) => triggerNames(owner).map((name) => [name, owner] as const)));
    return functions.flatMap(({ name, problem }) => {
        const owner = taken.get(name);
        const rule = `is what a schedule or rule of ${JSON.stringify(owner?.name)} is named`;
        return owner === undefined ? [] : [problem(rule, "rename one of the two")];
    });
}

function triggerNames({ name, triggers = { schedules: 0, rules: 0 } }: Named): string[] {
    const numbers = (count: number): string[] => Array.from({ length: Math.max(0, count - 1) }, (_, index) => `-${index + 2}`);
    const of = (kind: string, count: number): string[] => (count === 0 ? [] : ["", ...numbers(count)].map((number) => `${name}-${kind}${number}`));
    const physical = numbers(Math.max(triggers.schedules, triggers.rules)).map((number) => `${name}${number}`);
    return [...of("schedule", triggers.schedules), ...of("rule", triggers.rules), ...physical];
}

function layerAsImage({ layerDirectory }: NameContext): Named {
    const name = layerDirectory.slice(layerDirectory.lastIndexOf("/") + 1);
    return { name, kind: "image", where: layerDirectory, problem: (rule, fix) => ({ file: layerDirectory, rule, fix }) };
}

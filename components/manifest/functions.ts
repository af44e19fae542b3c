import { environmentSizeProblems } from "./environment";
import { toGrants } from "./grants";
import { KeyPath } from "./keyPath";
import { Alarms, Architecture, FunctionModel, ResourceDeclarations, SecretReference, Trigger } from "./model";
import { Problem } from "./problem";
import { HandlerInput, MANIFEST_DEFAULTS, ManifestInput, SectionInput } from "./schema";
import { parseSecretReference } from "./secretReferences";
import { toStatement } from "./statements";
import { toTrigger } from "./triggers";
import { YamlDocument } from "./yamlDocument";

/** A function together with the place where it is written. */
export interface WrittenFunction {
    readonly model: FunctionModel;
    /** In the order of the file; the model's are sorted. */
    readonly triggers: readonly { readonly trigger: Trigger; readonly path: KeyPath }[];
    readonly document: YamlDocument;
    /** Where a key of the function stands: in its handler, or at the top where it takes it from. */
    readonly place: (key: keyof SectionInput) => KeyPath;
    /** Where the function itself stands. */
    readonly path: KeyPath;
}

export interface ImageOfFunctions {
    readonly name: string;
    readonly architecture: Architecture;
    readonly input: ManifestInput;
    readonly document: YamlDocument;
}

/** The functions of an image: one of its own name, or one for each handler. */
export function functionsOf(image: ImageOfFunctions): readonly WrittenFunction[] {
    const handlers = Object.entries(image.input.handlers ?? {});
    if (handlers.length === 0) {
        return [written(image, image.name, image.input, undefined, [])];
    }
    return handlers.map(([name, handler]) => written(image, name, merge(image.input, handler), handler, ["handlers", name]));
}

/** What is wrong with a function as a whole, after handlers have taken what they do not say from the top. */
export function functionProblems({ model, document, place, path }: WrittenFunction, resources: ResourceDeclarations): Problem[] {
    const problems = environmentSizeProblems(model.environment, model.secrets, resources, place("environment"), document);
    for (const { variable } of model.secrets) {
        if (Object.hasOwn(model.environment, variable)) {
            problems.push(
                document.problem([...place("secrets"), variable], "is a variable of `environment` as well", "keep one of the two", {
                    atKey: true,
                    hideValue: true,
                }),
            );
        }
    }
    if (
        model.provisionedConcurrency !== undefined &&
        model.reservedConcurrency !== undefined &&
        model.provisionedConcurrency > model.reservedConcurrency
    ) {
        problems.push(
            document.problem(
                place("provisionedConcurrency"),
                `is above the function's reservedConcurrency ${model.reservedConcurrency} (source: Lambda quotas)`,
                "lower it, or raise reservedConcurrency",
            ),
        );
    }
    if (model.alarms.durationP99 !== undefined && model.alarms.durationP99 >= model.timeout * 1_000) {
        problems.push(
            document.problem(
                [...place("alarms"), "durationP99"],
                `is not below the timeout of ${model.timeout} seconds: no call can last longer, so the alarm would never be raised`,
                `give milliseconds below ${model.timeout * 1_000}`,
            ),
        );
    }
    if (model.smoke !== undefined && Buffer.byteLength(JSON.stringify(model.smoke.payload) ?? "") > 200_000) {
        // The payload travels in an argument of the smoke test's command.
        problems.push(
            document.problem(
                [...path, "smoke", "payload"],
                "has more than 200,000 bytes as JSON (limit of this project)",
                "test with a smaller payload",
                { hideValue: true },
            ),
        );
    }
    return problems;
}

function merge(top: ManifestInput, handler: HandlerInput): SectionInput {
    return { ...top, ...handler, environment: { ...top.environment, ...handler.environment } };
}

function written(
    image: ImageOfFunctions,
    name: string,
    section: SectionInput,
    handler: HandlerInput | undefined,
    path: KeyPath,
): WrittenFunction {
    const place = (key: keyof SectionInput): KeyPath => (handler !== undefined && handler[key] !== undefined ? [...path, key] : [key]);
    const triggers = (section.triggers ?? []).map((input, index) => ({ trigger: toTrigger(input), path: [...place("triggers"), index] }));
    const model: FunctionModel = {
        name,
        image: image.name,
        description: section.description ?? "",
        ...(handler === undefined ? {} : { command: handler.command }),
        architecture: image.architecture,
        memorySize: section.memorySize ?? MANIFEST_DEFAULTS.memorySize,
        timeout: section.timeout ?? MANIFEST_DEFAULTS.timeout,
        ephemeralStorage: section.ephemeralStorage ?? MANIFEST_DEFAULTS.ephemeralStorage,
        environment: sortedByKey(section.environment ?? {}),
        secrets: secretsOf(section.secrets ?? {}),
        ...optional(section),
        triggers: triggers.map(({ trigger }) => trigger).sort(byContent),
        grants: toGrants(section.grants ?? {}),
        statements: (section.statements ?? []).map(toStatement),
        alarms: alarmsOf(section.alarms),
    };
    return { model, triggers, document: image.document, place, path };
}

function optional({ reservedConcurrency, provisionedConcurrency, url, network, smoke }: SectionInput): Partial<FunctionModel> {
    return {
        ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
        ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrency }),
        ...(url === undefined || url === false ? {} : { url: { authorization: url === true ? "iam" : url } }),
        ...(network === undefined
            ? {}
            : { network: { subnetIds: [...network.subnetIds].sort(), securityGroupIds: [...network.securityGroupIds].sort() } }),
        ...(smoke === undefined
            ? {}
            : { smoke: { payload: smoke.payload, ...(smoke.expect === undefined ? {} : { expect: smoke.expect }) } }),
    };
}

function secretsOf(secrets: Readonly<Record<string, string>>): readonly SecretReference[] {
    return Object.entries(sortedByKey(secrets)).flatMap(([variable, text]) => parseSecretReference(variable, text) ?? []);
}

function alarmsOf(alarms: SectionInput["alarms"]): Alarms {
    return Object.fromEntries(Object.entries(alarms ?? {}).filter(([, value]) => value !== undefined));
}

function sortedByKey(map: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byContent(a: Trigger, b: Trigger): number {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
}

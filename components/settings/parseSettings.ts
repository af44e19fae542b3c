import { deepFreeze } from "../manifest/freeze";
import type { Architecture } from "../manifest/model";
import { projectOrStackFault } from "../manifest/names";
import { didYouMean } from "../manifest/nearest";
import { Problem, sortProblems } from "../manifest/problem";
import { holdsSecret, nameSaysSecret } from "../manifest/secretText";
import { DEFINITIONS, SETTING_NAMES, SettingName, Settings } from "./definitions";
import { COMPUTE_SIZES, DeliverySettings } from "./deliveryDefinitions";
import { deliveryRules } from "./deliveryRules";
import { ProviderSettings, readProviderSettings } from "./providerSettings";
import { RawConfiguration, RawValue, stackFileName } from "./rawConfiguration";
import { SettingFault, settingFault, textOf } from "./settingValue";

export interface ParsedSettings {
    /** Absent when there are problems. Frozen. */
    readonly settings?: Settings;
    /** Of all keys, sorted. */
    readonly problems: readonly Problem[];
}

/** Checks a whole configuration and gives it a type. Reads nothing; never throws. */
export function parseSettings(raw: RawConfiguration): ParsedSettings {
    const reader = new Reader(raw);
    const provider = readProviderSettings(raw);
    const problems = [...nameProblems(raw), ...provider.problems, ...unknownKeys(raw), ...plainSecrets(raw)];
    const settings = reader.settings(provider);
    problems.push(...reader.problems);
    if (reader.problems.length === 0) {
        problems.push(...combinations(settings, reader));
    }
    return problems.length > 0 ? { problems: sortProblems(problems) } : { settings: deepFreeze(settings), problems: [] };
}

class Reader {
    readonly problems: Problem[] = [];

    constructor(private readonly raw: RawConfiguration) {}

    settings({ region }: ProviderSettings): Settings {
        return {
            project: this.raw.project,
            stack: this.raw.stack,
            region,
            runsOn: this.text("runsOn") === "emulator" ? "emulator" : "account",
            images: pick(this.text("images"), ["build", "adopt", "release"] as const),
            ...this.present("releaseManifest"),
            release: pick(this.text("release"), ["direct", "gradual"] as const),
            canaryPercent: Number(this.text("canaryPercent")),
            canarySeconds: Number(this.text("canarySeconds")),
            repositories: pick(this.text("repositories"), ["perImage", "shared"] as const),
            registry: pick(this.text("registry"), ["own", "external"] as const),
            maxParallelBuilds: Number(this.text("maxParallelBuilds")),
            baseImages: this.text("baseImages"),
            logRetentionDays: Number(this.text("logRetentionDays")),
            architecture: pick<Architecture>(this.text("architecture"), ["x86_64", "arm64"]),
            keepImages: Number(this.text("keepImages")),
            ...this.present("alarmTopicArn"),
            protectData: this.text("protectData") === "true",
            ...this.delivery(),
        };
    }

    private delivery(): DeliverySettings {
        return {
            delivery: pick(this.text("delivery"), ["none", "branch", "tag"] as const),
            deliverySource: pick(this.text("deliverySource"), ["connection", "codecommit"] as const),
            ...this.present("repository"),
            branch: this.text("branch"),
            tagPattern: this.text("tagPattern"),
            ...this.present("connectionArn"),
            ...this.present("stateBucket"),
            ...this.present("releasesFrom"),
            deliveryCompute: pick(this.text("deliveryCompute"), COMPUTE_SIZES),
            buildCompute: pick(this.text("buildCompute"), COMPUTE_SIZES),
            buildDocker: pick(this.text("buildDocker"), ["privileged", "server"] as const),
            deliveryCache: pick(this.text("deliveryCache"), ["local", "none", "s3"] as const),
            ...this.present("buildImage"),
            stepTimeoutMinutes: Number(this.text("stepTimeoutMinutes")),
            approvalTimeoutMinutes: Number(this.text("approvalTimeoutMinutes")),
            ...this.present("kernelPermission"),
        };
    }

    /** A problem at a setting, whether it is given or not. */
    problem(name: SettingName, fault: SettingFault, showValue = true): Problem {
        const given = this.given(name);
        const hide = !showValue || given === undefined || given.encrypted === true || holdsSecret(given.value);
        return { ...place(given, this.raw), key: name, ...(hide ? {} : { value: given.value }), ...fault };
    }

    given(name: SettingName): RawValue | undefined {
        const key = `${this.raw.project}:${name}`;
        return Object.hasOwn(this.raw.values, key) ? this.raw.values[key] : undefined;
    }

    /** The setting, unless its text is empty. */
    private present<N extends SettingName>(name: N): { readonly [K in N]?: string } {
        const text = this.text(name);
        return text === "" ? {} : ({ [name]: text } as { readonly [K in N]: string });
    }

    /** The value as text, or the default where there is none or a wrong one. */
    private text(name: SettingName): string {
        const definition = DEFINITIONS[name];
        const given = this.given(name);
        if (given === undefined) {
            return String(definition.default);
        }
        if (given.encrypted === true && given.value === undefined) {
            this.problems.push(
                this.problem(name, { rule: "is encrypted, but is no secret", fix: `set it plainly: pulumi config set ${name} VALUE` }),
            );
            return String(definition.default);
        }
        const fault = settingFault(name, definition, given.value);
        if (fault !== undefined) {
            this.problems.push(this.problem(name, fault));
            return String(definition.default);
        }
        return textOf(given.value) ?? String(definition.default);
    }
}

/** What is wrong between settings that are right by themselves. */
function combinations(settings: Settings, reader: Reader): Problem[] {
    const problems: Problem[] = [];
    if (settings.images === "release" && settings.releaseManifest === undefined) {
        problems.push(
            reader.problem(
                "releaseManifest",
                { rule: "is missing, while `images` is release", fix: "name the release manifest, or choose another value of `images`" },
                false,
            ),
        );
    }
    if (settings.images !== "release" && settings.releaseManifest !== undefined) {
        problems.push(
            reader.problem("releaseManifest", {
                rule: `has no effect, while \`images\` is ${settings.images}`,
                fix: "remove it, or set `images` to release",
            }),
        );
    }
    if (settings.images === "build" && settings.registry === "external") {
        problems.push(
            reader.problem("registry", {
                rule: "is external, while `images` is build: repositories belong to the stack that builds",
                fix: "set `registry` to own, or `images` to release",
            }),
        );
    }
    return [...problems, ...deliveryRules(settings, (name, fault, showValue) => reader.problem(name, fault, showValue))];
}

function nameProblems({ project, stack }: RawConfiguration): Problem[] {
    const faults = [
        { file: "Pulumi.yaml", key: "name", value: project, fault: projectOrStackFault("project", project) },
        { file: "stack", key: undefined, value: stack, fault: projectOrStackFault("stack", stack) },
    ];
    return faults.flatMap(({ fault, key, ...rest }) =>
        fault === undefined ? [] : [{ ...rest, ...(key === undefined ? {} : { key }), ...fault }],
    );
}

/** The project's own namespace is closed; those of providers and of other programs are not ours. */
function unknownKeys(raw: RawConfiguration): Problem[] {
    return Object.entries(raw.values).flatMap(([key, given]) => {
        const name = key.startsWith(`${raw.project}:`) ? key.slice(raw.project.length + 1) : undefined;
        if (name === undefined || Object.hasOwn(DEFINITIONS, name)) {
            return [];
        }
        const meant = didYouMean(name, SETTING_NAMES);
        return [
            {
                ...place(given, raw),
                key,
                rule: `is an unknown key${meant}`,
                fix: meant === "" ? `use one of ${SETTING_NAMES.join(", ")}` : "correct or remove the key",
            },
        ];
    });
}

function plainSecrets(raw: RawConfiguration): Problem[] {
    return Object.entries(raw.values).flatMap(([key, given]) => {
        const name = key.slice(key.indexOf(":") + 1);
        const secret = given.encrypted !== true && (holdsSecret(given.value) || (nameSaysSecret(name) && given.value !== ""));
        return secret
            ? [
                  {
                      ...place(given, raw),
                      key,
                      rule: "looks like a credential and stands there in plain text; the value is not shown",
                      fix: `replace the credential, and set it with pulumi config set --secret ${key}`,
                  },
              ]
            : [];
    });
}

function place(given: RawValue | undefined, raw: RawConfiguration): Pick<Problem, "file" | "line" | "column"> {
    if (given === undefined) {
        return { file: stackFileName(raw.stack) };
    }
    return {
        file: given.file,
        ...(given.line === undefined ? {} : { line: given.line }),
        ...(given.column === undefined ? {} : { column: given.column }),
    };
}

function pick<T extends string>(text: string, values: readonly [T, ...T[]]): T {
    return values.find((value) => value === text) ?? values[0];
}

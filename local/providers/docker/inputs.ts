/** What a program says about an image: validated, completed, compared. */
import * as fs from "node:fs";
import * as path from "node:path";
import { checkObject, type Failure } from "../framework/check";
import { deepEqual } from "../framework/equal";
import { hasUnknown, isObject, isUnknown, type Plain, type Properties, UNKNOWN } from "../framework/values";
import { UserError } from "../host/errors";
import { contextDigest } from "./context";
import { DOCKER_SCHEMA, IMAGE_TYPE } from "./schema";
import { registryHost } from "./reference";

/** Inputs of which every value is known. */
export interface ImageInputs {
    readonly imageName: string;
    readonly build: BuildInputs;
    readonly registry: { readonly server?: string; readonly username?: string; readonly password?: string };
    readonly skipPush: boolean;
    readonly buildOnPreview: boolean;
}

export interface BuildInputs {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: Readonly<Record<string, string>>;
    readonly target?: string;
    readonly platform: string;
    readonly builderVersion: "BuilderV1" | "BuilderBuildKit";
    readonly cacheFrom: readonly string[];
    readonly network?: string;
    readonly addHosts: readonly string[];
}

export interface Checked {
    readonly inputs: Properties;
    readonly failures: readonly Failure[];
}

/** All problems at once; fills in Dockerfile, platform, builder and the context's digest, as the real provider's Check does. */
export async function checkImage(news: Properties): Promise<Checked> {
    const schema = DOCKER_SCHEMA.resources[IMAGE_TYPE];
    const failures: Failure[] = [];
    const inputs: Record<string, Plain> = { ...checkObject(DOCKER_SCHEMA, schema?.inputs ?? {}, news, "", failures) };
    if (failures.length > 0) {
        return { inputs, failures };
    }
    if (!isUnknown(inputs["build"])) {
        inputs["build"] = await completeBuild(objectOf(inputs["build"]), failures);
    }
    checkName(inputs, failures);
    return { inputs, failures };
}

/** Values of a checked resource for building. Every one must be known. */
export function imageInputs(inputs: Properties): ImageInputs {
    if (hasUnknown(inputs)) {
        throw new Error("an image can be built only when all its inputs are known");
    }
    const build = objectOf(inputs["build"]);
    const registry = objectOf(inputs["registry"]);
    const context = text(build["context"]) ?? ".";
    return {
        imageName: text(inputs["imageName"]) ?? "",
        build: {
            context,
            dockerfile: text(build["dockerfile"]) ?? path.join(context, "Dockerfile"),
            args: Object.fromEntries(Object.entries(objectOf(build["args"])).map(([name, value]) => [name, text(value) ?? ""])),
            target: text(build["target"]),
            platform: text(build["platform"]) ?? hostPlatform(),
            builderVersion: build["builderVersion"] === "BuilderV1" ? "BuilderV1" : "BuilderBuildKit",
            cacheFrom: texts(objectOf(build["cacheFrom"])["images"]),
            network: text(build["network"]),
            addHosts: texts(build["addHosts"]),
        },
        registry: { server: text(registry["server"]), username: text(registry["username"]), password: text(registry["password"]) },
        skipPush: inputs["skipPush"] === true,
        buildOnPreview: inputs["buildOnPreview"] === true,
    };
}

export type DifferenceKind = "add" | "delete" | "update";

/** Property → kind. Any of it is an update in place; credentials never are: those of ECR last for twelve hours only. */
export function diffImage(olds: Properties, news: Properties): ReadonlyMap<string, DifferenceKind> {
    const differences = new Map<string, DifferenceKind>();
    const compare = (name: string, before: Plain | undefined, after: Plain | undefined): void => {
        if (hasUnknown(after) || !deepEqual(before, after)) {
            differences.set(name, before === undefined ? "add" : after === undefined ? "delete" : "update");
        }
    };
    for (const name of ["buildOnPreview", "imageName", "skipPush"]) {
        compare(name, olds[name], news[name]);
    }
    compare("registry.server", objectOf(olds["registry"])["server"], serverOf(news["registry"]));
    if (isUnknown(news["build"])) {
        differences.set("build", "update");
    } else {
        const before = objectOf(olds["build"]);
        const after = objectOf(news["build"]);
        for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
            compare(`build.${name}`, before[name], after[name]);
        }
    }
    return new Map([...differences].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `linux/` and the architecture of this machine, in Go's names. */
export function hostPlatform(): string {
    const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
    return `linux/${architectures[process.arch] ?? process.arch}`;
}

async function completeBuild(given: Properties, failures: Failure[]): Promise<Properties> {
    const build: Record<string, Plain> = { ...given };
    const version = build["builderVersion"] ?? "BuilderBuildKit";
    build["builderVersion"] = version;
    build["platform"] ??= hostPlatform();
    if (!isUnknown(version) && version !== "BuilderV1" && version !== "BuilderBuildKit") {
        failures.push({
            property: "build.builderVersion",
            reason: `"${String(version)}" is no builder: allowed are "BuilderBuildKit" and "BuilderV1"; leave it out for BuildKit`,
        });
    }
    if (build["cacheFrom"] !== undefined && !isUnknown(build["cacheFrom"]) && objectOf(build["cacheFrom"])["images"] === undefined) {
        failures.push({ property: "build.cacheFrom.images", reason: `"build.cacheFrom" is given without "images": list the images, or leave "cacheFrom" out` });
    }
    const context = build["context"] ?? ".";
    build["dockerfile"] ??= isUnknown(context) ? UNKNOWN : path.join(String(context), "Dockerfile");
    if (isUnknown(context) || isUnknown(build["dockerfile"])) {
        build["contextDigest"] = UNKNOWN;
        return build;
    }
    build["contextDigest"] = await digestOrFailure(String(context), String(build["dockerfile"]), failures);
    return build;
}

async function digestOrFailure(context: string, dockerfile: string, failures: Failure[]): Promise<string> {
    if (!fs.existsSync(dockerfile)) {
        const inContext = path.join(context, dockerfile);
        const advice = !path.isAbsolute(dockerfile) && fs.existsSync(inContext) ? `set "dockerfile" to "${inContext}"` : "create it, or correct the path";
        failures.push({
            property: "build.dockerfile",
            reason: `could not open dockerfile "${dockerfile}" (paths are relative to the project, not to the context): ${advice}`,
        });
        return "";
    }
    if (!fs.statSync(context, { throwIfNoEntry: false })?.isDirectory()) {
        failures.push({ property: "build.context", reason: `"${context}" is not a directory (paths are relative to the project): create it, or correct the path` });
        return "";
    }
    try {
        return await contextDigest(context, dockerfile);
    } catch (error) {
        const reason = error instanceof UserError || isFileError(error) ? error.message : undefined;
        if (reason === undefined) {
            throw error;
        }
        failures.push({ property: "build.context", reason });
        return "";
    }
}

function checkName(inputs: Properties, failures: Failure[]): void {
    const name = inputs["imageName"];
    const cached = isObject(inputs["build"]) ? texts(objectOf(inputs["build"]["cacheFrom"])["images"]) : [];
    const pushed = inputs["skipPush"] !== true && typeof name === "string" && !isUnknown(name) ? [name] : [];
    for (const reference of [...pushed, ...cached.filter((image) => !isUnknown(image))]) {
        if (registryHost(reference) === undefined) {
            failures.push({
                property: reference === name ? "imageName" : "build.cacheFrom.images",
                reason: `"${reference}" does not say which registry it belongs to, or is not a valid name: write it in full, like "docker.io/repository/image:tag"`,
            });
        }
    }
}

function serverOf(registry: Plain | undefined): Plain | undefined {
    return isUnknown(registry) ? UNKNOWN : objectOf(registry)["server"];
}

function objectOf(value: Plain | undefined): Properties {
    return isObject(value) ? value : {};
}

function text(value: Plain | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

function texts(value: Plain | undefined): string[] {
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function isFileError(error: unknown): error is Error {
    return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

import * as fs from "node:fs";
import * as path from "node:path";

import { type RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** The file or folder that the project names as its program; "." is the project's own folder. */
export function entryPoint(request: RunRequest): string {
    return request.getInfo()?.getEntryPoint() || request.getProgram() || ".";
}

/** A program as one file of JavaScript. */
export interface BundledProgram {
    readonly file: string;
    /** Loaded before the SDK. */
    readonly preload?: string;
}

/** The command line of the SDK's runner (`@pulumi/pulumi/cmd/run`) for one request of the engine. */
export function programArguments(request: RunRequest, engine: string, folder: string, bundled?: BundledProgram): { nodeArguments: readonly string[]; args: readonly string[] } {
    const named: readonly (readonly [string, string])[] = [
        ["monitor", request.getMonitorAddress()],
        ["engine", engine],
        ["organization", request.getOrganization()],
        ["project", request.getProject()],
        ["root-directory", request.getInfo()?.getRootDirectory() ?? ""],
        ["stack", request.getStack()],
        ["pwd", folder],
        ["parallel", String(request.getParallel())],
    ];
    const nodeArguments = text(options(request)["nodeargs"]).split(/\s+/).filter(Boolean);
    return {
        nodeArguments: [...nodeArguments, ...(bundled?.preload === undefined ? [] : [`--require=${bundled.preload}`]), ...(request.getAttachDebugger() ? ["--inspect-brk"] : [])],
        args: [
            ...named.filter(([, value]) => value !== "").map(([name, value]) => `--${name}=${value}`),
            ...(request.getDryrun() ? ["--dry-run"] : []),
            bundled?.file ?? entryPoint(request),
            ...request.getArgsList(),
        ],
    };
}

/** What the SDK reads from the environment: configuration, the names of secret keys, and how to compile. */
export function programVariables(request: RunRequest, bundled?: BundledProgram): Record<string, string> {
    const config: Record<string, string> = {};
    request.getConfigMap().forEach((value, key) => {
        config[key] = value;
    });
    const { typescript, tsconfig } = options(request);
    return {
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        ...(typescript === false || bundled !== undefined ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
        ...(text(tsconfig) === "" ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: text(tsconfig) }),
    };
}

/** `runtime.options` of the project file. */
function options(request: RunRequest): Readonly<Record<string, unknown>> {
    return (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>;
}

function text(value: unknown): string {
    return typeof value === "string" ? value : "";
}

/** npm packages of the program with their installed versions, for `pulumi about`; sorted. */
export function programDependencies(folder: string, transitive: boolean): readonly { name: string; version: string }[] {
    const direct = { ...section(folder, "dependencies"), ...section(folder, "devDependencies") };
    const installed = read(path.join(folder, "node_modules", ".package-lock.json"))["packages"];
    const all = new Map<string, string>();
    for (const [place, entry] of Object.entries((installed ?? {}) as Record<string, { version?: string }>)) {
        const name = place.slice("node_modules/".length);
        if (!name.includes("node_modules/") && (transitive || name in direct)) {
            all.set(name, entry.version ?? "");
        }
    }
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, version]) => ({ name, version }));
}

function section(folder: string, name: string): Record<string, unknown> {
    return (read(path.join(folder, "package.json"))[name] ?? {}) as Record<string, unknown>;
}

function read(file: string): Record<string, unknown> {
    try {
        return JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>;
    } catch {
        return {};
    }
}

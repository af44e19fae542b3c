import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { SEED_FOLDER } from "./bootstrap/seedFile";
import type { LocalHandle, Ports } from "./context";
import type { Deployment } from "./deployment";
import { projectName } from "./stackFiles";

type Module<Exports> = () => Exports;

// Loaded when first used, so that `--help` and `local:env` stay quick. By `require`, because an `import()` would give a
// second instance of each module, whose error classes are not those that are tested for elsewhere.
const environment: Module<typeof import("../local/environment")> = () => require("../local/environment");
const lazyPackages: Module<typeof import("../local/toolchain/lazyPackages")> = () => require("../local/toolchain/lazyPackages");
let engineModule: typeof import("./automationEngine") | undefined;
const automationEngine: Module<typeof import("./automationEngine")> = () => {
    if (engineModule === undefined) {
        lazyPackages().loadLazily();
        engineModule = require("./automationEngine") as typeof import("./automationEngine");
    }
    return engineModule;
};
const stateFiles: Module<typeof import("./stateFiles")> = () => require("./stateFiles");
const checks: Module<typeof import("./checkProject")> = () => require("./checkProject");
const appResources: Module<typeof import("../app/resources")> = () => require("../app/resources");
const clients: Module<typeof import("./aws")> = () => require("./aws");
const lakeClients: Module<typeof import("./lake/client")> = () => require("./lake/client");
const containers: Module<typeof import("../local/toolchain/functionContainers")> = () => require("../local/toolchain/functionContainers");
const pipelineClients: Module<typeof import("./pipeline/client")> = () => require("./pipeline/client");
const pushes: Module<typeof import("./pipeline/push")> = () => require("./pipeline/push");
const schedules: Module<typeof import("./schedules")> = () => require("./schedules");
const seeds: Module<typeof import("./bootstrap/ensureSeed")> = () => require("./bootstrap/ensureSeed");
const confirmations: Module<typeof import("./bootstrap/confirm")> = () => require("./bootstrap/confirm");
const targets: Module<typeof import("../delivery/targets")> = () => require("../delivery/targets");

/** The real things behind the commands. */
export function createPorts(root: string): Ports {
    return {
        startLocal: async (options): Promise<LocalHandle> => {
            const started = environment().startLocal(root, options);
            // A start mostly waits, and whatever follows one needs the engine.
            automationEngine();
            return started;
        },
        runningLocal: async (): Promise<LocalHandle | undefined> => environment().runningLocal(root),
        stopLocal: async (purge) => {
            const report = await environment().stopLocal(root);
            if (purge) {
                await rm(join(root, ".local"), { recursive: true, force: true });
            }
            const containers = report.containers > 0 ? [`${report.containers} function container${report.containers === 1 ? "" : "s"}`] : [];
            return { stopped: [...report.stopped, ...containers], kept: purge ? [] : report.kept.map(({ path, what }) => `${path} (${what})`) };
        },
        openEngine: async (options) => {
            const environment = { ...process.env, ...options.variables };
            const recorded = async (stack: string): Promise<Deployment | undefined> => stateFiles().readRecorded(environment.PULUMI_BACKEND_URL, projectName(root), stack, environment);
            return automationEngine().openEngine({ ...options, root, recorded });
        },
        openSeed: async (options) => automationEngine().openEngine({ ...options, root: join(root, SEED_FOLDER) }),
        confirm: async (question) => confirmations().confirm(question),
        lockOwners: async (stack, environment) =>
            stateFiles().readLockOwners(environment.PULUMI_BACKEND_URL, projectName(root), stack, environment),
        check: async (options) =>
            checks().checkProject({
                ...options,
                root,
                resources: async () => appResources().RESOURCES,
            }),
        aws: async (variables) => clients().createAws(variables),
        lake: async (variables) => lakeClients().createLakeClient(variables),
        killContainer: async (dockerHost, functionName) => containers().killBusiestContainer(dockerHost, root, functionName),
        pipelines: async (variables, region) => pipelineClients().createPipelineClient(variables, region),
        push: async (endpoint, event) => pushes().postPush(endpoint, event),
        fire: async (endpoint, name) => schedules().postFire(endpoint, name),
        ensureSeed: async (context, local) => seeds().ensureSeed(context, local),
        deliveryTargets: async (settings, recorded) => targets().deliveryTargets(settings, targets().missingRepositories(root, settings, recorded)),
        runInteractive: (command, args, environment) =>
            new Promise((resolve, reject) => {
                const child = spawn(command, args, { env: environment, stdio: "inherit" });
                child.on("error", reject);
                child.on("close", (code) => resolve(code ?? 1));
            }),
        capture: (command, args) =>
            new Promise((resolve, reject) => {
                const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
                const output: Buffer[] = [];
                child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
                child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
                child.on("error", reject);
                child.on("close", (code) => resolve({ status: code ?? 1, output: Buffer.concat(output).toString() }));
            }),
    };
}

/**
 * A language host for Node.js programs, for engines that come without one (the official command-line tool carries its
 * own). The engine starts it, reads the port from the first line of its output, and asks it to run the program.
 */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import * as grpc from "@grpc/grpc-js";
import { type ILanguageRuntimeServer, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { entryPoint, programArguments, programDependencies, programVariables } from "./languageHostRequest";
import { bundleProgram } from "./programBundle";

/** Exit status of a program whose error the SDK has already shown. */
const alreadyReported = 32;
const version = "1.0.0";

/** What the host needs to know of its own start. */
export interface LanguageHostOptions {
    /** Where the engine's own service listens; the program logs there. */
    readonly engine: string;
    /** Folder for what is compiled. */
    readonly keep: string;
    /** File that a bundled program loads before the SDK. @default none */
    readonly preload?: string;
    readonly out: NodeJS.WritableStream;
    readonly err: NodeJS.WritableStream;
}

/** The service that the engine calls. Methods that only code generators need answer "unimplemented", grpc's default. */
export function languageService(options: LanguageHostOptions): { service: Partial<ILanguageRuntimeServer>; stop: () => void } {
    const programs = new Set<ChildProcess>();
    const stop = (): void => programs.forEach((program) => program.kill("SIGTERM"));

    const start = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): { child: ChildProcess; ended: Promise<number | string> } => {
        const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
        programs.add(child);
        const ended = new Promise<number | string>((resolve) => {
            child.once("error", (error) => resolve(error.message));
            child.once("close", (code, signal) => resolve(code ?? `signal ${signal ?? "unknown"}`));
        }).finally(() => programs.delete(child));
        return { child, ended };
    };

    const runProgram = async (request: messages.RunRequest, folder: string, runner: string): Promise<messages.RunResponse> => {
        const file = entryPoint(request) === "." ? await bundleProgram(folder, options.keep) : undefined;
        const bundled = file === undefined ? undefined : { file, preload: options.preload };
        const { nodeArguments, args } = programArguments(request, options.engine, folder, bundled);
        // Node 22 and later keep what they compiled there, which saves a sixth of a run that changes nothing.
        const compileCache = { NODE_COMPILE_CACHE: path.join(options.keep, "compile-cache") };
        const { child, ended } = start(process.execPath, [...nodeArguments, runner, ...args], folder, { ...compileCache, ...process.env, ...programVariables(request, bundled) });
        child.stdout?.pipe(options.out, { end: false });
        child.stderr?.pipe(options.err, { end: false });
        const result = await ended;
        const response = new messages.RunResponse();
        if (result === alreadyReported) {
            response.setBail(true);
        } else if (typeof result === "number" && result !== 0) {
            response.setError(`Program exited with non-zero exit code: ${result}`);
        } else if (typeof result === "string") {
            response.setError(`The program did not end by itself: ${result}`);
        }
        return response;
    };

    const service: Partial<ILanguageRuntimeServer> = {
        handshake: (_, reply) => reply(null, new messages.LanguageHandshakeResponse()),
        getPluginInfo: (_, reply) => reply(null, new PluginInfo().setVersion(version)),
        // None: the SDK names the version with each resource, and the engine looks for the plugin then.
        getRequiredPlugins: (_, reply) => reply(null, new messages.GetRequiredPluginsResponse()),
        getRequiredPackages: (_, reply) => reply(null, new messages.GetRequiredPackagesResponse()),
        runtimeOptionsPrompts: (_, reply) => reply(null, new messages.RuntimeOptionsResponse()),
        about: (_, reply) => reply(null, new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
        cancel: (call, reply) => {
            stop();
            reply(null, call.request);
        },
        getProgramDependencies: (call, reply) => {
            const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getPwd();
            const found = programDependencies(folder, call.request.getTransitivedependencies());
            reply(null, new messages.GetProgramDependenciesResponse().setDependenciesList(found.map(({ name, version }) => new messages.DependencyInfo().setName(name).setVersion(version))));
        },
        installDependencies: (call) => {
            const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
            const { child, ended } = start("npm", [fs.existsSync(path.join(folder, "package-lock.json")) ? "ci" : "install"], folder, process.env);
            child.stdout?.on("data", (data: Buffer) => call.write(new messages.InstallDependenciesResponse().setStdout(data)));
            child.stderr?.on("data", (data: Buffer) => call.write(new messages.InstallDependenciesResponse().setStderr(data)));
            void ended.then((result) => (result === 0 ? call.end() : call.destroy(new Error(`npm ended with ${result} in ${folder}`))));
        },
        run: (call, reply) => {
            const request = call.request;
            const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
            let entry: string;
            try {
                entry = createRequire(path.join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
            } catch {
                reply(null, new messages.RunResponse().setError(`"@pulumi/pulumi" is not installed for the program in ${folder}. It must be in its node_modules. Fix: run npm ci there.`));
                return;
            }
            void runProgram(request, folder, entry).then((response) => reply(null, response));
        },
    };
    return { service, stop };
}

/** Serves on a free port of loopback. */
export async function serveLanguageHost(options: LanguageHostOptions): Promise<{ port: number; close: () => void }> {
    // Large programs send large messages; the engine sets the same bound (400 MB).
    const limits = { "grpc.max_receive_message_length": 400 * 1024 * 1024, "grpc.max_send_message_length": 400 * 1024 * 1024 };
    const server = new grpc.Server(limits);
    const { service, stop } = languageService(options);
    server.addService(LanguageRuntimeService, service as grpc.UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    return {
        port,
        close: () => {
            stop();
            server.forceShutdown();
        },
    };
}

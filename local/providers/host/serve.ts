/** Start-up shared by all stand-in providers: Pulumi's provider protocol on a free loopback port. */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { statusOf, UserError } from "./errors";
import { METHODS, type Handler, type Operation, type ProviderHandlers, type Unary } from "./handlers";
import { watchLifetime } from "./lifetime";
import { EngineLogClient } from "./log";

export interface ServeOptions {
    /** Package name, like `docker`. */
    readonly name: string;
    /** Version of the SDK it stands in for; the engine warns when it is older than what the program asks for. */
    readonly version: string;
    readonly handlers: ProviderHandlers;
}

export interface RunningProvider {
    readonly port: number;
    /** Aborts what runs, waits for it `grace` milliseconds at most, and closes the port. */
    stop(grace: number): Promise<void>;
}

/** Same limit as Pulumi's own (400 MB): large assets travel inside messages. */
const MAXIMUM_MESSAGE = 400 * 1024 * 1024;
/** Milliseconds that running operations have after SIGINT; the engine kills its plugins after 5 s. */
const GRACE = 4_000;
/** Milliseconds for aborted operations to end their own processes when the engine is gone. */
const ORPHAN_GRACE = 1_000;

/** Runs as an engine's plugin: prints the port, serves until the engine ends it or is gone, then exits. */
export async function serve(options: ServeOptions): Promise<void> {
    const running = await start(options, process.argv.slice(2));
    process.stdout.on("error", () => undefined); // the engine may close its end while we still run
    process.stderr.on("error", () => undefined);
    watchLifetime((reason) => {
        void running.stop(reason === "orphaned" ? ORPHAN_GRACE : GRACE).then(() => process.exit(0));
    });
    process.stdout.write(`${running.port}\n`);
}

/** The server alone, without signals and without printing. `args` are those of the plugin: the engine's address comes last. */
export async function start(options: ServeOptions, args: readonly string[]): Promise<RunningProvider> {
    const log = new EngineLogClient();
    log.connect([...args].reverse().find((argument) => /^[^-].*:\d+$/.test(argument)) ?? "");
    const everything = new AbortController();
    const active = new Set<Promise<unknown>>();
    const handlers: ProviderHandlers = { ...defaultHandlers(options, log, everything), ...options.handlers };

    const server = new grpc.Server({
        "grpc.max_receive_message_length": MAXIMUM_MESSAGE,
        "grpc.max_send_message_length": MAXIMUM_MESSAGE,
    });
    const implementation: Record<string, Unary> = {};
    for (const method of METHODS) {
        const handler = handlers[method] as Handler<unknown, unknown> | undefined;
        if (handler !== undefined) {
            implementation[method] = unary(method, handler, { log, everything, active });
        }
    }
    // Calls that are left out are answered UNIMPLEMENTED by grpc-js, which names the method.
    server.addService(ResourceProviderService, implementation);
    const port = await bind(server);
    return {
        port,
        stop: async (grace) => {
            everything.abort(new UserError(`${options.name}: the operation was cancelled`, grpc.status.CANCELLED));
            await Promise.race([Promise.allSettled(active), delay(grace)]);
            log.close();
            server.forceShutdown();
        },
    };
}

/** What the engine is told this provider understands: secrets, resource references, outputs, and previews. */
export function configured(): rpc.ConfigureResponse {
    return new rpc.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true)
        .setSupportspreview(true);
}

function defaultHandlers(options: ServeOptions, log: EngineLogClient, everything: AbortController): ProviderHandlers {
    return {
        handshake: (request: rpc.ProviderHandshakeRequest) => {
            log.connect(request.getEngineAddress());
            return new rpc.ProviderHandshakeResponse()
                .setAcceptSecrets(true)
                .setAcceptResources(true)
                .setAcceptOutputs(true);
        },
        attach: (request: PluginAttach) => {
            log.connect(request.getAddress());
            return new Empty();
        },
        getPluginInfo: () => new PluginInfo().setVersion(options.version),
        checkConfig: (request: rpc.CheckRequest) => new rpc.CheckResponse().setInputs(request.getNews()),
        diffConfig: () => new rpc.DiffResponse().setChanges(rpc.DiffResponse.DiffChanges.DIFF_NONE),
        configure: () => configured(),
        cancel: () => {
            everything.abort(new UserError(`${options.name}: the operation was cancelled`, grpc.status.CANCELLED));
            return new Empty();
        },
    };
}

interface Shared {
    readonly log: EngineLogClient;
    readonly everything: AbortController;
    readonly active: Set<Promise<unknown>>;
}

function unary(method: string, handler: Handler<unknown, unknown>, shared: Shared): Unary {
    return (call, callback) => {
        const own = new AbortController();
        call.on("cancelled", () => own.abort(new UserError(`${method}: the engine closed the call`, grpc.status.CANCELLED)));
        const operation: Operation = {
            signal: AbortSignal.any([own.signal, shared.everything.signal]),
            log: shared.log,
        };
        const done = Promise.resolve()
            .then(() => handler(call.request, operation))
            .then(
                (response) => callback(null, response),
                (error: unknown) => {
                    const subject = subjectOf(method, call.request);
                    const worded = error instanceof UserError;
                    if (!worded && error instanceof Error) {
                        shared.log.debug(`${subject}: ${error.stack ?? error.message}`);
                    }
                    // What an aborted library call throws is its own business; the reason of the abort is what to report.
                    const cause: unknown = operation.signal.aborted && !worded ? operation.signal.reason : error;
                    callback(statusOf(cause, subject));
                },
            );
        shared.active.add(done);
        void done.finally(() => shared.active.delete(done));
    };
}

/** `create of docker:index/image:Image (urn)`, with as much of it as the request tells. */
function subjectOf(method: string, request: unknown): string {
    const told = request as { getType?(): string; getTok?(): string; getUrn?(): string };
    const urn = told.getUrn?.() ?? "";
    const type = told.getType?.() || told.getTok?.() || urn.split("::")[2]?.split("$").pop() || "";
    return `${method}${type === "" ? "" : ` of ${type}`}${urn === "" ? "" : ` (${urn})`}`;
}

function bind(server: grpc.Server): Promise<number> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
            error === null ? resolve(port) : reject(error),
        );
    });
}

function delay(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

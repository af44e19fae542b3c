import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Counters } from "./counters";
import { RegistryAccess } from "./ecr/access";
import { Ecr } from "./ecr/actions";
import { RegistryFront } from "./ecr/front";
import { PushLog } from "./ecr/pushes";
import { RegistryClient } from "./ecr/registry";
import { RegistryTokens, tokenSecret } from "./ecr/tokens";
import { Emulator } from "./emulator";
import { answerJson, upstream, type Upstream } from "./forward";
import { Gateway } from "./gateway";
import type { EndpointOptions } from "./options";
import { Rights } from "./own/rights";
import { startServices, type PlayedServices } from "./own/services";

export interface RunningEndpoint {
    /** The AWS address, `http://127.0.0.1:PORT`. */
    readonly url: string;
    /** The registry's public address, `HOST:PORT`. */
    readonly registry: string;
    readonly counters: Counters;
    /** Stops listening and ends open connections. */
    close(): Promise<void>;
}

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

/**
 * Starts all listeners.
 *
 * @param accessKey Access key id that MiniStack takes for root: the `AWS_ACCESS_KEY_ID` it was started with.
 */
export async function startEndpoint(options: EndpointOptions, accessKey: string): Promise<RunningEndpoint> {
    const ministack = upstream("MiniStack", { host: options.ministack.hostname, port: Number(options.ministack.port || 80) });
    const [host = "", port] = options.registry.split(":");
    const behind = upstream("The registry", { host, port: Number(port) });
    const docker = upstream("The Docker Engine", dockerConnection(options.dockerHost));
    const counters = new Counters();
    const registry = new RegistryClient(behind);
    const pushes = new PushLog(join(options.root, ".local", "endpoint", "pushes.json"));
    const emulator = new Emulator(ministack, options.region, accessKey);
    const rights = new Rights(ministack, emulator, options.region);
    const tokens = new RegistryTokens(tokenSecret(join(options.root, ".local", "endpoint", "registry-login-key")), () => Date.now() / 1000);
    const servers: http.Server[] = [];
    let played: PlayedServices | undefined;
    const close = async (): Promise<void> => {
        // Builds first: while they end they still write their logs through this endpoint.
        await played?.close();
        await Promise.all(servers.map(stop));
        for (const part of [ministack, behind, docker]) {
            part.agent.destroy();
        }
    };
    try {
        let address = options.registry;
        if (options.registryListen !== undefined) {
            const access = new RegistryAccess({ tokens, rights, account: options.account, region: options.region, rootKey: accessKey });
            const front = new RegistryFront({ to: behind, registry, pushes, emulator, counters, access, account: options.account });
            address = `127.0.0.1:${await listen(servers, (request, response) => front.handle(request, response), options.registryListen, "127.0.0.1")}`;
        }
        const ecr = new Ecr({ registry, pushes, emulator, tokens, account: options.account, region: options.region, address });
        let own = 0;
        played = await startServices(options, ministack, emulator, rights, () => `http://127.0.0.1:${own}`);
        const gateway = new Gateway({ ministack, registry: behind, docker, counters, ecr, rights, own: played.own, push: played.push });
        const handle: Handler = (request, response) => gateway.handle(request, response);
        own = await listen(servers, handle, options.port, "127.0.0.1");
        if (options.bridge !== undefined) {
            await listen(servers, handle, own, options.bridge);
        }
        return { url: `http://127.0.0.1:${own}`, registry: address, counters, close };
    } catch (error) {
        await close();
        throw error;
    }
}

function dockerConnection(host: string): Upstream["connection"] {
    if (host.startsWith("unix://")) {
        return { socketPath: host.slice("unix://".length) };
    }
    const url = new URL(host);
    return { host: url.hostname, port: Number(url.port) };
}

async function listen(servers: http.Server[], handler: Handler, port: number, host: string): Promise<number> {
    const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
        handler(request, response).catch((error: Error) => {
            request.resume();
            if (response.headersSent) {
                response.destroy();
            } else {
                answerJson(response, error instanceof RangeError ? 413 : 500, { __type: "InternalFailure", message: error.message });
            }
        });
    };
    // A function may run for 900 s and an upload take longer: no time limits here, the two ends have theirs.
    const server = http.createServer({ keepAliveTimeout: 75_000, requestTimeout: 0, headersTimeout: 60_000 }, handle);
    server.on("checkContinue", handle);
    servers.push(server);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
    return (server.address() as AddressInfo).port;
}

function stop(server: http.Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}

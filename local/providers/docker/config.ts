/** The provider's configuration: which Docker engine, which credentials. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseConfig } from "../framework/config";
import type { Failure } from "../framework/check";
import { isObject, type Plain, type Properties } from "../framework/values";
import { UserError } from "../host/errors";
import type { Credentials } from "./credentials";
import { DockerEngine, type EngineAddress } from "./engine";
import { authServer } from "./reference";
import { DOCKER_SCHEMA } from "./schema";

/** The real provider's own text, which people search for. */
const NO_DAEMON = "failed to connect to any docker daemon";

export interface DockerConfig {
    readonly host?: string;
    readonly certPath?: string;
    readonly caMaterial?: string;
    readonly certMaterial?: string;
    readonly keyMaterial?: string;
    readonly skipPing: boolean;
    /** Credentials by registry. */
    readonly registries: ReadonlyMap<string, Credentials>;
}

/** All problems at once. What the program leaves out comes from the environment, as with the real provider. */
export function readConfig(given: Properties, environment: NodeJS.ProcessEnv): { config: DockerConfig; failures: readonly Failure[] } {
    const parsed = parseConfig({ name: "docker", schema: DOCKER_SCHEMA }, given);
    const failures = [...parsed.failures];
    for (const name of ["context", "sshOpts"]) {
        if (parsed.config[name] !== undefined) {
            failures.push({
                property: name,
                reason: `configuration docker:${name} is known, but this stand-in does not carry it out: set docker:host to unix:// or tcp://, or use the official provider`,
            });
        }
    }
    const text = (name: string, variable: string): string | undefined => {
        const value = parsed.config[name] ?? environment[variable];
        return typeof value === "string" && value !== "" ? value : undefined;
    };
    return {
        config: {
            host: text("host", "DOCKER_HOST"),
            certPath: text("certPath", "DOCKER_CERT_PATH"),
            caMaterial: text("caMaterial", "DOCKER_CA_MATERIAL"),
            certMaterial: text("certMaterial", "DOCKER_CERT_MATERIAL"),
            keyMaterial: text("keyMaterial", "DOCKER_KEY_MATERIAL"),
            skipPing: parsed.config["disableDockerDaemonCheck"] === true,
            registries: registries(parsed.config["registryAuth"]),
        },
        failures,
    };
}

/** The first engine that answers; the error of the real provider when none does. */
export async function connect(config: DockerConfig): Promise<DockerEngine> {
    // Rootless engines and Docker Desktop listen in the user's own folder.
    const hosts = config.host === undefined ? ["unix:///var/run/docker.sock", `unix://${path.join(os.homedir(), ".docker/run/docker.sock")}`] : [config.host];
    const reasons: string[] = [];
    for (const host of hosts) {
        const engine = new DockerEngine(engineAddress(host, config));
        if (config.skipPing) {
            return engine;
        }
        try {
            await engine.ping();
            return engine;
        } catch (error) {
            reasons.push(`${host}: ${innermost(error)}`);
        }
    }
    throw new UserError(`${NO_DAEMON}: ${reasons.join("; ")}. Start the Docker engine, or set DOCKER_HOST or docker:host to one that runs.`);
}

export function engineAddress(host: string, config: Pick<DockerConfig, "certPath" | "caMaterial" | "certMaterial" | "keyMaterial">): EngineAddress {
    if (host.startsWith("unix://")) {
        return { text: host, socketPath: host.slice("unix://".length) };
    }
    const url = URL.canParse(host) ? new URL(host) : undefined;
    if (url === undefined || !["tcp:", "http:", "https:"].includes(url.protocol) || url.hostname === "") {
        throw new UserError(`"${host}" is no address of a Docker engine that this stand-in knows: allowed are unix://PATH and tcp://HOST:PORT; correct DOCKER_HOST or docker:host`);
    }
    const read = (name: string): string | undefined => (config.certPath === undefined ? undefined : readIfPresent(path.join(config.certPath, name)));
    const tls = {
        ca: config.caMaterial ?? read("ca.pem"),
        cert: config.certMaterial ?? read("cert.pem"),
        key: config.keyMaterial ?? read("key.pem"),
    };
    const secured = url.protocol === "https:" || tls.ca !== undefined || tls.cert !== undefined;
    return {
        text: host,
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port === "" ? (secured ? 2376 : 2375) : Number(url.port),
        tls: secured ? tls : undefined,
    };
}

function registries(given: Plain | undefined): Map<string, Credentials> {
    const result = new Map<string, Credentials>();
    for (const each of Array.isArray(given) ? given : []) {
        if (isObject(each) && each["authDisabled"] !== true && typeof each["username"] === "string" && typeof each["password"] === "string") {
            const server = authServer(String(each["address"]));
            result.set(server, { server, username: each["username"], password: each["password"] });
        }
    }
    return result;
}

function readIfPresent(file: string): string | undefined {
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

/** Node keeps the reasons of a refused connection in `errors`; the outermost text alone is empty. */
function innermost(error: unknown): string {
    const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
    return inner instanceof Error ? inner.message : String(inner);
}

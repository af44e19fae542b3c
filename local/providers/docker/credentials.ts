/** Credentials for registries: from the resource, the provider's configuration, or Docker's own configuration file. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../host/errors";
import { authServer, DOCKER_HUB } from "./reference";

export interface Credentials {
    readonly server: string;
    readonly username: string;
    readonly password: string;
    /** Some registries hand out a token instead of a name and a password. */
    readonly identityToken?: string;
}

interface DockerConfig {
    readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly username?: string; readonly password?: string; readonly identitytoken?: string }>>;
    readonly credHelpers?: Readonly<Record<string, string>>;
    readonly credsStore?: string;
}

/** As Docker's client does: `config.json` in `DOCKER_CONFIG` or `~/.docker`, with its credential helpers. Undefined: none are kept. */
export async function storedCredentials(server: string, environment: NodeJS.ProcessEnv = process.env): Promise<Credentials | undefined> {
    const directory = environment["DOCKER_CONFIG"] ?? path.join(os.homedir(), ".docker");
    const file = path.join(directory, "config.json");
    if (!fs.existsSync(file)) {
        return undefined;
    }
    let config: DockerConfig;
    try {
        config = JSON.parse(fs.readFileSync(file, "utf8")) as DockerConfig;
    } catch (error) {
        throw new UserError(`"${file}" cannot be read as JSON (${error instanceof Error ? error.message : String(error)}): correct it, or set DOCKER_CONFIG to another directory`);
    }
    const helper = config.credHelpers?.[server] ?? config.credsStore;
    if (helper !== undefined && helper !== "") {
        return fromHelper(helper, server);
    }
    const entry = Object.entries(config.auths ?? {}).find(([name]) => name === server || authServer(name) === server)?.[1];
    if (entry === undefined) {
        return undefined;
    }
    const [username = "", ...password] = Buffer.from(entry.auth ?? "", "base64").toString("utf8").split(":");
    return {
        server,
        username: entry.username ?? username,
        password: entry.password ?? password.join(":"),
        identityToken: entry.identitytoken === "" ? undefined : entry.identitytoken,
    };
}

/** The header in which the Docker engine takes credentials for a push or pull. */
export function registryAuthHeader(credentials: Credentials | undefined): string {
    const told =
        credentials === undefined
            ? {}
            : credentials.identityToken === undefined
              ? { username: credentials.username, password: credentials.password, serveraddress: credentials.server }
              : { identitytoken: credentials.identityToken, serveraddress: credentials.server };
    // URL-safe, but padded: the engine decodes with Go's base64.URLEncoding.
    return Buffer.from(JSON.stringify(told)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

async function fromHelper(helper: string, server: string): Promise<Credentials | undefined> {
    const running = promisify(execFile)(`docker-credential-${helper}`, ["get"]);
    running.child.stdin?.on("error", () => undefined).end(server === DOCKER_HUB ? DOCKER_HUB : server);
    try {
        const { stdout } = await running;
        const answer = JSON.parse(stdout) as { Username?: string; Secret?: string };
        const { Username: username = "", Secret: secret = "" } = answer;
        return username === "<token>"
            ? { server, username: "", password: "", identityToken: secret }
            : { server, username, password: secret };
    } catch {
        // A helper without an entry ends with status 1, like one that is broken: the registry then asks for credentials by itself.
        return undefined;
    }
}

import { parseArgs } from "node:util";
import { InvalidInputError, type Problem } from "../../components/manifest/problem";

/** Where the endpoint listens and what stands behind it. */
export interface EndpointOptions {
    /** Port on loopback (and on `bridge`); 0 takes a free one. */
    readonly port: number;
    /** Base address of MiniStack, `http://HOST:PORT`. */
    readonly ministack: URL;
    /** `HOST:PORT` of the registry process. */
    readonly registry: string;
    /** Port on loopback that is the registry's public address; absent: `registry` itself is public and nothing is checked on a push. */
    readonly registryListen?: number;
    /** Docker Engine that runs the functions, `unix:///…` or `tcp://HOST:PORT`. Asked for its health only. */
    readonly dockerHost: string;
    /** Twelve digits. */
    readonly account: string;
    readonly region: string;
    /** The checkout; state is kept in its `.local/endpoint`. */
    readonly root: string;
    /** Second address to listen on, the Docker bridge, which containers reach. */
    readonly bridge?: string;
}

const USAGE =
    "endpoint --port P --ministack URL --registry HOST:PORT --docker-host URL --account ID --region REGION --root DIR " +
    "[--bridge ADDRESS] [--registry-listen PORT]";

/**
 * Reads the command line.
 *
 * @throws InvalidInputError with every problem found.
 */
export function parseOptions(argv: readonly string[]): EndpointOptions {
    const problems: Problem[] = [];
    const given = read(argv, problems);
    const check = (key: string, ok: (value: string) => boolean, rule: string, example: string, required = true): string => {
        const value = given[key];
        if (value === undefined ? required : !ok(value)) {
            problems.push({ file: "command line", key: `--${key}`, value: value ?? null, rule, fix: `pass \`--${key} ${example}\`` });
        }
        return value ?? "";
    };
    const port = check("port", isPort, "a port from 0 to 65535 is needed", "4566");
    const ministack = check("ministack", isHttp, "an http address is needed", "http://127.0.0.1:4567");
    const registry = check("registry", isHostPort, "an address of the form HOST:PORT is needed", "127.0.0.1:5000");
    const dockerHost = check("docker-host", isDockerHost, "unix:///… or tcp://HOST:PORT is needed", "unix:///var/run/docker.sock");
    const account = check("account", (value) => /^\d{12}$/.test(value), "twelve digits are needed", "000000000000");
    const region = check("region", (value) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(value), "a region's name is needed", "us-east-1");
    const root = check("root", (value) => value.startsWith("/"), "an absolute folder is needed", "/path/of/checkout");
    const registryListen = check("registry-listen", isPort, "a port from 0 to 65535 is needed", "5001", false);
    if (problems.length > 0) {
        throw new InvalidInputError(problems);
    }
    return {
        port: Number(port),
        ministack: new URL(ministack),
        registry,
        dockerHost,
        account,
        region,
        root,
        ...(registryListen === "" ? {} : { registryListen: Number(registryListen) }),
        ...(given.bridge === undefined ? {} : { bridge: given.bridge }),
    };
}

function read(argv: readonly string[], problems: Problem[]): Record<string, string | undefined> {
    const names = ["port", "ministack", "registry", "docker-host", "account", "region", "root", "bridge", "registry-listen"];
    try {
        return parseArgs({ args: [...argv], options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])) }).values as Record<
            string,
            string | undefined
        >;
    } catch (error) {
        problems.push({ file: "command line", value: argv.join(" "), rule: (error as Error).message, fix: `use ${USAGE}` });
        return {};
    }
}

function isPort(value: string): boolean {
    return /^\d{1,5}$/.test(value) && Number(value) <= 65535;
}

function isHostPort(value: string): boolean {
    const [host, port, ...rest] = value.split(":");
    return rest.length === 0 && host !== undefined && host.length > 0 && port !== undefined && isPort(port);
}

function isHttp(value: string): boolean {
    return URL.canParse(value) && new URL(value).protocol === "http:";
}

function isDockerHost(value: string): boolean {
    return value.startsWith("unix:///") || (value.startsWith("tcp://") && isHostPort(value.slice("tcp://".length)));
}

import { isIPv4, isIPv6 } from "node:net";
import { Problem } from "../manifest/problem";
import { Settings } from "./definitions";

/** The AWS SDKs send every call to this address instead of AWS, or those of one service with a suffix (SDK reference, service-specific endpoints). */
const ENDPOINT = "AWS_ENDPOINT_URL";

/**
 * Keeps a stack for a real account away from an emulator and the other way round: both would fail half-way, or change the wrong thing.
 * @returns what is wrong with the shell's environment for this stack, or undefined.
 */
export function emulatorProblem(
    runsOn: Settings["runsOn"],
    environment: Readonly<Record<string, string | undefined>>,
): Problem | undefined {
    const endpoints = Object.keys(environment)
        .filter((name) => (name === ENDPOINT || name.startsWith(`${ENDPOINT}_`)) && (environment[name] ?? "") !== "")
        .sort();
    const refuse = (key: string, rule: string, fix: string): Problem => {
        const value = environment[key];
        return { file: "environment", key, ...(value === undefined || value === "" ? {} : { value: withoutPassword(value) }), rule, fix };
    };
    const first = endpoints[0];
    if (runsOn === "account") {
        return first === undefined
            ? undefined
            : refuse(
                  first,
                  "leads to an emulator, while this stack has `runsOn: account` and belongs to a real AWS account",
                  `open a shell without the local environment (unset ${endpoints.join(" ")}), or choose the stack local`,
              );
    }
    const start = 'run `npm run local`, then eval "$(npm run -s local:env)"';
    if ((environment[ENDPOINT] ?? "") === "") {
        return refuse(ENDPOINT, "is not set, while this stack has `runsOn: emulator`: calls would go to a real AWS account", start);
    }
    if (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") {
        return refuse(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            `makes the SDKs ignore ${ENDPOINT}, while this stack has \`runsOn: emulator\``,
            "unset it",
        );
    }
    const outside = endpoints.find((name) => !isLocal(environment[name] ?? ""));
    return outside === undefined
        ? undefined
        : refuse(outside, "is no http(s) address of this machine or a private network, while this stack has `runsOn: emulator`", start);
}

/** Whether an address is http(s) to this machine, a private network or a name that only a private network can resolve. */
function isLocal(address: string): boolean {
    let url: URL;
    try {
        url = new URL(address);
    } catch {
        return false;
    }
    if (url.protocol !== "http:" && url.protocol !== "https:") {
        return false;
    }
    const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
    if (isIPv4(host)) {
        const [a = 0, b = 0] = host.split(".").map(Number);
        return a === 127 || a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
    }
    if (isIPv6(host)) {
        return host === "::1" || /^f[cd]/.test(host);
    }
    return /^[a-z0-9_-]+$/.test(host) || /\.(?:localhost|internal|local|test)$/.test(host);
}

function withoutPassword(address: string): string {
    return address.replace(/\/\/[^/@]*@/, "//");
}

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

/**
 * The certificate authorities that this machine trusts, as PEM text, for images made here: where a proxy inspects the
 * traffic, package registries answer with its certificates.
 * @throws when no bundle is found
 */
export function trustedCertificates(environment: NodeJS.ProcessEnv = process.env): string {
    const bundles = [environment["SSL_CERT_FILE"], environment["PIP_CERT"], "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    const bundle = bundles.find((file) => file !== undefined && fs.existsSync(file));
    if (bundle === undefined) {
        throw new Error("this machine has no bundle of certificate authorities (on Debian: apt install ca-certificates)");
    }
    const extra = environment["NODE_EXTRA_CA_CERTS"];
    return fs.readFileSync(bundle, "utf8") + (extra !== undefined && fs.existsSync(extra) ? `\n${fs.readFileSync(extra, "utf8")}` : "");
}

/** pip's configuration for images made here: this machine's index and proxy, unless their addresses hold a password. */
export function writePipConfiguration(environment: NodeJS.ProcessEnv = process.env): string {
    const settings = new Map([
        ["cert", "/etc/ssl/certs/ca-certificates.crt"],
        ["disable-pip-version-check", "true"],
        ["root-user-action", "ignore"],
    ]);
    const proxy = environment["HTTPS_PROXY"] ?? environment["https_proxy"];
    for (const [name, value] of [...pipSettings(), ["proxy", proxy ?? ""]] as const) {
        if (["index-url", "extra-index-url", "trusted-host", "proxy"].includes(name) && value !== "" && !/:\/\/[^/\s]*@/.test(value)) {
            settings.set(name, value);
        }
    }
    const lines = [...settings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} = ${value.split("\n").join("\n    ")}`);
    return `[global]\n${lines.join("\n")}\n`;
}

/** `global` settings from pip's files and environment; none where there is no pip. */
function pipSettings(): [string, string][] {
    try {
        const list = execFileSync("python3", ["-m", "pip", "config", "list"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
        return list.split("\n").flatMap((line) => {
            const match = /^(?:global|:env:)\.([a-z-]+)='(.*)'$/.exec(line.trim());
            return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2].replaceAll("\\n", "\n").trim()]];
        });
    } catch {
        return [];
    }
}

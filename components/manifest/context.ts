import { lstatSync, readdirSync, readFileSync, Stats } from "node:fs";
import { join } from "node:path";
import ignore from "@balena/dockerignore";
import { Problem, quote } from "./problem";

/** Bytes that a build context may have; wheels and data belong into RUN or a bucket. */
export const MAXIMUM_CONTEXT_BYTES = 250_000_000;
/** Files after which counting stops: such a directory is no source folder. */
const MAXIMUM_FILES = 20_000;

/** What must not be in an image unnoticed, by the last part of its path. */
const DANGEROUS: readonly { readonly form: RegExp; readonly what: string }[] = [
    { form: /^\.git$/, what: "the repository's history" },
    { form: /^node_modules$/, what: "installed packages, which differ from machine to machine" },
    { form: /^\.env(?:\.(?!example$|sample$|template$).*)?$/, what: "settings that are usually secret" },
    { form: /^(?:id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:p12|pfx|jks|keystore)|.*[-_.]key\.pem|.*\.key)$/i, what: "a private key" },
    { form: /^(?:\.netrc|\.npmrc|\.pypirc|\.git-credentials|credentials\.json|\.dockercfg)$/, what: "credentials of a tool" },
    { form: /^(?:\.aws|\.ssh|\.gnupg|\.kube|\.docker)$/, what: "credentials of a tool" },
    { form: /^(?:.*\.tfstate(?:\.backup)?|\.pulumi)$/, what: "state, which can hold secrets" },
];

/** Files in a build context that nobody wants in an image, and contexts that are too big. Ignored files do not count. Never throws. */
export function contextProblems(root: string, directory: string): Problem[] {
    const sizes: { readonly path: string; readonly bytes: number }[] = [];
    const problems: Problem[] = [];
    const ignored = ignoreRules(join(root, directory));
    let files = 0;
    const visit = (prefix: string): void => {
        for (const name of names(join(root, directory, prefix))) {
            const path = prefix === "" ? name : `${prefix}/${name}`;
            if (ignored(path) || files > MAXIMUM_FILES) {
                continue;
            }
            const found = DANGEROUS.find(({ form }) => form.test(name));
            if (found !== undefined) {
                problems.push({
                    file: `${directory}/${path}`,
                    rule: `would be sent to the build: ${found.what}`,
                    fix: `add ${quote(path)} to ${directory}/.dockerignore, or remove it`,
                });
                continue;
            }
            const status = statusOf(join(root, directory, path));
            if (status?.isDirectory() === true) {
                visit(path);
            } else {
                files++;
                sizes.push({ path, bytes: status?.size ?? 0 });
            }
        }
    };
    visit("");
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const list = (): string =>
        sizes
            .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))
            .slice(0, 10)
            .map(({ path, bytes }) => `${path} ${bytes.toLocaleString("en-US")}`)
            .join(", ");
    if (files > MAXIMUM_FILES) {
        problems.push({
            file: directory,
            rule: `the build context has more than ${MAXIMUM_FILES.toLocaleString("en-US")} files (limit of this project)`,
            fix: "name what the image does not need in .dockerignore",
        });
    } else if (total > MAXIMUM_CONTEXT_BYTES) {
        problems.push({
            file: directory,
            rule: `the build context has ${total.toLocaleString("en-US")} bytes (limit: ${MAXIMUM_CONTEXT_BYTES.toLocaleString("en-US")}; source: this project); largest: ${list()}`,
            fix: "name what the image does not need in .dockerignore, or fetch it in a RUN",
        });
    }
    return problems;
}

/** The rules of Docker: `Dockerfile.dockerignore` wins over `.dockerignore`. */
function ignoreRules(folder: string): (path: string) => boolean {
    for (const name of ["Dockerfile.dockerignore", ".dockerignore"]) {
        try {
            const rules = ignore().add(readFileSync(join(folder, name), "utf8"));
            return (path) => rules.ignores(path);
        } catch {
            // Not there; the next one counts.
        }
    }
    return () => false;
}

function names(folder: string): readonly string[] {
    try {
        return readdirSync(folder).sort();
    } catch {
        return [];
    }
}

function statusOf(path: string): Stats | undefined {
    return lstatSync(path, { throwIfNoEntry: false });
}

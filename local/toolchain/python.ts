import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { LocalFault } from "./fault";
import { hashOf } from "./files";
import { run, runOrFail, tryOutput } from "./run";
import { type Step } from "./steps";

/** The installer: 3 s instead of 40 s for what requirements.txt lists. */
const installer = "uv==0.13.8";
/** The oldest Python that MiniStack 1.5 runs on. */
const oldest = [3, 10] as const;

/**
 * The virtual environment with MiniStack, the AWS CLI, pyarrow and pytest, from the user's cache or made now.
 * @returns its folder
 * @throws LocalFault when there is no Python that can make one
 */
export async function pythonEnvironment(requirements: string, cache: string, step: Step): Promise<string> {
    const python = await findPython();
    const folder = path.join(cache, `python-${python.version}-${hashOf([python.program, fs.readFileSync(requirements, "utf8")])}`);
    const { made } = await cachedFolder(
        folder,
        async (temporary) => {
            await makeEnvironment(python.program, temporary, requirements, step);
            await relocate(temporary, folder);
        },
        () => step.progress("another process is making the same environment"),
    );
    if (!made) {
        step.reused();
    }
    return folder;
}

/** The first Python of the machine that is new enough: itself, not a version manager's shim for it. */
async function findPython(): Promise<{ program: string; version: string }> {
    const seen: string[] = [];
    for (const name of ["python3", "/usr/bin/python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"]) {
        const question = "import sys; print('%d.%d' % sys.version_info[:2], getattr(sys, '_base_executable', sys.executable))";
        const answer = await tryOutput(name, ["-c", question], { timeout: 10_000 });
        const [version, ...rest] = (answer ?? "").split(" ");
        const program = rest.join(" ");
        if (version === undefined || version === "" || program === "") {
            continue;
        }
        const [major, minor] = version.split(".").map(Number);
        if (major === oldest[0] && (minor ?? 0) >= oldest[1]) {
            return { program, version };
        }
        seen.push(`${name} is ${version}`);
    }
    throw new LocalFault(
        seen.length === 0 ? 'there is no "python3" on PATH' : `no Python on PATH is new enough (${seen.join(", ")})`,
        `Python ${oldest.join(".")} or later is needed for MiniStack`,
        "install Python 3 (on Debian and Ubuntu: apt install python3 python3-venv)",
    );
}

async function makeEnvironment(python: string, folder: string, requirements: string, step: Step): Promise<void> {
    const venv = await run(python, ["-m", "venv", folder]);
    if (venv.status !== 0) {
        const output = `${venv.stdout}${venv.stderr}`.trim();
        throw new LocalFault(
            `"${python} -m venv" failed: ${output.split("\n")[0] ?? ""}`,
            "Python's venv module with pip is needed",
            output.includes("ensurepip") ? "install it (on Debian and Ubuntu: apt install python3-venv)" : "look at the message above; it is Python's own",
        );
    }
    const inside = path.join(folder, "bin", "python");
    step.progress("installing MiniStack and the AWS CLI");
    await run(inside, ["-m", "pip", "install", "--quiet", installer]);
    await installPackages(folder, ["--requirement", requirements], [], []);
}

/**
 * Installs by the quick installer of an environment, and by pip where that fails.
 * @param both arguments that both understand
 * @param quick further ones for the quick installer
 * @param pip further ones for pip
 */
export async function installPackages(environment: string, both: readonly string[], quick: readonly string[], pip: readonly string[]): Promise<void> {
    const python = path.join(environment, "bin", "python");
    const program = path.join(environment, "bin", "uv");
    if (fs.existsSync(program)) {
        const env = { ...process.env, ...(await indexSettings(python)) };
        const result = await run(program, ["pip", "install", "--quiet", "--python", python, ...both, ...quick], { env });
        if (result.status === 0) {
            return;
        }
    }
    await runOrFail(python, ["-m", "pip", "install", "--quiet", ...both, ...pip]);
}

/** pip's settings for package indexes, in the installer's terms: it reads none of pip's. */
async function indexSettings(python: string): Promise<Record<string, string>> {
    const list = (await tryOutput(python, ["-m", "pip", "config", "list"])) ?? "";
    const values = new Map<string, string>();
    for (const line of list.split("\n")) {
        const match = /^[^.]+\.([a-z-]+)='(.*)'$/.exec(line.trim());
        if (match?.[1] !== undefined && match[2] !== undefined) {
            values.set(match[1], match[2].replaceAll("\\n", " ").trim());
        }
    }
    const settings: Record<string, string> = { UV_SYSTEM_CERTS: "true" };
    const names = { "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS", cert: "SSL_CERT_FILE" } as const;
    for (const [from, to] of Object.entries(names)) {
        const value = values.get(from);
        if (value !== undefined && value !== "" && process.env[to] === undefined) {
            settings[to] = value;
        }
    }
    return settings;
}

/** Scripts begin with the path of the environment's Python, which is another one after the move. */
async function relocate(temporary: string, folder: string): Promise<void> {
    const bin = path.join(temporary, "bin");
    for (const name of fs.readdirSync(bin)) {
        const file = path.join(bin, name);
        if (!fs.lstatSync(file).isFile()) {
            continue;
        }
        const content = await fs.promises.readFile(file);
        if (content.subarray(0, 4096).includes(temporary)) {
            await fs.promises.writeFile(file, content.toString("utf8").replaceAll(temporary, folder));
        }
    }
}

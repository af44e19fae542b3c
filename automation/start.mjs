// The launcher behind every npm script. Plain JavaScript, because on a fresh clone there is no package to run anything else.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nodeIsSupported, packagesMatch } from "./packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** One Ctrl-C under npm arrives twice: from the terminal and from npm, which forwards it. Milliseconds. */
const sameKeystroke = 500;

if (!nodeIsSupported(process.versions.node)) {
    process.stderr.write(
        `Node.js ${process.versions.node} is running this.\n` +
            "  20.19 or later, 22.12 or later, or 23 and later is needed.\n" +
            "  Next: install one of these (https://nodejs.org) and start again.\n",
    );
    process.exit(2);
}
if (!packagesMatch(readFileSync(join(root, "package-lock.json"), "utf8"), readIfPresent(join(root, "node_modules/.package-lock.json")))) {
    const status = await installPackages();
    if (status !== 0) {
        process.exit(status);
    }
}
runProgram(process.argv.slice(2));

function installPackages() {
    const begun = Date.now();
    const seconds = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`;
    process.stderr.write(process.stderr.isTTY ? "" : "… node packages: npm ci\n");
    const timer = process.stderr.isTTY ? setInterval(() => process.stderr.write(`\r… node packages: npm ci  ${seconds()}`), 500) : undefined;
    // npm tells its scripts where it is; another one may be first on PATH.
    const npm = process.env.npm_execpath;
    const [command, ...first] = npm !== undefined && npm.endsWith("npm-cli.js") ? [process.execPath, npm] : ["npm"];
    return new Promise((resolve) => {
        const output = [];
        const child = spawn(command, [...first, "ci", "--no-audit", "--no-fund"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
        child.stdout.on("data", (chunk) => output.push(chunk));
        child.stderr.on("data", (chunk) => output.push(chunk));
        const forward = (signal) => child.kill(signal);
        process.on("SIGINT", forward).on("SIGTERM", forward);
        const end = (status, text) => {
            clearInterval(timer);
            process.removeListener("SIGINT", forward).removeListener("SIGTERM", forward);
            const start = process.stderr.isTTY ? "\r\u001b[K" : "";
            if (status === 0) {
                process.stderr.write(`${start}✓ node packages  ${seconds()}\n`);
            } else {
                process.stderr.write(`${start}✗ node packages: npm ci failed after ${seconds()}\n${text}\n  Next: mend what npm says above and start again.\n`);
            }
            resolve(status);
        };
        child.on("error", (error) => end(1, `npm cannot be run: ${error.message}`));
        child.on("close", (code, signal) => end(signal === null ? code : statusOf(signal), Buffer.concat(output).toString().trim()));
    });
}

function runProgram(args) {
    const loader = pathToFileURL(createRequire(join(root, "package.json")).resolve("tsx")).href;
    // A process group of its own: a Ctrl-C would otherwise hit the engine directly as well as through the program, and
    // the engine takes the second one as the order to drop everything. Only the interactive shell needs the terminal.
    const detached = args[0] !== "local:shell";
    const child = spawn(process.execPath, ["--import", loader, join(root, "automation/main.ts"), ...args], {
        cwd: root,
        env: { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() },
        detached,
        // By the channel the program notices when this launcher is killed.
        stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    let interrupted = false;
    let last = 0;
    const forward = (signal) => {
        interrupted = true;
        if (!detached || Date.now() - last < sameKeystroke) {
            return;
        }
        last = Date.now();
        child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        process.on(signal, forward);
    }
    // The terminal tells its foreground group only about a new size.
    process.on("SIGWINCH", () => detached && child.kill("SIGWINCH"));
    child.on("error", (error) => {
        process.stderr.write(`The program cannot be started: ${error.message}\n`);
        process.exit(1);
    });
    child.on("exit", (code, signal) => {
        if (interrupted && detached) {
            endGroup(child.pid);
        }
        process.exit(signal === null ? code : statusOf(signal));
    });
}

/** Ends what an interrupted program left running in its own process group (a compiler, an installer); servers have their own. */
function endGroup(group) {
    try {
        process.kill(-group, "SIGTERM");
    } catch (error) {
        if (error.code !== "ESRCH") {
            throw error;
        }
    }
}

function statusOf(signal) {
    return 128 + (constants.signals[signal] ?? 0);
}

function readIfPresent(file) {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if (error.code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

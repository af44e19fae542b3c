import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

/** What a checkout's emulator has on the machine outside its folder, as the operating system tells it. */
export interface Footprint {
    /** Process id and command line. */
    readonly processes: readonly string[];
    /** Of its own ports, those that accept connections. */
    readonly ports: readonly number[];
    readonly interfaces: readonly string[];
    readonly mounts: readonly string[];
    readonly controlGroups: readonly string[];
    readonly packetRules: readonly string[];
    readonly sockets: readonly string[];
}

/** Everything that carries the checkout's path, its id or its ports. Reads /proc, hence Linux only. */
export async function footprintOf(root: string, ports: readonly number[]): Promise<Footprint> {
    const real = fs.realpathSync(root);
    const id = createHash("sha256").update(real).digest("hex").slice(0, 8);
    const marks = [`${real}/`, `container-lambdas-${id}`, `cl-${id}`];
    const isOurs = (text: string): boolean => marks.some((mark) => text.includes(mark));
    const linesOf = (text: string): string[] => text.split("\n").filter(isOurs);
    const open = await Promise.all(ports.map(async (port) => ((await accepts(port)) ? [port] : [])));
    return {
        processes: processes(isOurs, real),
        ports: open.flat(),
        interfaces: fs.readdirSync("/sys/class/net").filter(isOurs),
        mounts: linesOf(fs.readFileSync("/proc/self/mountinfo", "utf8")),
        controlGroups: groups("/sys/fs/cgroup", 2).filter(isOurs),
        packetRules: process.getuid?.() === 0 ? linesOf(["nat", "filter"].map((table) => spawnSync("iptables", ["--wait", "10", "--table", table, "--list-rules"], { encoding: "utf8" }).stdout ?? "").join("\n")) : [],
        sockets: ["/run", "/tmp"].flatMap((folder) => fs.readdirSync(folder)).filter(isOurs),
    };
}

/** The four ports that the checkout's emulator chose. */
export function portsOf(root: string): number[] {
    const { ports } = JSON.parse(fs.readFileSync(path.join(root, ".local", "state.json"), "utf8")) as { ports: Readonly<Record<string, number>> };
    return Object.values(ports);
}

/** By command line, working directory or control group: a container's process is known by the last alone. */
function processes(isOurs: (text: string) => boolean, root: string): string[] {
    return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
        const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
        const folder = link(`/proc/${pid}/cwd`);
        const inside = folder === root || isOurs(folder);
        return isOurs(command) || inside || isOurs(read(`/proc/${pid}/cgroup`)) ? [`${pid} ${command}`] : [];
    });
}

function groups(folder: string, depth: number): string[] {
    const inner = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name)) : [];
    return depth === 0 ? [] : [...inner, ...inner.flatMap((one) => groups(one, depth - 1))];
}

function accepts(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect(port, "127.0.0.1");
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
    });
}

function read(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        // The process ended while we looked.
        return "";
    }
}

function link(file: string): string {
    try {
        return fs.readlinkSync(file);
    } catch {
        return "";
    }
}

import * as fs from "node:fs";

import { runOrFail, tryOutput } from "./run";

/** A checkout's own network bridge. */
export interface Bridge {
    /** At most 15 characters (IFNAMSIZ). */
    readonly bridge: string;
    /** The host's address on it. */
    readonly gateway: string;
}

const forwarding = "/proc/sys/net/ipv4/ip_forward";
const prefix = "cl-";

/** Makes the bridge with a free /24 network and lets its containers reach the host and, by address translation, the outside. */
export async function createBridge(id: string, environment: NodeJS.ProcessEnv): Promise<Bridge> {
    const bridge = prefix + id;
    const gateway = freeGateway(id, usedNetworks());
    await runOrFail("ip", ["link", "add", bridge, "type", "bridge"], { env: environment });
    await runOrFail("ip", ["address", "add", `${gateway}/24`, "dev", bridge], { env: environment });
    await runOrFail("ip", ["link", "set", bridge, "up"], { env: environment });
    if (fs.readFileSync(forwarding, "utf8").trim() !== "1") {
        fs.writeFileSync(forwarding, "1");
    }
    for (const rule of rules(bridge, gateway)) {
        await runOrFail("iptables", ["--wait", "10", "--table", rule.table, "--insert", ...rule.match], { env: environment });
    }
    return { bridge, gateway };
}

/** Removes the bridge and its rules, however much of them is there. */
export async function removeBridge(id: string, environment: NodeJS.ProcessEnv): Promise<void> {
    const bridge = prefix + id;
    const address = /inet (\d+\.\d+\.\d+\.\d+)\//.exec((await tryOutput("ip", ["-4", "-oneline", "address", "show", "dev", bridge], { env: environment })) ?? "")?.[1];
    if (address !== undefined) {
        for (const rule of rules(bridge, address)) {
            // A crash may have left a rule twice or not at all.
            while ((await tryOutput("iptables", ["--wait", "10", "--table", rule.table, "--delete", ...rule.match], { env: environment })) !== undefined);
        }
    }
    if (fs.existsSync(`/sys/class/net/${bridge}`)) {
        await runOrFail("ip", ["link", "delete", bridge], { env: environment });
    }
}

function rules(bridge: string, gateway: string): readonly { table: string; match: readonly string[] }[] {
    const network = `${gateway.replace(/\.\d+$/, ".0")}/24`;
    return [
        { table: "nat", match: ["POSTROUTING", "--source", network, "!", "--out-interface", bridge, "--jump", "MASQUERADE"] },
        { table: "filter", match: ["FORWARD", "--in-interface", bridge, "--jump", "ACCEPT"] },
        { table: "filter", match: ["FORWARD", "--out-interface", bridge, "--match", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "--jump", "ACCEPT"] },
        { table: "filter", match: ["INPUT", "--in-interface", bridge, "--jump", "ACCEPT"] },
    ];
}

/**
 * The first address of a /24 inside 10.192.0.0/10 that overlaps no network in use; the search begins at a place of the
 * checkout's own, so that two that start at once rarely ask for the same.
 * @throws when all 16384 are in use
 */
export function freeGateway(id: string, used: readonly { readonly base: number; readonly mask: number }[]): string {
    const first = Number.parseInt(id, 16) % 16_384;
    for (let offset = 0; offset < 16_384; offset++) {
        const index = (first + offset) % 16_384;
        const base = ((10 << 24) | (192 << 16)) + index * 256;
        const isFree = used.every(({ base: other, mask }) => ((base & mask) >>> 0) !== ((other & mask) >>> 0) && ((other & 0xff_ff_ff_00) >>> 0) !== base >>> 0);
        if (isFree) {
            return `10.${192 + (index >> 8)}.${index & 255}.1`;
        }
    }
    throw new Error("no /24 network inside 10.192.0.0/10 is free");
}

/** Networks that the routing table knows, the default route left out. */
function usedNetworks(): { base: number; mask: number }[] {
    const little = (hex: string): number => Buffer.from(hex, "hex").readUInt32LE();
    return fs
        .readFileSync("/proc/net/route", "utf8")
        .split("\n")
        .slice(1)
        .map((line) => line.split("\t"))
        .filter((fields) => fields.length > 7 && fields[7] !== "00000000")
        .map((fields) => ({ base: little(fields[1] ?? "00000000"), mask: little(fields[7] ?? "00000000") | 0 }));
}

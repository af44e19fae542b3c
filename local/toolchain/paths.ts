import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Where one checkout's running emulator keeps what belongs to it alone. All of it is below `.local/`, but for `run`. */
export interface CheckoutPaths {
    readonly root: string;
    /** Eight hex digits from the checkout's real path: names bridges, sockets and containers. */
    readonly id: string;
    readonly local: string;
    readonly bin: string;
    readonly logs: string;
    readonly pids: string;
    readonly stateFile: string;
    readonly baseImagesFile: string;
    readonly ministack: string;
    readonly registry: string;
    readonly dockerData: string;
    /**
     * Sockets and the Docker engine's runtime files. Outside the checkout because a Unix socket's path may have at
     * most 107 bytes on Linux (unix(7)) and checkouts can lie deep.
     */
    readonly run: string;
    readonly pulumiHome: string;
}

export function checkoutPaths(root: string): CheckoutPaths {
    const real = fs.realpathSync(root);
    const id = createHash("sha256").update(real).digest("hex").slice(0, 8);
    const local = path.join(real, ".local");
    return {
        root: real,
        id,
        local,
        bin: path.join(local, "bin"),
        logs: path.join(local, "logs"),
        pids: path.join(local, "pids"),
        stateFile: path.join(local, "state.json"),
        baseImagesFile: path.join(local, "base-images.json"),
        ministack: path.join(local, "ministack"),
        registry: path.join(local, "registry"),
        dockerData: path.join(local, "docker"),
        run: path.join(process.getuid?.() === 0 && fs.existsSync("/run") ? "/run" : os.tmpdir(), `container-lambdas-${id}`),
        pulumiHome: path.join(local, "pulumi"),
    };
}

/** The user's cache, shared by checkouts: `${XDG_CACHE_HOME:-~/.cache}/container-lambdas`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
    const base = environment["XDG_CACHE_HOME"];
    return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), ".cache"), "container-lambdas");
}

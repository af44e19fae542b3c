import * as fs from "node:fs";
import * as path from "node:path";

import { runningProcess, runsUnchanged, startDetached, stopProcess, waitUntilReady } from "../processes";
import { instanceHost } from "./containers";
import { ownVariables } from "./inherited";
import { sourceTexts } from "./files";
import { type CheckoutPaths } from "./paths";
import { type LocalState } from "./state";
import { type Step } from "./steps";

export const accountId = "000000000000";
export const region = "us-east-1";

export interface MiniStackOptions {
    readonly python: string;
    readonly dockerHost: string;
    readonly state: LocalState;
    /** Whether this machine reaches containers by their own addresses. */
    readonly reachesContainers: boolean;
}

export function ministackProcess(paths: CheckoutPaths): boolean {
    return runningProcess(pidFile(paths)) !== undefined;
}

/** Whether it answers and has brought up what it keeps. */
export async function ministackAnswers(port: number): Promise<boolean> {
    try {
        return (await fetch(`http://127.0.0.1:${port}/_ministack/health`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
        return false;
    }
}

/** Starts the emulator on loopback, policies enforced, with what it kept from its last run. */
export async function startMiniStack(paths: CheckoutPaths, options: MiniStackOptions, step: Step): Promise<void> {
    const { ports } = options.state;
    const temporary = path.join(paths.ministack, "tmp");
    const amendments = path.join(paths.root, "local", "endpoint", "ministack");
    const process = {
        command: path.join(options.python, "bin", "python"),
        args: [path.join(amendments, "serve.py")],
        variables: variables(paths, options, temporary),
        inherited: ownVariables(),
        cwd: paths.ministack,
        logFile: path.join(paths.logs, "ministack.log"),
        pidFile: pidFile(paths),
        sources: sourceTexts(amendments, ".py"),
    };
    if (runsUnchanged(process) && (await ministackAnswers(ports.ministack))) {
        step.reused();
        return;
    }
    await stopMiniStack(paths);
    fs.mkdirSync(temporary, { recursive: true, mode: 0o700 });
    const record = await startDetached(process);
    await waitUntilReady("MiniStack", record, process.logFile, () => ministackAnswers(ports.ministack), 60_000);
}

/** Lets it save what it keeps and remove its containers. */
export function stopMiniStack(paths: CheckoutPaths): Promise<boolean> {
    return stopProcess(pidFile(paths), 30_000);
}

function pidFile(paths: CheckoutPaths): string {
    return path.join(paths.pids, "ministack.json");
}

function variables(paths: CheckoutPaths, options: MiniStackOptions, temporary: string): Record<string, string> {
    const { ports, accessKeyId, secretAccessKey } = options.state;
    return {
        GATEWAY_PORT: String(ports.ministack),
        BIND_HOST: "127.0.0.1",
        // Containers get it with "127.0.0.1" turned into "host.docker.internal": the endpoint, not MiniStack's own port.
        AWS_ENDPOINT_URL: `http://127.0.0.1:${ports.endpoint}`,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        MINISTACK_REGION: region,
        MINISTACK_ACCOUNT_ID: accountId,
        // Part of the label on its containers, by which they are found again after a crash.
        MINISTACK_HOSTNAME: instanceHost(paths.id),
        CONTAINER_LAMBDAS_ROOT: paths.root,
        CONTAINER_LAMBDAS_REGISTRY: `127.0.0.1:${ports.registry}`,
        AUTH: "true",
        PERSIST_STATE: "1",
        STATE_DIR: path.join(paths.ministack, "state"),
        S3_PERSIST: "1",
        S3_DATA_DIR: path.join(paths.ministack, "s3"),
        DOCKER_HOST: options.dockerHost,
        LAMBDA_EXECUTOR: "docker",
        // Without it every container gets a port of this machine, for which engines side by side compete: each gives out the same
        // numbers from the first on, and fails after ten that another one has.
        ...(options.reachesContainers ? { LAMBDA_DOCKER_NETWORK: "bridge" } : {}),
        // Both would open a port of their own, the same for every checkout.
        IOT_MTLS_ENABLED: "0",
        SFTP_ENABLED: "0",
        TMPDIR: temporary,
        PYTHONUNBUFFERED: "1",
    };
}

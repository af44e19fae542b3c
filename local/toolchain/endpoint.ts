import * as fs from "node:fs";
import * as path from "node:path";

import { acceptsConnections, runningProcess, runsUnchanged, startDetached, stopProcess, waitUntilReady } from "../processes";
import { type DockerEngine } from "./docker";
import { sourceTexts } from "./files";
import { ownVariables } from "./inherited";
import { accountId, region } from "./ministack";
import { type CheckoutPaths } from "./paths";
import { type LocalState } from "./state";
import { type Step } from "./steps";

export function endpointProcess(paths: CheckoutPaths): boolean {
    return runningProcess(pidFile(paths)) !== undefined;
}

/** Starts the thin endpoint on loopback and on the engine's bridge, where containers reach it. */
export async function startEndpoint(paths: CheckoutPaths, state: LocalState, engine: DockerEngine, step: Step): Promise<void> {
    const { ports } = state;
    const behind = engine.sharesLoopback;
    const args = [
        ...["--import", "tsx", path.join(paths.root, "local", "endpoint", "main.ts")],
        ...["--port", String(ports.endpoint), "--ministack", `http://127.0.0.1:${ports.ministack}`, "--registry", `127.0.0.1:${behind ? ports.registryData : ports.registry}`],
        ...["--docker-host", engine.dockerHost, "--account", accountId, "--region", region, "--root", paths.root],
        ...(engine.bridgeAddress === undefined ? [] : ["--bridge", engine.bridgeAddress]),
        ...(behind ? ["--registry-listen", String(ports.registry)] : []),
    ];
    const options = {
        command: process.execPath,
        args,
        variables: { AWS_ACCESS_KEY_ID: state.accessKeyId, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", AWS_SECRET_ACCESS_KEY: state.secretAccessKey },
        inherited: ownVariables(),
        cwd: paths.root,
        logFile: path.join(paths.logs, "endpoint.log"),
        pidFile: pidFile(paths),
        sources: sourceTexts(path.join(paths.root, "local", "endpoint"), ".ts"),
    };
    if (runsUnchanged(options) && (await acceptsConnections("127.0.0.1", ports.endpoint))) {
        step.reused();
        return;
    }
    await stopEndpoint(paths);
    const before = fs.existsSync(options.logFile) ? fs.statSync(options.logFile).size : 0;
    const record = await startDetached(options);
    const saysReady = (): boolean => {
        const log = fs.readFileSync(options.logFile);
        // Shorter than before: a log that had grown large was set aside.
        return /^ready$/m.test(log.subarray(log.length < before ? 0 : before).toString("utf8"));
    };
    await waitUntilReady("the endpoint", record, options.logFile, () => Promise.resolve(saysReady()));
    step.detail(`http://127.0.0.1:${ports.endpoint}`);
}

export function stopEndpoint(paths: CheckoutPaths): Promise<boolean> {
    return stopProcess(pidFile(paths));
}

function pidFile(paths: CheckoutPaths): string {
    return path.join(paths.pids, "endpoint.json");
}

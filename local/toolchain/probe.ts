import * as path from "node:path";

import { acceptsConnections, runningProcess } from "../processes";
import { engineAnswers } from "./dockerApi";
import { type CheckoutPaths } from "./paths";
import { type RunningNote } from "./running";
import { readState } from "./state";

/** Whether every part that the note names runs and accepts connections; takes milliseconds. */
export async function partsAnswer(paths: CheckoutPaths, note: RunningNote): Promise<boolean> {
    const state = readState(paths);
    const processes = ["endpoint", "ministack", ...(note.engine.sharesLoopback ? ["registry"] : []), ...(note.engine.ownership === "private" ? ["containerd", "dockerd"] : [])];
    if (state === undefined || processes.some((name) => runningProcess(path.join(paths.pids, `${name}.json`)) === undefined)) {
        return false;
    }
    const { endpoint, ministack, registry } = state.ports;
    const answers = await Promise.all([...[endpoint, ministack, registry].map((port) => acceptsConnections("127.0.0.1", port)), engineAnswers(note.engine.dockerHost)]);
    return answers.every(Boolean);
}

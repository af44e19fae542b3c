import type { Command } from "../context";
import { bootstrap } from "./bootstrap";
import { check } from "./check";
import { local } from "./local";
import { localApprove } from "./localApprove";
import { localDemo } from "./localDemo";
import { localDown } from "./localDown";
import { localEnv } from "./localEnv";
import { localFire } from "./localFire";
import { localInvoke } from "./localInvoke";
import { localLoad } from "./localLoad";
import { localLogs } from "./localLogs";
import { localPush } from "./localPush";
import { localShell } from "./localShell";
import { pipeline } from "./pipeline";
import { destroy, preview, refresh, up } from "./stacks";
import { status } from "./status";

/** All commands, in the order in which the help lists them. */
export const commands: readonly Command[] = [
    local,
    localDemo,
    localLoad,
    localInvoke,
    localFire,
    localLogs,
    localPush,
    localApprove,
    localEnv,
    localShell,
    localDown,
    up,
    preview,
    destroy,
    refresh,
    status,
    pipeline,
    bootstrap,
    check,
];

import type { Command } from "../context";
import { check } from "./check";
import { local } from "./local";
import { localDown } from "./localDown";
import { localEnv } from "./localEnv";
import { localInvoke } from "./localInvoke";
import { localLogs } from "./localLogs";
import { localShell } from "./localShell";
import { destroy, preview, refresh, up } from "./stacks";
import { status } from "./status";

/** All commands, in the order in which the help lists them. */
export const commands: readonly Command[] = [local, localInvoke, localLogs, localEnv, localShell, localDown, up, preview, destroy, refresh, status, check];

import type { Settings } from "./definitions";

/** Who moves aliases: only the pipeline of a tag has a stage for it, so that without one the program itself does, whatever the stack's file says. */
export function releaseMode({ delivery, release }: Pick<Settings, "delivery" | "release">): Settings["release"] {
    return delivery === "tag" ? release : "direct";
}

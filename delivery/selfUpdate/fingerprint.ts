import { createHash } from "node:crypto";
import { toJsonLine } from "../../automation/json";
import type { DeliveryChange } from "../ports";

/** What the program wants the pipeline to be, in 32 hex digits: the same for the same sources, whatever exists. */
export function fingerprintOf(change: DeliveryChange): string {
    return digest(change.desired);
}

/** 32 hex digits of the canonical JSON of a value. */
export function digest(value: unknown): string {
    return createHash("sha256").update(toJsonLine(value)).digest("hex").slice(0, 32);
}

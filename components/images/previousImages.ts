import { z } from "zod";
import { PreviousOutputs, UNKNOWN_MARKERS } from "../previousOutputs";
import { PreviousImage } from "./imageSource";

const image = z.object({ key: z.string(), digest: z.string(), registered: z.boolean() });

/**
 * The images of this stack's last update, from its own outputs. A stack that was never updated has none. Entries of
 * images that failed, or hold the engine's unknown marker, are left out: the registry is asked for them instead.
 */
export async function previousImages(outputs: PreviousOutputs): Promise<Record<string, PreviousImage>> {
    return parsePreviousImages(await outputs.get("images"));
}

export function parsePreviousImages(value: unknown): Record<string, PreviousImage> {
    if (typeof value !== "object" || value === null) {
        return {};
    }
    return Object.fromEntries(
        Object.entries(value).flatMap(([name, entry]) => {
            const parsed = image.safeParse(entry);
            return parsed.success && !UNKNOWN_MARKERS.includes(parsed.data.digest) ? [[name, parsed.data]] : [];
        }),
    );
}

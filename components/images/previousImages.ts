import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { PreviousImage } from "./imageSource";

/** What the engine writes into outputs of resources that a targeted update did not create. */
const UNKNOWN_MARKERS = ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

const image = z.object({ key: z.string(), digest: z.string(), registered: z.boolean() });

/**
 * The images of this stack's last update, from its own outputs. A stack that was never updated has none. Entries of
 * images that failed, or hold the engine's unknown marker, are left out: the registry is asked for them instead.
 */
export async function previousImages(): Promise<Record<string, PreviousImage>> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const { value } = await new pulumi.StackReference("own-outputs", { name }).getOutputDetails("images");
    return parsePreviousImages(value);
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

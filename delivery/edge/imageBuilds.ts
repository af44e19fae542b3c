import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createInlineStack } from "../../automation/automationEngine";
import { engineWidth, operate, type StackResult } from "../../automation/stack";
import { repositoryKey } from "../../components/images/imagePlace";
import type { ImageSource } from "../../components/images/imageSource";
import { declareImages } from "../../components/images/projectImages";
import type { Settings } from "../../components/settings/definitions";
import type { KnownImage } from "../images";
import type { RegistryPort } from "../registry";
import type { StepContext } from "../step";

export type BuildSettings = Pick<Settings, "project" | "stack" | "repositories" | "maxParallelBuilds">;

/**
 * Builds and pushes images with the stack's own components, as a program of its own whose state is thrown away: who
 * builds has no right to the stack's. Nothing else is declared, so nothing else can happen.
 */
export async function buildImages(
    known: readonly KnownImage[],
    settings: BuildSettings,
    registry: Pick<RegistryPort, "login">,
    { root, terminal, signal, shield, now }: Pick<StepContext, "root" | "terminal" | "signal" | "shield" | "now">,
): Promise<StackResult> {
    const { project, stack, repositories: layout, maxParallelBuilds } = settings;
    const login = await registry.login();
    const folder = await mkdtemp(join(tmpdir(), "image-builds-"));
    try {
        const opened = await createInlineStack({
            project: `${project}-images`,
            stack,
            workDir: folder,
            variables: { PULUMI_BACKEND_URL: pathToFileURL(folder).href, PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("hex") },
            program: async () => {
                // The engine works in a folder of its own: contexts are named in full.
                const images = known.map(({ image }) => ({ ...image, context: join(root, image.context) }));
                const repositories = Object.fromEntries(known.map(({ image, repositoryUrl }) => [repositoryKey(layout, image), { repositoryUrl }]));
                declareImages(images, { prefix: `${project}-${stack}`, layout, sources: sourcesOf(known), repositories, maxParallelBuilds, login: () => login });
            },
        });
        const request = { kind: "up" as const, stack: `${stack} (images)`, parallel: engineWidth(maxParallelBuilds) };
        return await shield(() => operate(request, opened, { terminal, signal, now, lockOwners: async () => [] }));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** What the registry has is taken by digest; what it lacks is built. */
export function sourcesOf(known: readonly KnownImage[]): Record<string, ImageSource> {
    return Object.fromEntries(known.map(({ image, digest }): [string, ImageSource] => [image.name, digest === undefined ? { from: "registered" } : { from: "adopted", digest }]));
}

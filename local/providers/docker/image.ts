/** Builds an image by the Docker Engine API and pushes it. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../host/errors";
import type { Operation } from "../host/handlers";
import { contextArchive } from "./context";
import { type Credentials, registryAuthHeader } from "./credentials";
import { type DockerEngine, EngineError, type ImageDetails } from "./engine";
import type { ImageInputs } from "./inputs";
import { BuildProgress, StatusReport } from "./progress";
import { parseReference } from "./reference";
import { type BuildSession, openSession } from "./session";

/** Looks at the local store for a finished build: the engine lists it a moment after it said so. */
const POLLS = 5;

export interface ImageJob {
    readonly engine: DockerEngine;
    readonly image: ImageInputs;
    /** Undefined: as nobody. */
    readonly credentials: Credentials | undefined;
    readonly urn: string;
    readonly operation: Operation;
    /** Milliseconds between two looks for the finished image. */
    readonly pollInterval: number;
}

/** Builds and answers the image's local id, `sha256:…`. */
export async function buildImage(job: ImageJob): Promise<string> {
    const { engine, image, credentials, operation } = job;
    const progress = new BuildProgress(operation.log, job.urn);
    const buildKit = image.build.builderVersion === "BuilderBuildKit";
    operation.log.status("Building the image", job.urn);
    await pullCacheSources(job);
    const { archive, dockerfile } = contextArchive(image.build.context, image.build.dockerfile);
    let session: BuildSession | undefined;
    try {
        session = buildKit && credentials !== undefined ? await openSession(engine, credentials, operation.signal) : undefined;
        const messages = engine.stream({
            method: "POST",
            path: `/build?${buildQuery(image, dockerfile, session?.id)}`,
            headers: {
                "Content-Type": "application/x-tar",
                "X-Registry-Config": registryConfig(credentials),
            },
            body: archive,
            signal: operation.signal,
        });
        for await (const message of messages) {
            progress.add(message);
        }
    } catch (error) {
        throw refusal(error, job, "the build");
    } finally {
        progress.close();
        session?.close();
        archive.destroy();
    }
    const failed = progress.explain();
    if (failed !== undefined) {
        throw new UserError(
            `image "${image.imageName}": the build of "${image.build.dockerfile}" failed: ${failed}\nCorrect the Dockerfile or its context and run again.`,
        );
    }
    return (await waitForImage(job, progress.builtImage)).Id;
}

/** Pushes exactly the tag of the name and answers `repository@sha256:…`. */
export async function pushImage(job: ImageJob): Promise<string> {
    const { engine, image, credentials, operation } = job;
    const reference = parseReference(image.imageName);
    if (reference === undefined) {
        throw new UserError(`image "${image.imageName}": the name does not say which registry to push to: write it in full, like "docker.io/repository/image:tag"`);
    }
    operation.log.status("Pushing the image to the registry", job.urn);
    const report = new StatusReport(operation.log, job.urn);
    let digest: string | undefined;
    try {
        const messages = engine.stream({
            method: "POST",
            path: `/images/${reference.repository}/push?tag=${encodeURIComponent(reference.tag)}`,
            headers: { "X-Registry-Auth": registryAuthHeader(credentials) },
            signal: operation.signal,
        });
        for await (const message of messages) {
            const failure = message.errorDetail?.message ?? message.error;
            if (failure !== undefined) {
                throw new UserError(
                    `image "${image.imageName}": the push failed: ${failure}\nLook whether the registry answers, the repository exists and the credentials may push, and run again.`,
                );
            }
            if (message.status !== undefined) {
                report.show(message.id === undefined ? message.status : `${message.id}: ${message.status}`);
            }
            digest = digestOf(message.aux) ?? digest;
        }
    } catch (error) {
        throw refusal(error, job, "the push");
    } finally {
        report.close();
    }
    if (digest !== undefined) {
        return `${reference.repository}@${digest}`;
    }
    const known = (await engine.inspect(image.imageName, operation.signal))?.RepoDigests?.find((each) => each.startsWith(`${reference.repository}@`));
    if (known === undefined) {
        throw new UserError(`image "${image.imageName}": was pushed, but the Docker engine did not tell its digest: run again, and look at the engine's log if it stays so`);
    }
    return known;
}

function buildQuery(image: ImageInputs, dockerfile: string, session: string | undefined): URLSearchParams {
    const { build } = image;
    const query = new URLSearchParams({
        t: image.imageName,
        dockerfile,
        version: build.builderVersion === "BuilderV1" ? "1" : "2",
        platform: build.platform,
        buildargs: JSON.stringify(build.args),
        rm: "1",
        ...(build.target === undefined ? {} : { target: build.target }),
        ...(build.network === undefined ? {} : { networkmode: build.network }),
        ...(build.cacheFrom.length === 0 ? {} : { cachefrom: JSON.stringify(build.cacheFrom) }),
        ...(session === undefined ? {} : { session }),
    });
    for (const host of build.addHosts) {
        query.append("extrahosts", host);
    }
    return query;
}

/** As the real provider: one after the other, and one that cannot be pulled is no failure. */
async function pullCacheSources({ engine, image, credentials, operation, urn }: ImageJob): Promise<void> {
    for (const source of image.build.cacheFrom) {
        const path = `/images/create?fromImage=${encodeURIComponent(source)}`;
        try {
            const messages = engine.stream({ method: "POST", path, headers: { "X-Registry-Auth": registryAuthHeader(credentials) }, signal: operation.signal });
            for await (const message of messages) {
                const failure = message.errorDetail?.message ?? message.error;
                if (failure !== undefined) {
                    operation.log.info(`cache source ${source} was not pulled: ${failure}`, urn);
                }
            }
        } catch (error) {
            operation.signal.throwIfAborted();
            operation.log.info(`cache source ${source} was not pulled: ${error instanceof Error ? error.message : String(error)}`, urn);
        }
    }
}

async function waitForImage(job: ImageJob, id: string | undefined): Promise<ImageDetails> {
    for (let poll = 1; poll <= POLLS; poll++) {
        const details = await job.engine.inspect(job.image.imageName, job.operation.signal);
        // The tag may still be that of an earlier build.
        if (details !== undefined && (id === undefined || details.Id === id || poll === POLLS)) {
            return details;
        }
        if (poll < POLLS) {
            await sleep(job.pollInterval, undefined, { signal: job.operation.signal });
        }
    }
    throw new UserError(
        `image "${job.image.imageName}": the build ended without an error, but the Docker engine has no such image after ${POLLS} looks: look at the engine's log and run again`,
    );
}

/** The old builder takes credentials for base images from this header; BuildKit takes them from the session. */
function registryConfig(credentials: Credentials | undefined): string {
    const told = credentials === undefined ? {} : { [credentials.server]: { username: credentials.username, password: credentials.password } };
    return Buffer.from(JSON.stringify(told)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function digestOf(aux: unknown): string | undefined {
    const digest = (aux as { Digest?: unknown } | null | undefined)?.Digest;
    return typeof digest === "string" && digest !== "" ? digest : undefined;
}

function refusal(error: unknown, { image, engine, operation }: ImageJob, what: string): unknown {
    if (error instanceof UserError) {
        return error;
    }
    if (operation.signal.aborted) {
        return new UserError(`image "${image.imageName}": ${what} was cancelled`);
    }
    if (error instanceof EngineError) {
        return new UserError(`image "${image.imageName}": the Docker engine refused ${what}: ${error.message}`);
    }
    const told = error instanceof Error ? error.message : String(error);
    return new UserError(
        `image "${image.imageName}": the connection to the Docker engine at ${engine.address.text} broke during ${what}: ${told}\nLook whether the engine still runs, and run again.`,
    );
}

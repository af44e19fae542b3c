import * as fs from "node:fs";
import * as path from "node:path";

import { pythonBase } from "./basePython";
import { type DockerEngine } from "./docker";
import { callEngine } from "./dockerApi";
import { LocalFault, messageOf } from "./fault";
import { hashOf, readIfPresent, writeAtomically } from "./files";
import { uploadImage } from "./imageUpload";
import { type CheckoutPaths } from "./paths";
import { type Step } from "./steps";

/** How long the public registry may take to begin an answer. */
const answerLimit = 8000;

export interface BaseImageContext {
    readonly paths: CheckoutPaths;
    readonly cache: string;
    readonly engine: DockerEngine;
    /** `127.0.0.1:PORT` as image addresses name it. */
    readonly registry: string;
    /** `127.0.0.1:PORT` to upload to; the same, or the registry's own process behind it. */
    readonly upload: string;
    readonly python: () => Promise<string>;
}

/** Makers of equivalents, by the name in `app/base-images.json`; each gives the folder of a prepared image. */
const equivalents: Readonly<Record<string, (context: BaseImageContext, step: Step) => Promise<string>>> = {
    python: async (context, step) => pythonBase(await context.python(), context.cache, step),
};

/**
 * Sees to it that every base image of `app/base-images.json` can be used here, and writes `.local/base-images.json` in
 * the same form: the public address where the engine can pull it, else that of an equivalent in the local registry.
 * An answer once found holds until the list changes, so that images do not change their base from one run to the next.
 * @throws LocalFault when an image can be neither pulled nor made here
 */
export async function prepareBaseImages(context: BaseImageContext, step: Step): Promise<Readonly<Record<string, string>>> {
    const wanted = readAddresses(path.join(context.paths.root, "app", "base-images.json"));
    const noteFile = path.join(context.paths.local, "base-images-source.json");
    const key = hashOf([JSON.stringify(wanted), context.registry, context.engine.dockerHost]);
    const note = readIfPresent(noteFile);
    const kept = note === key ? readIfPresent(context.paths.baseImagesFile) : undefined;
    if (kept !== undefined) {
        const addresses = parseAddresses(kept, context.paths.baseImagesFile);
        if (await allPresent(addresses, context)) {
            step.reused(sources(addresses, context.registry));
            return addresses;
        }
    }
    const entries = await Promise.all(Object.entries(wanted).map(async ([name, address]) => [name, await usableAddress(name, address, context, step)] as const));
    const addresses = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeAtomically(context.paths.baseImagesFile, `${JSON.stringify(addresses, undefined, 4)}\n`);
    writeAtomically(noteFile, key);
    step.detail(sources(addresses, context.registry));
    return addresses;
}

async function usableAddress(name: string, address: string, context: BaseImageContext, step: Step): Promise<string> {
    const refusal = await pull(address, context.engine.dockerHost, step);
    if (refusal === undefined) {
        return address;
    }
    const make = equivalents[name];
    if (make === undefined) {
        throw new LocalFault(
            `the base image "${name}" (${address}) cannot be pulled here: ${refusal}`,
            `An equivalent can be made on the spot for: ${Object.keys(equivalents).sort().join(", ")}`,
            "let the Docker engine reach that registry, or load the image into it with docker load",
        );
    }
    step.progress(`${address} cannot be pulled; making an equivalent`);
    let folder: string;
    try {
        folder = await make(context, step);
    } catch (error) {
        throw new LocalFault(
            `the base image "${name}" (${address}) cannot be pulled here (${refusal}), and no equivalent can be made (${messageOf(error)})`,
            "Function images need a base image",
            "let the Docker engine reach that registry, or run on Debian or Ubuntu with access to its packages and to PyPI",
        );
    }
    const digest = await uploadImage(folder, context.upload, `base/${name}`);
    return `${context.registry}/base/${name}@${digest}`;
}

/**
 * Pulls through the engine, since it is the engine that must be able to.
 * @returns why not, or `undefined` when the image is there
 */
async function pull(address: string, dockerHost: string, step: Step): Promise<string | undefined> {
    if (await isInEngine(address, dockerHost)) {
        return undefined;
    }
    try {
        let told = false;
        // The limit is for silence: while layers arrive there is news all the time.
        const answer = await callEngine(dockerHost, "POST", `/images/create?fromImage=${encodeURIComponent(address)}`, {
            limit: answerLimit,
            onChunk: (text) => {
                if (!told && text.includes("Downloading")) {
                    told = true;
                    step.progress(`pulling ${address}`);
                }
            },
        });
        const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(answer.text)?.[1];
        return answer.status === 200 && error === undefined ? undefined : (error ?? answer.text.trim());
    } catch (error) {
        return messageOf(error);
    }
}

async function isInEngine(address: string, dockerHost: string): Promise<boolean> {
    return (await callEngine(dockerHost, "GET", `/images/${address}/json`)).status === 200;
}

/** Locally made ones must be in the registry still; public ones may be pulled again by the engine whenever needed. */
async function allPresent(addresses: Readonly<Record<string, string>>, context: BaseImageContext): Promise<boolean> {
    const checks = Object.values(addresses)
        .filter((address) => address.startsWith(`${context.registry}/`))
        .map(async (address) => {
            const [repository, digest] = address.slice(context.registry.length + 1).split("@");
            const answer = await fetch(`http://${context.upload}/v2/${repository ?? ""}/manifests/${digest ?? ""}`, {
                method: "HEAD",
                headers: { Accept: "application/vnd.docker.distribution.manifest.v2+json" },
            });
            return answer.ok;
        });
    return (await Promise.all(checks)).every(Boolean);
}

function sources(addresses: Readonly<Record<string, string>>, registry: string): string {
    return Object.entries(addresses)
        .map(([name, address]) => (address.startsWith(`${registry}/`) ? `${name}: an equivalent made here, the public image cannot be pulled` : `${name}: ${address}`))
        .join("; ");
}

function readAddresses(file: string): Record<string, string> {
    return parseAddresses(fs.readFileSync(file, "utf8"), file);
}

function parseAddresses(text: string, file: string): Record<string, string> {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    if (entries.length === 0 || entries.some(([, address]) => typeof address !== "string" || !/@sha256:[0-9a-f]{64}$/.test(address))) {
        throw new LocalFault(`${file} holds ${text.trim().slice(0, 200)}`, "It maps names to addresses that end in @sha256: and 64 hex digits", "pin every base image by digest");
    }
    return Object.fromEntries(entries);
}

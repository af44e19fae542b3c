import { spawn } from "node:child_process";
import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/**
 * Writes a root file system as an image of one layer: `manifest.json` and `blobs/sha256/…`. Owners, times and order are
 * fixed, so the same files give the same digest.
 * @param configuration the `config` part of the image's configuration
 */
export async function writeImage(root: string, target: string, configuration: Readonly<Record<string, unknown>>): Promise<void> {
    const blobs = path.join(target, "blobs", "sha256");
    fs.mkdirSync(blobs, { recursive: true });
    const layer = await writeLayer(root, blobs);
    const config = writeBlob(
        blobs,
        JSON.stringify({
            architecture: process.arch === "arm64" ? "arm64" : "amd64",
            os: "linux",
            created: "1970-01-01T00:00:00Z",
            config: configuration,
            rootfs: { type: "layers", diff_ids: [layer.uncompressed] },
            history: [{ created: "1970-01-01T00:00:00Z", created_by: "container-lambdas: base image made on this machine" }],
        }),
    );
    const manifest = {
        schemaVersion: 2,
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        config: { mediaType: "application/vnd.docker.container.image.v1+json", ...config },
        layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: layer.size, digest: layer.digest }],
    };
    fs.writeFileSync(path.join(target, "manifest.json"), JSON.stringify(manifest));
}

async function writeLayer(root: string, blobs: string): Promise<{ uncompressed: string; digest: string; size: number }> {
    const plain = createHash("sha256");
    const packed = createHash("sha256");
    const temporary = path.join(blobs, "layer.tmp");
    const args = ["--create", "--directory", root, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--format=gnu", "."];
    const tar = spawn("tar", args, { stdio: ["ignore", "pipe", "pipe"] });
    const errors: Buffer[] = [];
    tar.stderr.on("data", (data: Buffer) => errors.push(data));
    const ended = new Promise<number>((resolve, reject) => tar.once("error", reject).once("close", (code) => resolve(code ?? -1)));
    await pipeline(tar.stdout as Readable, hashing(plain), createGzip({ level: 4 }), hashing(packed), fs.createWriteStream(temporary));
    const status = await ended;
    if (status !== 0) {
        throw new Error(`tar ended with status ${status}: ${Buffer.concat(errors).toString("utf8").trim()}`);
    }
    const hex = packed.digest("hex");
    fs.renameSync(temporary, path.join(blobs, hex));
    return { uncompressed: `sha256:${plain.digest("hex")}`, digest: `sha256:${hex}`, size: fs.statSync(path.join(blobs, hex)).size };
}

function writeBlob(blobs: string, text: string): { size: number; digest: string } {
    const hex = createHash("sha256").update(text).digest("hex");
    fs.writeFileSync(path.join(blobs, hex), text);
    return { size: Buffer.byteLength(text), digest: `sha256:${hex}` };
}

function hashing(hash: Hash): Transform {
    return new Transform({
        transform(chunk: Buffer, _, done): void {
            hash.update(chunk);
            done(null, chunk);
        },
    });
}

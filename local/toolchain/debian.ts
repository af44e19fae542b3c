import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { findExecutable, hashOf, readIfPresent } from "./files";
import { run, runOrFail, tryOutput } from "./run";
import { type Step } from "./steps";

/** Programs taken out of Debian packages without installing them. */
export interface UnpackedPrograms {
    /** Folders with the executables. */
    readonly folders: readonly string[];
    /** What the programs need in their environment to find their libraries. */
    readonly variables: Readonly<Record<string, string>>;
}

/** Why packages of the distribution cannot be had here, or `undefined`. */
export function debianObstacle(): string | undefined {
    const missing = ["apt-get", "dpkg-deb"].filter((name) => findExecutable(name, process.env["PATH"] ?? "") === undefined);
    return missing.length === 0 ? undefined : `there is no ${missing.join(" and no ")}, so this is not Debian or a relative of it`;
}

/**
 * Downloads packages, with those that they depend on and that are not installed, and unpacks them into the user's cache.
 * Nothing is installed or configured and no service is started.
 */
export async function unpackedPrograms(cache: string, packages: readonly string[], step: Step): Promise<UnpackedPrograms> {
    const folder = packageFolder(cache, packages);
    await cachedFolder(
        folder,
        async (temporary) => {
            step.progress(`downloading ${packages.join(", ")}`);
            await downloadAndUnpack(temporary, packages);
            linkAlternatives(temporary);
        },
        () => step.progress("another process is downloading the packages"),
    );
    return programsIn(folder);
}

/** The same, if the packages were unpacked before. */
export function unpackedBefore(cache: string, packages: readonly string[]): UnpackedPrograms | undefined {
    const folder = packageFolder(cache, packages);
    return fs.existsSync(folder) ? programsIn(folder) : undefined;
}

function packageFolder(cache: string, packages: readonly string[]): string {
    return path.join(cache, `packages-${hashOf([readIfPresent("/etc/os-release") ?? "", process.arch, ...packages])}`);
}

function programsIn(folder: string): UnpackedPrograms {
    const libraries = libraryFolders(folder);
    const given = process.env["LD_LIBRARY_PATH"];
    return {
        folders: ["usr/bin", "usr/sbin", "bin", "sbin"].map((name) => path.join(folder, name)),
        variables: {
            LD_LIBRARY_PATH: [...libraries, ...(given === undefined ? [] : [given])].join(path.delimiter),
            XTABLES_LIBDIR: libraries.map((library) => path.join(library, "xtables")).find((library) => fs.existsSync(library)) ?? "",
        },
    };
}

/** Puts the packages' files below `target`. With an `emptyStatus`, all they depend on comes along, whatever is installed here. */
export async function downloadAndUnpack(target: string, packages: readonly string[], options: { emptyStatus?: boolean } = {}): Promise<readonly string[]> {
    const archives = path.join(target, ".archives");
    fs.mkdirSync(path.join(archives, "partial"), { recursive: true });
    const status = path.join(archives, "status");
    fs.writeFileSync(status, "");
    const settings = [
        `Dir::Cache::archives=${archives}`,
        // An ordinary user may read the package lists but not take the system's locks, and nothing of the system is changed.
        "Debug::NoLocking=true",
        "APT::Sandbox::User=root",
        "APT::Install-Recommends=false",
        ...(options.emptyStatus === true ? [`Dir::State::status=${status}`] : []),
    ].flatMap((setting) => ["--option", setting]);
    const download = ["--yes", "--quiet", "--download-only", ...settings, "install", ...packages];
    if ((await run("apt-get", download)).status !== 0) {
        if (process.getuid?.() === 0) {
            // Fresh containers come without package lists.
            await run("apt-get", ["--quiet", "update"]);
        }
        await runOrFail("apt-get", download);
    }
    const files = fs.readdirSync(archives).filter((name) => name.endsWith(".deb")).sort();
    for (const file of files) {
        await runOrFail("dpkg-deb", ["--extract", path.join(archives, file), target]);
    }
    fs.rmSync(archives, { recursive: true });
    return files;
}

/** The distribution's name for this processor, like `amd64`. */
export async function debianArchitecture(): Promise<string | undefined> {
    return tryOutput("dpkg", ["--print-architecture"]);
}

/** Names that a package's installation would choose among alternatives. */
function linkAlternatives(folder: string): void {
    const program = path.join(folder, "usr", "sbin", "iptables");
    if (!fs.existsSync(program) && fs.existsSync(`${program}-nft`)) {
        fs.symlinkSync("iptables-nft", program);
    }
}

function libraryFolders(folder: string): string[] {
    return ["usr/lib", "lib"]
        .map((name) => path.join(folder, name))
        .filter((library) => fs.existsSync(library))
        .flatMap((library) => [library, ...fs.readdirSync(library).filter((name) => name.endsWith("-linux-gnu")).map((name) => path.join(library, name))]);
}

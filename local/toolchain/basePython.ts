import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { debianObstacle, downloadAndUnpack } from "./debian";
import { hashOf, readIfPresent } from "./files";
import { trustedCertificates, writePipConfiguration } from "./hostSettings";
import { writeImage } from "./imageWrite";
import { installPackages } from "./python";
import { runOrFail } from "./run";
import { type Step } from "./steps";

/** Raise it when this file changes what the image holds. */
const recipe = "2";
/** The wheel that carries the Lambda runtime interface emulator for both processors. */
const emulatorWheel = "aws-sam-cli==1.170.0";
const pip = "pip==26.3";
const packages = ["base-files", "bash", "coreutils", "dash", "findutils", "grep", "gzip", "libc-bin", "libstdc++6", "python3", "sed", "tar"] as const;
const requirements = path.join(__dirname, "base-python.txt");

/**
 * An image with the layout of AWS's Python base image, from the distribution's packages and PyPI: Python, awslambdaric,
 * boto3, the runtime interface emulator. Made without root and without a Docker engine, once for the machine.
 * @param environment the emulator's Python environment
 * @returns the folder with manifest and blobs
 */
export async function pythonBase(environment: string, cache: string, step: Step): Promise<string> {
    const certificates = trustedCertificates();
    const inputs = [recipe, emulatorWheel, pip, readIfPresent("/etc/os-release") ?? "", process.arch, certificates, fs.readFileSync(requirements, "utf8"), writePipConfiguration()];
    const folder = path.join(cache, `base-python-${hashOf(inputs)}`);
    await cachedFolder(
        folder,
        async (temporary) => {
            const obstacle = debianObstacle();
            if (obstacle !== undefined) {
                throw new Error(obstacle);
            }
            const root = path.join(temporary, "root");
            fs.mkdirSync(root);
            step.progress("unpacking Python from the distribution's packages");
            await downloadAndUnpack(root, packages, { emptyStatus: true });
            await mergeUsr(root);
            const version = pythonVersion(root);
            step.progress("adding awslambdaric, boto3 and the runtime interface emulator");
            await addPythonPackages(environment, root, version);
            await addEmulator(environment, temporary, root);
            addConfiguration(root, version, certificates);
            trim(root, version);
            await compile(root, version);
            step.progress("packing the image");
            await writeImage(root, temporary, imageConfiguration());
            fs.rmSync(root, { recursive: true });
        },
        () => step.progress("another process is making the same base image"),
    );
    return folder;
}

/** Makes `/bin`, `/sbin`, `/lib` and `/lib64` links into `/usr`, as installed systems have them. */
async function mergeUsr(root: string): Promise<void> {
    for (const name of ["bin", "sbin", "lib", "lib64"]) {
        const folder = path.join(root, name);
        if (fs.existsSync(folder) && !fs.lstatSync(folder).isSymbolicLink()) {
            fs.mkdirSync(path.join(root, "usr", name), { recursive: true });
            await runOrFail("cp", ["--archive", `${folder}/.`, path.join(root, "usr", name)]);
            fs.rmSync(folder, { recursive: true });
            fs.symlinkSync(`usr/${name}`, folder);
        }
    }
}

function pythonVersion(root: string): string {
    const target = fs.readlinkSync(path.join(root, "usr", "bin", "python3"));
    const version = /^python(\d+\.\d+)$/.exec(target)?.[1];
    if (version === undefined) {
        throw new Error(`"python3" of the distribution points to "${target}"`);
    }
    return version;
}

async function addPythonPackages(environment: string, root: string, version: string): Promise<void> {
    const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
    const quick = ["--python-version", version, "--python-platform", `${machine}-manylinux_2_28`, "--only-binary", ":all:"];
    const platforms = ["manylinux2014", "manylinux_2_17", "manylinux_2_28"].flatMap((name) => ["--platform", `${name}_${machine}`]);
    const pipOnly = ["--no-compile", "--python-version", version, "--implementation", "cp", "--only-binary=:all:", ...platforms];
    // The requirements list every package that is needed, so dependencies are not looked up again.
    const install = (target: string, what: readonly string[]): Promise<void> =>
        installPackages(environment, ["--no-deps", "--target", path.join(root, target), ...what], quick, pipOnly);
    await install("var/runtime", ["--requirement", requirements]);
    await install("usr/lib/python3/dist-packages", [pip]);
}

async function addEmulator(environment: string, temporary: string, root: string): Promise<void> {
    const python = path.join(environment, "bin", "python");
    const downloads = path.join(temporary, "downloads");
    await runOrFail(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", downloads, emulatorWheel]);
    const wheel = fs.readdirSync(downloads).find((name) => name.endsWith(".whl"));
    const member = `samcli/local/rapid/aws-lambda-rie-${process.arch === "arm64" ? "arm64" : "x86_64"}`;
    const target = path.join(root, "usr", "local", "bin", "aws-lambda-rie");
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const script = "import sys, zipfile; open(sys.argv[3], 'wb').write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    await runOrFail(python, ["-c", script, path.join(downloads, wheel ?? ""), member, target]);
    fs.chmodSync(target, 0o755);
    fs.rmSync(downloads, { recursive: true });
}

function addConfiguration(root: string, version: string, certificates: string): void {
    const write = (name: string, text: string, mode = 0o644): void => {
        const file = path.join(root, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
        fs.chmodSync(file, mode);
    };
    for (const folder of ["var/task", "opt", "tmp", "var/tmp", "proc", "sys", "dev"]) {
        fs.mkdirSync(path.join(root, folder), { recursive: true });
    }
    fs.chmodSync(path.join(root, "tmp"), 0o1777);
    write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
    write("etc/group", "root:x:0:\nnogroup:x:65534:\n");
    write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
    // Where Debian's OpenSSL looks when nobody tells it.
    write("etc/ssl/certs/ca-certificates.crt", certificates);
    fs.mkdirSync(path.join(root, "usr/lib/ssl"), { recursive: true });
    fs.rmSync(path.join(root, "usr/lib/ssl/cert.pem"), { force: true });
    fs.symlinkSync("/etc/ssl/certs/ca-certificates.crt", path.join(root, "usr/lib/ssl/cert.pem"));
    write("etc/pip.conf", writePipConfiguration());
    for (const name of ["pip", "pip3"]) {
        write(`usr/bin/${name}`, '#!/bin/sh\nexec python3 -m pip "$@"\n', 0o755);
    }
    fs.rmSync(path.join(root, "usr/bin/python"), { force: true });
    fs.symlinkSync("python3", path.join(root, "usr/bin/python"));
    const searchPath = ["/var/task", `/opt/python/lib/python${version}/site-packages`, "/opt/python", "/var/runtime"].join(":");
    write("var/runtime/bootstrap", `#!/bin/sh\nexport PYTHONPATH="${searchPath}\${PYTHONPATH:+:$PYTHONPATH}"\nexec python3 -m awslambdaric "$_HANDLER"\n`, 0o755);
    write("lambda-entrypoint.sh", entrypoint, 0o755);
}

/** The same contract as in AWS's image: the handler is the one argument; without a runtime interface there is the emulator's. */
const entrypoint = `#!/bin/sh
if [ $# -ne 1 ]; then
    echo "the handler must be the one argument, like app.handler" >&2
    exit 142
fi
export _HANDLER="$1"
if [ -z "\${AWS_LAMBDA_RUNTIME_API}" ]; then
    exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap
fi
exec /var/runtime/bootstrap
`;

/** What no function needs: documentation, translations, tests, the mark that keeps pip from installing. */
function trim(root: string, version: string): void {
    const library = `usr/lib/python${version}`;
    const folders = ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bash-completion", "usr/share/perl5", "var/cache", "var/lib/dpkg", "usr/share/zoneinfo", "boot"];
    const modules = ["test", "idlelib", "ensurepip", "lib2to3", "pydoc_data", "tkinter", "turtledemo", "EXTERNALLY-MANAGED"];
    for (const name of [...folders, ...modules.map((module) => `${library}/${module}`), "var/runtime/bin"]) {
        fs.rmSync(path.join(root, name), { recursive: true, force: true });
    }
}

/**
 * Compiles the modules with the image's own Python, run by the image's own loader, so that no container has to. The
 * compiled files are not checked against their sources, whose times are all the same in an image.
 */
async function compile(root: string, version: string): Promise<void> {
    const library = path.join(root, "usr", "lib");
    const machine = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    const loader = path.join(library, machine, process.arch === "arm64" ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2");
    const folders = [path.join(library, `python${version}`), path.join(root, "var", "runtime")];
    const args = ["-m", "compileall", "-q", "-s", root, "-p", "/", "--invalidation-mode", "unchecked-hash", ...folders];
    await runOrFail(loader, ["--library-path", path.join(library, machine), path.join(root, "usr", "bin", `python${version}`), "-S", "-B", ...args], {
        // Without a fixed seed the order of sets, and so the compiled files, differ from run to run.
        env: { PATH: "/usr/bin:/bin", PYTHONHASHSEED: "0", PYTHONHOME: path.join(root, "usr") },
    });
}

function imageConfiguration(): Record<string, unknown> {
    return {
        Entrypoint: ["/lambda-entrypoint.sh"],
        Env: [
            "LANG=C.UTF-8",
            "PATH=/var/lang/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin",
            "LD_LIBRARY_PATH=/var/lang/lib:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
            "LAMBDA_TASK_ROOT=/var/task",
            "LAMBDA_RUNTIME_DIR=/var/runtime",
        ],
        WorkingDir: "/var/task",
        Labels: { "container-lambdas.base": "an equivalent of AWS's Python base image, made on this machine" },
    };
}

import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { hashOf } from "./files";
import { goCommand } from "./go";
import { runOrFail } from "./run";
import { type Step } from "./steps";

/** The pinned engine, and the oldest that does all that the program and the delivery part ask of it. */
export const engineVersion = "3.230.0";

export interface EngineSources {
    readonly root: string;
    readonly cache: string;
    /** The emulator's Python environment; asked for only when Go has to be installed. */
    readonly python: () => Promise<string>;
}

const goPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The engine built from the modules pinned in `local/toolchain/pulumi`, kept in the user's cache. */
export async function buildEngine(sources: EngineSources, step: Step): Promise<{ program: string; origin: "built"; version: string }> {
    const modules = path.join(sources.root, "local", "toolchain", "pulumi");
    const [goMod, goSum] = ["go.mod", "go.sum"].map((name) => fs.readFileSync(path.join(modules, name), "utf8"));
    const folder = path.join(sources.cache, `pulumi-${engineVersion}-${process.platform}-${process.arch}-${hashOf([goMod ?? "", goSum ?? ""])}`);
    const { made } = await cachedFolder(
        folder,
        async (temporary) => {
            const needed = /^go (\S+)$/m.exec(goMod ?? "")?.[1] ?? "1.25";
            const go = await goCommand(needed, sources.python, sources.cache, step);
            await build(go, modules, path.join(temporary, "pulumi"), step);
        },
        () => step.progress("another process is building the same engine"),
    );
    if (!made) {
        step.reused();
    }
    return { program: path.join(folder, "pulumi"), origin: "built", version: engineVersion };
}

async function build(go: string, modules: string, output: string, step: Step): Promise<void> {
    let downloaded = 0;
    let compiled = 0;
    const tell = (): void => step.progress(`building Pulumi ${engineVersion} from Go modules: ${downloaded} modules downloaded, ${compiled} packages compiled`);
    tell();
    const timer = setInterval(tell, 5000);
    try {
        // Only the pinned versions, checked against go.sum; a toolchain other than the one found is not fetched.
        const env = { ...process.env, GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" };
        await runOrFail(go, ["build", "-v", "-trimpath", "-ldflags", `-s -w -X ${versionVariable}=v${engineVersion}`, "-o", output, goPackage], {
            cwd: modules,
            env,
            onLine: (line) => {
                downloaded += line.startsWith("go: downloading ") ? 1 : 0;
                compiled += /^[a-z][\w.-]*(\/|$)/i.test(line) && !line.startsWith("go: ") ? 1 : 0;
            },
        });
    } finally {
        clearInterval(timer);
    }
}

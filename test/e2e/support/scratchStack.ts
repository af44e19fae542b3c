import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { Checkout, Outcome, assertSuccess } from "./checkout";

interface StackFile {
    readonly config: Record<string, unknown>;
    readonly encryptionsalt?: string;
}

/** A resource as the stack's state names it. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
}

/**
 * A stack of the checkout's program whose settings file is a copy outside the checkout, so that settings can be given
 * beside the committed ones without changing a file. Its secrets are guarded by the emulator's passphrase.
 */
export class ScratchStack {
    private constructor(private readonly checkout: Checkout, readonly name: string, private readonly folder: string) {}

    /** Creates the stack in the emulator's state, with the committed settings and some more. */
    static async create(checkout: Checkout, name: string, settings: Readonly<Record<string, unknown>>): Promise<ScratchStack> {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), `cl-stack-${name}-`));
        for (const file of ["Pulumi.yaml", `Pulumi.${name}.yaml`]) {
            fs.copyFileSync(checkout.path(file), path.join(folder, file));
        }
        const stack = new ScratchStack(checkout, name, folder);
        stack.set(settings);
        // In the folder of the copy, because the engine writes the salt of the new stack into the settings file.
        assertSuccess(await checkout.local("pulumi", ["stack", "init", name, "--no-select", "--secrets-provider", "passphrase", "--cwd", folder]));
        return stack;
    }

    get file(): string {
        return path.join(this.folder, `Pulumi.${this.name}.yaml`);
    }

    /** Adds or replaces settings; `undefined` removes one. */
    set(settings: Readonly<Record<string, unknown>>): void {
        const file = parse(fs.readFileSync(this.file, "utf8")) as StackFile;
        const config = Object.fromEntries(Object.entries({ ...file.config, ...settings }).filter(([, value]) => value !== undefined));
        fs.writeFileSync(this.file, stringify({ ...file, config }));
    }

    /** Plain `pulumi` in the checkout, as after `eval "$(npm run -s local:env)"`. */
    run(command: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
        return this.checkout.local("pulumi", [command, "--stack", this.name, "--config-file", this.file, "--color", "never", "--non-interactive", ...args], more);
    }

    async outputs<T>(): Promise<T> {
        return JSON.parse(assertSuccess(await this.checkout.local("pulumi", ["stack", "output", "--stack", this.name, "--json", "--cwd", this.folder])).stdout) as T;
    }

    /** Everything that the state holds. */
    async resources(): Promise<readonly StateResource[]> {
        const { stdout } = assertSuccess(await this.checkout.local("pulumi", ["stack", "export", "--stack", this.name, "--cwd", this.folder]));
        return (JSON.parse(stdout) as { deployment: { resources?: StateResource[] } }).deployment.resources ?? [];
    }

    /** Removes the stack, which must be empty, and its copy of the settings. */
    async remove(): Promise<void> {
        assertSuccess(await this.checkout.local("pulumi", ["stack", "rm", this.name, "--yes", "--preserve-config", "--cwd", this.folder]));
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

import { join } from "node:path";
import { operateSeed } from "../bootstrap/applySeed";
import { noteSeed } from "../bootstrap/ensureSeed";
import { nextSteps } from "../bootstrap/nextSteps";
import { hasKey, readSeedFile, type SeedFile, writeStackFile } from "../bootstrap/seedFile";
import { requireAgreement, secretsProvider, seedOutputs, type SeedOutputs, stackFile, stateAddress, writeStackFiles } from "../bootstrap/stackValues";
import type { Command, Context, LocalHandle } from "../context";
import { roundSeconds } from "../duration";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure } from "../failure";
import { exitCodeOf } from "../stackCommand";
import { projectName } from "../stackFiles";
import type { StackResult } from "../stack";
import { StepLines } from "../steps";

export const bootstrap: Command = {
    spec: {
        name: "bootstrap",
        summary: "Make what an account needs once, before its first pipeline: state bucket, keys, connection, roles.",
        arguments: [{ name: "ACCOUNT", description: "an account with a settings file bootstrap/Pulumi.ACCOUNT.yaml; local is the embedded AWS" }],
        options: [
            { name: "yes", description: "apply without showing the changes first and asking" },
            { name: "connected", description: "the connection to the repository is completed: make also what fetches by it" },
        ],
        notes: [
            "It uses your own credentials, which must be an administrator's. Names and ARNs that stacks need are written into their settings files.",
            "The seed's own state lies in bootstrap/.pulumi unless PULUMI_BACKEND_URL names another place.",
            "",
        ],
    },
    run: async (context, { words: [account], switches }) => {
        const { root, terminal, environment, now } = context;
        const since = now();
        const project = projectName(root);
        const found = readSeedFile(root, account, environment);
        requireAgreement(root, project, found);
        const seed = switches.has("connected") ? connectedSeed(root, found) : found;
        const local = seed.settings.runsOn === "emulator" ? await startLocal(context) : undefined;

        if (!switches.has("yes")) {
            const shown = await operateSeed(context, seed, "preview", local);
            if (shown.outcome !== "succeeded") {
                return end(context, account, shown, since);
            }
            await requireConsent(context, account, shown);
        }
        const result = await operateSeed(context, seed, "up", local);
        if (result.outcome !== "succeeded") {
            return end(context, account, result, since);
        }
        const outputs = seedOutputs(result.outputs);
        const written = local === undefined ? [...(await initialiseStacks(context, project, seed, outputs)), ...writeStackFiles(root, project, seed, outputs)] : [];
        if (local !== undefined) {
            noteSeed(root, local, outputs);
        }
        const files = [...new Set([...(switches.has("connected") ? [seed.file] : []), ...written])].sort();
        files.forEach((file) => terminal.line(`Written: ${file}`));
        const next = nextSteps(seed, outputs, files);
        terminal.line("Next:");
        next.forEach((line) => terminal.line(`  ${line}`));
        const seconds = roundSeconds((now() - since) / 1000);
        terminal.result({ account, outcome: result.outcome, resources: result.changes, outputs: { ...outputs }, written: files, next, seconds: { total: seconds } });
        return ExitCode.done;
    },
};

/** Writes down that the connection is completed, so that later runs know it too. */
function connectedSeed(root: string, seed: SeedFile): SeedFile {
    const { settings, file } = seed;
    if (settings.source !== "connection") {
        throw badInput({ given: `bootstrap: --connected was given, and ${file} has the source "${settings.source}".`, next: "leave --connected out: there is no connection." });
    }
    writeStackFile(join(root, file), { "container-lambdas-bootstrap:connected": true });
    return { ...seed, settings: { ...settings, connected: true } };
}

async function requireConsent({ ports, terminal }: Context, account: string, { changes }: StackResult): Promise<void> {
    const { created, updated, replaced, deleted } = changes;
    if (created + updated + replaced + deleted === 0) {
        return;
    }
    const answer = await ports.confirm(`Apply this to the account ${account}?`);
    if (answer === true) {
        return;
    }
    terminal.line(answer === false ? "Nothing was changed." : "Nobody can be asked here: nothing was changed.");
    throw new CommandFailure(ExitCode.refused, {
        given: answer === false ? "The changes were not agreed to." : "The changes need a person's agreement, and standard input is no terminal.",
        next: `to apply them as shown: npm run bootstrap -- ${account} --yes.`,
    });
}

/** Gives every stack its key, once: who encrypts is chosen before the first secret. @returns the files that the engine wrote */
async function initialiseStacks({ root, environment, ports }: Context, project: string, { settings, region }: SeedFile, outputs: SeedOutputs): Promise<string[]> {
    const variables = { ...environment, PULUMI_BACKEND_URL: stateAddress(outputs, region) };
    const written: string[] = [];
    for (const { stack } of settings.environments.filter((one) => !hasKey(join(root, stackFile(one.stack))))) {
        const provider = secretsProvider(project, region);
        const status = await ports.runInteractive("pulumi", ["stack", "init", stack, "--secrets-provider", provider, "--non-interactive", "--cwd", root], variables);
        if (status !== 0) {
            throw new CommandFailure(ExitCode.failed, {
                given: `The seed stands, but stack ${stack} could not be given a key: pulumi stack init ended with status ${status}.`,
                next: `mend what it says above and start again, or run "pulumi stack init ${stack} --secrets-provider='${provider}'" with PULUMI_BACKEND_URL='${stateAddress(outputs, region)}'.`,
            });
        }
        written.push(stackFile(stack));
    }
    return written;
}

async function startLocal(context: Context): Promise<LocalHandle> {
    const steps = new StepLines(context.terminal, context.now);
    try {
        return await context.ports.startLocal({ report: steps.report });
    } finally {
        steps.close();
    }
}

function end({ terminal, now }: Context, account: string, result: StackResult, since: number): ExitCode {
    terminal.result({ account, outcome: result.outcome, resources: result.changes, seconds: { total: roundSeconds((now() - since) / 1000) } });
    return exitCodeOf(result);
}

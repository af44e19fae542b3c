import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context, LocalHandle } from "../context";
import type { OperationKind } from "../engine";
import { runStack, type StackPorts, type StackResult } from "../stack";
import { SEED_FOLDER, type SeedFile } from "./seedFile";

/** Resource operations at once; IAM takes few calls a second. */
const PARALLEL = 16;

/** One operation of the engine on the seed of an account. */
export async function operateSeed(context: Context, seed: SeedFile, kind: Extract<OperationKind, "up" | "preview">, local: LocalHandle | undefined): Promise<StackResult> {
    return runStack({ kind, stack: seed.account, emulated: local !== undefined, parallel: PARALLEL }, await seedPorts(context, local));
}

async function seedPorts({ root, environment, terminal, signal, shield, now, ports }: Context, local: LocalHandle | undefined): Promise<StackPorts> {
    const variables = local?.variables ?? accountVariables(root, environment);
    return {
        engine: await ports.openSeed({ variables, bin: local?.bin }),
        terminal,
        signal,
        shield,
        now,
        // The engine itself says who holds the lock; two people who make one account's seed at once are rare.
        lockOwners: async () => [],
        wouldWriteKey: () => false,
        identityOf: async () => undefined,
    };
}

/**
 * The bucket for states is what the seed makes, so its own state lies beside its program until somebody moves it. It holds names and
 * ARNs and no secret, hence the empty passphrase. Whoever has another place for it says so in the environment.
 */
export function accountVariables(root: string, environment: NodeJS.ProcessEnv): Record<string, string> {
    return {
        ...((environment.PULUMI_BACKEND_URL ?? "") === "" ? { PULUMI_BACKEND_URL: pathToFileURL(join(root, SEED_FOLDER)).href } : {}),
        ...(environment.PULUMI_CONFIG_PASSPHRASE === undefined && environment.PULUMI_CONFIG_PASSPHRASE_FILE === undefined ? { PULUMI_CONFIG_PASSPHRASE: "" } : {}),
    };
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context, LocalHandle } from "../context";
import { ExitCode } from "../exitCodes";
import { codeOf, CommandFailure } from "../failure";
import { isRecord } from "../json";
import { operateSeed } from "./applySeed";
import { readSeedFile, SEED_FOLDER } from "./seedFile";
import { seedOutputs, type SeedOutputs } from "./stackValues";

/** The seed of the embedded AWS. */
export const LOCAL_ACCOUNT = "local";
/** What the seed is made of. */
const SOURCES = [SEED_FOLDER, "components/deliveryPipeline", "components/resourcePolicy.ts", "package-lock.json"];
/** Lies beside what the emulator keeps: both go together. */
const NOTE = ".local/seed.json";

/** That the seed was applied, from which sources. */
interface Note {
    readonly key: string;
    /** By which it is seen whether it still stands. */
    readonly stateBucket: string;
}

/**
 * Makes sure that the embedded AWS has its seed. Once applied from the same sources this asks one thing, whether its bucket
 * is there: nobody but this checkout changes its emulator.
 */
export async function ensureSeed(context: Context, local: LocalHandle): Promise<void> {
    const { root, terminal, environment } = context;
    const note = readNote(root);
    if (note?.key === seedKey(root, local) && (await stands(context, local, note))) {
        return;
    }
    terminal.line("The seed of the local environment (state bucket, keys, roles of pipelines) is new or changed: applied.");
    const result = await operateSeed(context, readSeedFile(root, LOCAL_ACCOUNT, environment), "up", local);
    if (result.outcome !== "succeeded") {
        throw new CommandFailure(result.outcome === "interrupted" ? ExitCode.interrupted : ExitCode.failed, {
            given: "The seed of the local environment could not be applied; see above why.",
            next: `mend that and start again; "npm run bootstrap -- ${LOCAL_ACCOUNT}" does this step alone.`,
        });
    }
    noteSeed(root, local, seedOutputs(result.outputs));
}

/** Writes down that the seed stands, from the sources as they are. */
export function noteSeed(root: string, local: LocalHandle, { stateBucket }: SeedOutputs): void {
    const file = join(root, NOTE);
    const note: Note = { key: seedKey(root, local), stateBucket };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(note)}\n`);
}

function readNote(root: string): Note | undefined {
    const file = join(root, NOTE);
    try {
        const note: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
        return isRecord(note) && typeof note.key === "string" && typeof note.stateBucket === "string" ? { key: note.key, stateBucket: note.stateBucket } : undefined;
    } catch {
        // A damaged note is no note.
        return undefined;
    }
}

async function stands({ ports }: Context, { variables }: LocalHandle, { stateBucket }: Note): Promise<boolean> {
    try {
        await (await ports.aws(variables)).listObjects(stateBucket, "delivery/-");
        return true;
    } catch (error) {
        if (codeOf(error) === "NoSuchBucket") {
            return false;
        }
        throw error;
    }
}

/** Changes with the sources, and with the emulator: its root user is made once for each. */
function seedKey(root: string, { variables }: LocalHandle): string {
    const hash = createHash("sha256").update(variables.AWS_ACCESS_KEY_ID ?? "");
    for (const file of SOURCES.flatMap((source) => filesOf(root, source)).sort()) {
        hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
    }
    return hash.digest("hex");
}

function filesOf(root: string, source: string): string[] {
    const path = join(root, source);
    if (!existsSync(path)) {
        return [];
    }
    return /\.(ts|json)$/.test(source)
        ? [source]
        : readdirSync(path, { recursive: true, encoding: "utf8" }).flatMap((name) => (/\.(ts|yaml|json)$/.test(name) && !name.startsWith(".pulumi") ? [join(source, name)] : []));
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { quote } from "../components/manifest/problem";
import { badInput, didYouMean, messageOf } from "./failure";
import { isRecord, stringMember } from "./json";

/** Names of the stacks that this checkout has a settings file for, sorted. */
export function knownStacks(root: string): string[] {
    return readdirSync(root)
        .flatMap((name) => /^Pulumi\.([^.]+)\.ya?ml$/.exec(name)?.[1] ?? [])
        .sort();
}

/** Throws a failure with exit status 2 that names the nearest stack when there is no settings file of that name. */
export function requireStackFile(root: string, stack: string): void {
    const known = knownStacks(root);
    if (!known.includes(stack)) {
        throw badInput({
            given: `Stack ${quote(stack)} has no settings file in ${root}.${didYouMean(stack, known)}`,
            allowed: `Stacks of this checkout: ${known.join(", ") || "none"}.`,
            next: `use one of these, or write Pulumi.${stack}.yaml with what differs from the defaults in Pulumi.yaml.`,
        });
    }
}

/** The project's name from `Pulumi.yaml`. */
export function projectName(root: string): string {
    const name = stringMember(readYaml(root, "Pulumi.yaml"), "name");
    if (name === undefined) {
        throw badInput({ given: "Pulumi.yaml has no name.", next: "restore its line \"name: …\"." });
    }
    return name;
}

/**
 * Whether creating the stack would make the engine write a key into the committed settings file. It does so for backends
 * that encrypt on the client side (all but Pulumi's own service) when the file names no key yet.
 */
export function wouldWriteKey(root: string, stack: string, backendUrl: string | undefined): boolean {
    const settings = readYaml(root, `Pulumi.${stack}.yaml`);
    const hasKey = stringMember(settings, "encryptionsalt") !== undefined || stringMember(settings, "encryptedkey") !== undefined;
    return !hasKey && /^(?:s3|file|gs|azblob):\/\//.test(backendUrl ?? "");
}

function readYaml(root: string, file: string): Record<string, unknown> {
    const path = join(root, file);
    if (!existsSync(path)) {
        throw badInput({ given: `${file} does not exist in ${root}.`, next: "run the command in the project's folder." });
    }
    try {
        const value: unknown = parse(readFileSync(path, "utf8"));
        return isRecord(value) ? value : {};
    } catch (error) {
        throw badInput({ given: `${file} is not YAML: ${messageOf(error)}`, next: "correct it." });
    }
}

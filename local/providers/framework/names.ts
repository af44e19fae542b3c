import { createHash, randomBytes } from "node:crypto";
import type { AutoName } from "./resource";
import type { Properties } from "./values";

/** Hexadecimal digits that make a generated name unique, as with the real provider. */
const RANDOM_LENGTH = 7;

export type AutonamingMode = "propose" | "enforce" | "disable";

/** What the engine says about names: the `pulumi:autonaming` setting, worked out for this resource. */
export interface Autonaming {
    readonly mode: AutonamingMode;
    readonly proposed: string;
}

export interface NameResult {
    readonly name?: string;
    readonly problem?: string;
}

/**
 * The physical name of a resource that was given none. The same seed gives the same name, so that a preview and the
 * update after it agree.
 *
 * @param logical Name of the resource in the program.
 * @param seed Random bytes from the engine; without them the name is different every time.
 */
export function generateName(
    rule: AutoName,
    logical: string,
    inputs: Properties,
    seed: Uint8Array,
    autonaming: Autonaming | undefined,
): NameResult {
    if (autonaming?.mode === "disable") {
        return {
            problem: `no "${rule.property}" was given and "pulumi:autonaming" has mode "disabled": give "${rule.property}" or change that setting`,
        };
    }
    const decorate = (name: string): string => (rule.decorate === undefined ? name : rule.decorate(name, inputs));
    if (autonaming !== undefined && autonaming.proposed !== "") {
        const exact = autonaming.mode === "enforce";
        const name = decorate(rule.lowerCase === true && !exact ? autonaming.proposed.toLowerCase() : autonaming.proposed);
        return name.length <= rule.maximum ? { name } : { problem: tooLong(name, rule) };
    }
    const prefix = rule.prefixProperty === undefined ? undefined : inputs[rule.prefixProperty];
    const base = typeof prefix === "string" ? prefix : `${logical}-`;
    const name = decorate(`${rule.lowerCase === true ? base.toLowerCase() : base}${randomHex(seed, logical)}`);
    return name.length <= rule.maximum ? { name } : { problem: tooLong(name, rule) };
}

function tooLong(name: string, rule: AutoName): string {
    return `the generated name "${name}" has ${name.length} characters, at most ${rule.maximum} are allowed: give the resource a shorter name in the program or set "${rule.property}"`;
}

function randomHex(seed: Uint8Array, logical: string): string {
    const bytes = seed.length === 0 ? randomBytes(16) : createHash("sha256").update(seed).update(logical).digest();
    return bytes.toString("hex").slice(0, RANDOM_LENGTH);
}

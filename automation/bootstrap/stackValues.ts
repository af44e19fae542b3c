import { join } from "node:path";
import { quote } from "../../components/manifest/problem";
import { SETTING_NAMES } from "../../components/settings/definitions";
import { seedNames } from "../../components/deliveryPipeline/names";
import type { Environment } from "../../bootstrap/policies/scope";
import { badInput } from "../failure";
import { knownStacks, requireStackFile } from "../stackFiles";
import { configOf, type SeedFile, writeStackFile } from "./seedFile";

/** What the seed yields that stacks with a pipeline have to know. */
export interface SeedOutputs {
    readonly stateBucket: string;
    readonly connectionArn: string;
    readonly permissionsBoundary: string;
    readonly connectionStatus: string;
}

/** Reads the outputs of the seed's last update. */
export function seedOutputs(outputs: Readonly<Record<string, unknown>>): SeedOutputs {
    const text = (name: string): string => (typeof outputs[name] === "string" ? outputs[name] : "");
    return { stateBucket: text("stateBucket"), connectionArn: text("connectionArn"), permissionsBoundary: text("permissionsBoundary"), connectionStatus: text("connectionStatus") };
}

/** What a stack's file has to say so that its pipeline fits the seed; only settings that the project knows. */
export function stackValues(project: string, environment: Environment, seed: SeedOutputs): Record<string, string> {
    const values: Readonly<Record<string, string>> = {
        connectionArn: seed.connectionArn,
        delivery: environment.delivery,
        deliverySource: environment.source,
        permissionsBoundary: seed.permissionsBoundary,
        releasesFrom: environment.releasesFrom ?? "",
        repository: environment.repository,
        stateBucket: seed.stateBucket,
    };
    const known = Object.entries(values).filter(([name, value]) => value !== "" && SETTING_NAMES.includes(name));
    return Object.fromEntries(known.map(([name, value]) => [`${project}:${name}`, value]));
}

/** Throws a failure with exit status 2 where a stack has no file, or one that says otherwise than the seed. Nothing was called by then. */
export function requireAgreement(root: string, project: string, { settings, file }: SeedFile): void {
    for (const environment of settings.environments) {
        requireStackFile(root, environment.stack);
        const inside = knownStacks(root).find((name) => name.startsWith(`${environment.stack}-`));
        if (inside !== undefined) {
            throw badInput({
                given: `The name of the stack ${quote(inside)} begins with that of ${quote(environment.stack)}, which ${file} gives a pipeline.`,
                allowed: "Rights hold for everything whose name begins with the stack's: those of one would reach the other.",
                next: "give one of the two another name.",
            });
        }
        const own = configOf(join(root, stackFile(environment.stack)));
        const wanted = { delivery: environment.delivery, deliverySource: environment.source, releasesFrom: environment.releasesFrom, repository: environment.repository };
        for (const [name, value] of Object.entries(wanted)) {
            const given = own[`${project}:${name}`];
            if (given !== undefined && value !== undefined && given !== value) {
                throw badInput({
                    given: `${stackFile(environment.stack)} has ${name} ${quote(given)}, and ${file} has ${quote(value)} for the same stack.`,
                    allowed: "The seed's roles are made for one kind of pipeline and one repository.",
                    next: "make the two say the same, and start again.",
                });
            }
        }
    }
}

/** Writes what the seed yields. @returns the files that changed, relative to the checkout */
export function writeStackFiles(root: string, project: string, { settings }: SeedFile, outputs: SeedOutputs): string[] {
    return settings.environments.map(({ stack }) => stackFile(stack)).filter((file, index) => writeStackFile(join(root, file), stackValues(project, settings.environments[index], outputs)));
}

export function stackFile(stack: string): string {
    return `Pulumi.${stack}.yaml`;
}

/** The key with which a stack's secrets are encrypted, as `pulumi stack init` takes it. */
export function secretsProvider(project: string, region: string): string {
    return `awskms://${seedNames({ project, accountId: "" }).secretsKeyAlias}?region=${region}`;
}

/** Where Pulumi keeps the state of the account's stacks. */
export function stateAddress({ stateBucket }: SeedOutputs, region: string): string {
    return `s3://${stateBucket}?region=${region}`;
}

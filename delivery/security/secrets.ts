import { isRecord } from "../../automation/json";
import type { ScannedResource } from "./resource";

/** How the engine marks a secret among inputs (`sdk/proto` of Pulumi). */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/** Names whose values are secrets, unless they only say where the secret is. */
const SECRET_NAME = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;
/** An ARN or a reference tells where a secret is, and is none. */
const REFERENCE = /^(?:arn:aws|\/aws\/reference\/)/;

/** Values that are secrets under whatever name: keys of AWS, private keys, tokens of forges. */
const SECRET_VALUE = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[A-Za-z0-9_-]{20}\b/;

/** Secrets in plain text among a resource's inputs. What they are is never repeated. */
export function secretProblems({ type, inputs }: ScannedResource): string[] {
    return [...valueProblems(inputs, []), ...variableProblems(type, inputs), ...registryProblems(type, inputs)];
}

function valueProblems(value: unknown, path: readonly string[]): string[] {
    if (typeof value === "string") {
        return SECRET_VALUE.test(value) ? [`has a secret in plain text in ${path.join(".")}`] : [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => valueProblems(item, [...path, String(index)]));
    }
    return isRecord(value) && value[SECRET_KEY] === undefined ? Object.entries(value).flatMap(([key, member]) => valueProblems(member, [...path, key])) : [];
}

function variableProblems(type: string, { environment }: Readonly<Record<string, unknown>>): string[] {
    if (!isRecord(environment)) {
        return [];
    }
    if (type === "aws:lambda/function:Function" && isRecord(environment.variables)) {
        return Object.entries(environment.variables).flatMap(([name, value]) => nameProblem(name, value));
    }
    if (type === "aws:codebuild/project:Project" && Array.isArray(environment.environmentVariables)) {
        const plain = environment.environmentVariables.filter(isRecord).filter((variable) => (variable.type ?? "PLAINTEXT") === "PLAINTEXT");
        return plain.flatMap(({ name, value }) => nameProblem(String(name), value));
    }
    return [];
}

function nameProblem(name: string, value: unknown): string[] {
    return SECRET_NAME.test(name) && typeof value === "string" && value !== "" && !REFERENCE.test(value) ? [`has the variable ${name} in plain text`] : [];
}

function registryProblems(type: string, { registry }: Readonly<Record<string, unknown>>): string[] {
    return type === "docker:index/image:Image" && isRecord(registry) && registry[SECRET_KEY] === undefined && typeof registry.password === "string" ? ["has the registry's password in plain text"] : [];
}

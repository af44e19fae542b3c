import { variableNameProblems } from "./environment";
import { KeyPath } from "./keyPath";
import { SecretReference } from "./model";
import { Problem } from "./problem";
import { YamlDocument } from "./yamlDocument";

/** `secretsmanager:NAME` or `ssm:/NAME`; undefined when it is neither. */
export function parseSecretReference(variable: string, text: string): SecretReference | undefined {
    const secret = /^secretsmanager:([A-Za-z0-9/_+=.@-]{1,512})$/.exec(text)?.[1];
    if (secret !== undefined) {
        return { variable, store: "secretsmanager", name: secret };
    }
    const parameter = /^ssm:(\/[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+){0,14})$/.exec(text)?.[1];
    return parameter !== undefined && parameter.length <= 1_011 ? { variable, store: "ssm", name: parameter } : undefined;
}

/** Names and forms of `secrets`. What is not a reference is not shown: it may be the secret itself. */
export function secretProblems(secrets: Readonly<Record<string, string>>, path: KeyPath, document: YamlDocument): Problem[] {
    return Object.entries(secrets).flatMap(([variable, text]) => {
        const at = [...path, variable];
        const problems = variableNameProblems(variable, at, document);
        if (parseSecretReference(variable, text) === undefined) {
            problems.push(
                document.problem(at, secretFault(text), "write secretsmanager:NAME or ssm:/NAME; never the value itself", {
                    hideValue: true,
                }),
            );
        }
        return problems;
    });
}

function secretFault(text: string): string {
    if (text.startsWith("arn:")) {
        return "is an ARN; the name alone is wanted, so that one manifest serves all accounts";
    }
    if (/^ssm:[^/]/.test(text)) {
        return "names a parameter without the leading slash";
    }
    if (/^(?:secretsmanager|ssm):/.test(text)) {
        return "has a name that the store does not allow (Secrets Manager: 1 to 512 of letters, digits and /_+=.@-; SSM: up to 15 levels of letters, digits and _.-)";
    }
    return "is no reference to Secrets Manager or SSM; the value is not shown here";
}

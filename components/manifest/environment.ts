import { KeyPath } from "./keyPath";
import { ResourceDeclarations } from "./model";
import { nearest } from "./nearest";
import { Problem } from "./problem";
import { longestBytes, referenceFaults } from "./references";
import { looksSecret, nameSaysSecret } from "./secretText";
import { YamlDocument } from "./yamlDocument";

/** Bytes of all names and values together (Lambda quotas). */
export const MAXIMUM_ENVIRONMENT_BYTES = 4_096;

/** Bytes of a secret's ARN besides its name, at its longest: partition, region, account, and the six random characters. */
const ARN_BYTES = 75;

/** Variables that Lambda sets itself and refuses (Lambda developer guide, "Defined runtime environment variables"). */
export const RESERVED_VARIABLES: readonly string[] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/** Names, values and references of `environment`. */
export function environmentProblems(
    environment: Readonly<Record<string, string>>,
    path: KeyPath,
    document: YamlDocument,
    resources: ResourceDeclarations,
): Problem[] {
    return Object.entries(environment).flatMap(([name, value]) => {
        const at = [...path, name];
        const problems = variableNameProblems(name, at, document);
        if (problems.length > 0) {
            return looksSecret(value) ? [...problems, credentialProblem("the value looks like a credential", at, document)] : problems;
        }
        const byName = nameSaysSecret(name) && value.trim() !== "" && !/^(?:true|false|\d{1,4})$/i.test(value) && referenceFree(value);
        if (byName || looksSecret(value)) {
            return [
                credentialProblem(
                    byName ? "its name says that the value is a credential" : "the value looks like a credential",
                    at,
                    document,
                ),
            ];
        }
        return referenceFaults(value, resources).map(({ rule, fix }) => document.problem(at, rule, fix));
    });
}

function credentialProblem(why: string, path: KeyPath, document: YamlDocument): Problem {
    return document.problem(
        path,
        `${why}; anyone who may read the function's configuration could read it`,
        "store it in Secrets Manager or SSM and name it under `secrets`; the value is not shown here, and should be replaced where it was valid",
        { hideValue: true },
    );
}

/** The form of a variable's name, for `environment` and `secrets`. */
export function variableNameProblems(name: string, path: KeyPath, document: YamlDocument): Problem[] {
    const options = { atKey: true, hideValue: true } as const;
    if (RESERVED_VARIABLES.includes(name)) {
        return [document.problem(path, "is reserved by Lambda (source: Lambda developer guide)", "choose another name", options)];
    }
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) {
        const proposal = name
            .normalize("NFKD")
            .replace(/[^A-Za-z0-9_]+/g, "_")
            .replace(/^[^A-Za-z]+/, "");
        const rule = "a variable's name needs two or more of letters, digits and _, beginning with a letter (source: Lambda API)";
        return [
            document.problem(
                path,
                rule,
                proposal.length > 1 && !looksSecret(name) && proposal.length < 60 ? `write for example ${proposal}` : "choose another name",
                options,
            ),
        ];
    }
    const reserved = nearest(name, RESERVED_VARIABLES);
    return reserved !== undefined && reserved.toLowerCase() === name.toLowerCase()
        ? [document.problem(path, `differs only in case from ${reserved}, which Lambda reserves`, "choose another name", options)]
        : [];
}

/** The size of everything that the function's environment will hold, references and secrets' ARNs at their longest. */
export function environmentSizeProblems(
    environment: Readonly<Record<string, string>>,
    secrets: readonly { readonly variable: string; readonly name: string }[],
    resources: ResourceDeclarations,
    path: KeyPath,
    document: YamlDocument,
): Problem[] {
    const sizes = [
        ...Object.entries(environment).map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + longestBytes(value, resources) })),
        ...secrets.map(({ variable, name }) => ({ name: variable, bytes: Buffer.byteLength(variable) + name.length + ARN_BYTES })),
    ];
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= MAXIMUM_ENVIRONMENT_BYTES) {
        return [];
    }
    const largest = sizes.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1)).slice(0, 3);
    const list = largest.map(({ name, bytes }) => `${name.slice(0, 40)} ${show(bytes)}`).join(", ");
    return [
        document.problem(
            path,
            `has ${show(total)} of ${show(MAXIMUM_ENVIRONMENT_BYTES)} bytes, names, references and ARNs at their longest included; largest: ${list} (source: Lambda quotas)`,
            "keep large values in a file of the image, in SSM or in a bucket",
            { hideValue: true, atKey: true },
        ),
    ];
}

function referenceFree(value: string): boolean {
    return !/^\$\{[^}]*\}$/.test(value);
}

function show(bytes: number): string {
    return bytes.toLocaleString("en-US");
}

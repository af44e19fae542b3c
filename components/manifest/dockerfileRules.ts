import { baseArgument } from "./baseImages";
import { assignments, Dockerfile, Instruction, Stage } from "./dockerfile";
import { imageSourceProblems } from "./dockerfileSources";
import { Architecture } from "./model";
import { didYouMean, listNames } from "./nearest";
import { Problem } from "./problem";
import { looksSecret, nameSaysSecret } from "./secretText";

export interface DockerfileContext {
    readonly kind: "function" | "layer";
    /** Whether the manifest says that the image copies the common layer. Always false for the layer itself. */
    readonly layer: boolean;
    /** Names of base images; undefined when they could not be read, and are not compared then. */
    readonly baseImages: readonly string[] | undefined;
    readonly architecture: Architecture;
    /** Whether handlers of the manifest give a command each. */
    readonly commandGiven: boolean;
}

/** Commands that switch off a check or are pointless in an image, with the rule ids of checkov where it has one. */
const COMMANDS: readonly { readonly form: RegExp; readonly rule: string; readonly fix: string }[] = [
    {
        form: /\bcurl\b[^|;&]*\s(?:-[A-Za-z]*k[A-Za-z]*|--insecure)(?=\s|$)/,
        rule: "curl does not check certificates (CKV2_DOCKER_2)",
        fix: "remove -k or --insecure",
    },
    {
        form: /\bwget\b[^|;&]*\s--no-check-certificate\b/,
        rule: "wget does not check certificates (CKV2_DOCKER_3)",
        fix: "remove --no-check-certificate",
    },
    { form: /\bpip3?\b[^|;&]*\s--trusted-host\b/, rule: "pip does not check certificates (CKV2_DOCKER_4)", fix: "remove --trusted-host" },
    { form: /\bnpm\b[^|;&]*\bstrict-ssl[ =]false\b/, rule: "npm does not check certificates (CKV2_DOCKER_12)", fix: "remove strict-ssl" },
    { form: /\bgit\b[^|;&]*http\.sslVerify[ =]false\b/i, rule: "git does not check certificates", fix: "remove http.sslVerify" },
    {
        form: /\b(?:yum|dnf|microdnf)\b[^|;&]*\s--nogpgcheck\b/,
        rule: "packages are installed unsigned (CKV2_DOCKER_10)",
        fix: "remove --nogpgcheck",
    },
    {
        form: /\bapt-get\b[^|;&]*\s--(?:allow-unauthenticated|force-yes)\b/,
        rule: "packages are installed unsigned (CKV2_DOCKER_9)",
        fix: "remove the option",
    },
    { form: /(?:^|[\s;&|(])sudo(?=\s|$)/, rule: "uses sudo (CKV2_DOCKER_1); builds run as root already", fix: "remove sudo" },
];

/** Variables that switch certificate checks off for everything that follows. */
const UNSAFE_VARIABLES: Readonly<Record<string, RegExp>> = {
    NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
    PYTHONHTTPSVERIFY: /^0$/,
    GIT_SSL_NO_VERIFY: /^.+$/,
    PIP_TRUSTED_HOST: /^.+$/,
    NPM_CONFIG_STRICT_SSL: /^false$/i,
};

/** What a Dockerfile of this project must not do. */
export function dockerfileProblems(dockerfile: Dockerfile, context: DockerfileContext): Problem[] {
    const { file, stages } = dockerfile;
    if (stages.length === 0) {
        return [{ file, rule: "has no FROM", fix: "begin with ARG BASE_PYTHON and FROM ${BASE_PYTHON}" }];
    }
    return [
        ...argumentProblems(dockerfile, context),
        ...imageSourceProblems(dockerfile, context),
        ...dockerfile.instructions.flatMap((instruction) => instructionProblems(file, instruction)),
        ...(context.kind === "function" ? commandProblems(dockerfile, context) : layerProblems(dockerfile)),
    ];
}

function argumentProblems(
    { file, instructions, globalArguments, stages }: Dockerfile,
    { kind, layer, baseImages }: DockerfileContext,
): Problem[] {
    const problems: Problem[] = [];
    const known = baseImages?.map(baseArgument);
    for (const instruction of instructions.filter(({ name }) => name === "ARG")) {
        for (const { name } of assignments(instruction)) {
            if (known !== undefined && /^BASE_/i.test(name) && !known.includes(name)) {
                const rule = `declares ${name.slice(0, 60)}, which is no base image${didYouMean(name, known)}`;
                problems.push({
                    file,
                    line: instruction.line,
                    rule,
                    fix: `use ${listNames(known)}, or add the image to the file of base images`,
                });
            }
        }
    }
    const declares = globalArguments.has("LAYER");
    const uses = stages.some(({ from }) => /^\$(?:LAYER|\{LAYER\})$/.test(from));
    if (kind === "layer" && declares) {
        problems.push({ file, rule: "the common layer declares ARG LAYER: it would be made of itself", fix: "remove ARG LAYER" });
    } else if (kind === "function" && layer && !(declares && uses)) {
        const missing = declares ? "FROM ${LAYER}" : "ARG LAYER in front of the first FROM";
        problems.push({
            file,
            rule: `the manifest says that the image has the common layer, but the Dockerfile lacks ${missing}`,
            fix: "write ARG LAYER, FROM ${LAYER} AS layer and COPY --from=layer /opt /opt, or `layer: false` into function.yaml",
        });
    } else if (kind === "function" && !layer && (declares || uses)) {
        problems.push({
            file,
            rule: "the Dockerfile takes the common layer, but the manifest says `layer: false`",
            fix: "remove ARG LAYER and what uses it, or `layer: false` from function.yaml",
        });
    }
    return problems;
}

function instructionProblems(file: string, instruction: Instruction): Problem[] {
    const { name, text, line } = instruction;
    const problem = (rule: string, fix: string): Problem => ({ file, line, rule, fix });
    if (name === "ARG" || name === "ENV") {
        return assignments(instruction).flatMap(({ name: variable, value }) => {
            const shown = variable.slice(0, 60);
            if (nameSaysSecret(variable) || looksSecret(variable) || (value !== undefined && looksSecret(value))) {
                const what = looksSecret(variable) ? "" : ` ${shown}`;
                return [
                    problem(
                        `${name}${what} looks like a credential, and would stay in the image (SecretsUsedInArgOrEnv)`,
                        "use RUN --mount=type=secret while building, or `secrets` in function.yaml while running",
                    ),
                ];
            }
            const unsafe =
                Object.hasOwn(UNSAFE_VARIABLES, variable.toUpperCase()) &&
                UNSAFE_VARIABLES[variable.toUpperCase()]?.test(value ?? "") === true;
            return unsafe ? [problem(`${name} ${shown} switches certificate checks off`, "remove it")] : [];
        });
    }
    if (name === "ADD" && /(?:^|[\s["'])(?:https?|ftp|git):\/\//i.test(text) && !instruction.flags.has("checksum")) {
        return [
            problem(
                "ADD fetches from the network without a checksum (CKV_DOCKER_4)",
                "add --checksum=sha256:…, or put the file beside the Dockerfile".replace("…", "<digest>"),
            ),
        ];
    }
    if (name === "RUN") {
        const found = COMMANDS.filter(({ form }) => form.test(text)).map(({ rule, fix }) => problem(rule, fix));
        return looksSecret(text)
            ? [
                  ...found,
                  problem(
                      "RUN contains what looks like a credential, and would stay in the image's history",
                      "use RUN --mount=type=secret",
                  ),
              ]
            : found;
    }
    return [];
}

/** Lambda's base images run what CMD names; a shell form would hand them `/bin/sh`. */
function commandProblems({ file, stages }: Dockerfile, { commandGiven }: DockerfileContext): Problem[] {
    const chain = stagesBelow(stages);
    const last = (name: string): Instruction | undefined =>
        chain
            .map((stage) => stage.instructions.filter((instruction) => instruction.name === name).at(-1))
            .find((found) => found !== undefined);
    const command = last("CMD");
    const problems: Problem[] = [];
    if (command === undefined && last("ENTRYPOINT") === undefined && !commandGiven) {
        problems.push({
            file,
            rule: "the last stage has neither CMD nor ENTRYPOINT, and the manifest has no handlers",
            fix: 'end with CMD ["module.function"]',
        });
    }
    if (command !== undefined && !/^\[\s*"[\s\S]*\]$/.test(command.text)) {
        problems.push({
            file,
            line: command.line,
            rule: "CMD has the shell form: Lambda would be given /bin/sh as the handler",
            fix: 'write CMD ["module.function"]',
        });
    }
    return problems;
}

function layerProblems({ file, stages }: Dockerfile): Problem[] {
    const last = stages.at(-1);
    const problems: Problem[] = [];
    if (last !== undefined && last.from !== "scratch") {
        problems.push({
            file,
            line: last.instruction.line,
            rule: "the last stage of the common layer does not begin with FROM scratch",
            fix: "end with FROM scratch and COPY --from=build /layer /opt, so that functions share only /opt",
        });
    }
    for (const { name, text, line } of last?.instructions ?? []) {
        const target = text.split(/\s+/).at(-1)?.replace(/["\]]/g, "") ?? "";
        if ((name === "COPY" || name === "ADD") && target !== "/opt" && !target.startsWith("/opt/")) {
            problems.push({
                file,
                line,
                value: target,
                rule: "puts files outside /opt into the common layer; functions copy only /opt",
                fix: "copy below /opt",
            });
        }
    }
    return problems;
}

/** The last stage and the stages that it is made from. */
function stagesBelow(stages: readonly Stage[]): readonly Stage[] {
    const chain: Stage[] = [];
    let current = stages.at(-1);
    while (current !== undefined && !chain.includes(current)) {
        const parent: string = current.from.toLowerCase();
        chain.push(current);
        current = stages.slice(0, stages.indexOf(current)).find(({ name }) => name === parent);
    }
    return chain;
}

import { Dockerfile, Instruction } from "./dockerfile";
import type { DockerfileContext } from "./dockerfileRules";
import { pinnedReferenceFault } from "./imageReference";
import { Problem } from "./problem";

const PLATFORMS = { x86_64: "linux/amd64", arm64: "linux/arm64" } as const;
const PIN = "use ${BASE_NAME} of a declared base image, or pin it as NAME:TAG@sha256:<64 hex digits>";

/** Where files of an image come from: every FROM, COPY --from and RUN --mount=from must lead to something pinned. */
export function imageSourceProblems(dockerfile: Dockerfile, context: DockerfileContext): Problem[] {
    const { file, stages, syntax } = dockerfile;
    const problems: Problem[] = [];
    const syntaxFault = syntax === undefined ? undefined : pinnedReferenceFault(syntax.value);
    if (syntax !== undefined && syntaxFault !== undefined) {
        problems.push({
            file,
            line: syntax.line,
            value: syntax.value,
            rule: `# syntax= names an image that is fetched before the build and ${syntaxFault}`,
            fix: "remove the line, or pin the image by digest",
        });
    }
    const earlier: string[] = [];
    for (const [index, stage] of stages.entries()) {
        const { line, flags } = stage.instruction;
        const rule = fromFault(stage.from, earlier, dockerfile, context);
        if (rule !== undefined) {
            problems.push({ file, line, value: stage.from, rule: rule.rule, fix: rule.fix });
        }
        const platform = flags.get("platform");
        if (platform !== undefined && !platform.startsWith("$") && platform !== PLATFORMS[context.architecture]) {
            problems.push({
                file,
                line,
                value: platform,
                rule: `FROM asks for another platform than the image's architecture ${context.architecture}, which is ${PLATFORMS[context.architecture]}`,
                fix: "remove --platform; the program sets it",
            });
        }
        earlier.push(String(index), stage.name);
        for (const instruction of stage.instructions) {
            for (const source of copySources(instruction)) {
                const fault = copyFault(source, earlier);
                if (fault !== undefined) {
                    problems.push({ file, line: instruction.line, value: source, ...fault });
                }
            }
        }
    }
    return problems;
}

function fromFault(
    from: string,
    earlier: readonly string[],
    { globalArguments }: Dockerfile,
    { kind }: DockerfileContext,
): { readonly rule: string; readonly fix: string } | undefined {
    if (from === "scratch" || earlier.includes(from.toLowerCase())) {
        return undefined;
    }
    const argument = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})$/.exec(from);
    const name = argument?.[1] ?? argument?.[2];
    if (name === undefined) {
        if (from.includes("$")) {
            return { rule: "FROM puts a name together from arguments, so that nobody can tell which image it is", fix: PIN };
        }
        const fault = from === "" ? "names no image" : pinnedReferenceFault(from);
        return fault === undefined ? undefined : { rule: `FROM names an image that ${fault}`, fix: PIN };
    }
    if (!globalArguments.has(name)) {
        return { rule: `FROM uses ${name}, which no ARG in front of the first FROM declares`, fix: `write ARG ${name} as the first line` };
    }
    if (name.startsWith("BASE_") || (name === "LAYER" && kind === "function")) {
        const value = globalArguments.get(name);
        return value === undefined || pinnedReferenceFault(value) === undefined
            ? undefined
            : {
                  rule: `ARG ${name} has a default that ${pinnedReferenceFault(value)}`,
                  fix: "remove the default; the program gives the value",
              };
    }
    const value = globalArguments.get(name);
    if (value === undefined) {
        return {
            rule: `FROM uses ${name}, which has no default and is not given by the program (it gives BASE_<NAME>${kind === "function" ? " and LAYER" : ""})`,
            fix: PIN,
        };
    }
    const fault = pinnedReferenceFault(value);
    return fault === undefined ? undefined : { rule: `FROM uses ${name}, whose default ${fault}`, fix: PIN };
}

function copyFault(source: string, earlier: readonly string[]): { readonly rule: string; readonly fix: string } | undefined {
    if (earlier.includes(source.toLowerCase()) || source === "scratch") {
        return undefined;
    }
    if (source.includes("$")) {
        return {
            rule: "--from cannot use arguments: Docker does not replace them there",
            fix: "write FROM ${LAYER} AS layer, and --from=layer",
        };
    }
    const fault = pinnedReferenceFault(source);
    return fault === undefined
        ? undefined
        : { rule: `--from names no earlier stage, and an image that ${fault}`, fix: "name an earlier stage, or pin the image by digest" };
}

function copySources(instruction: Instruction): readonly string[] {
    if (instruction.name === "COPY" || instruction.name === "ADD") {
        const source = instruction.flags.get("from");
        return source === undefined ? [] : [source];
    }
    if (instruction.name === "RUN") {
        return [...instruction.flags]
            .filter(([name]) => name.startsWith("mount"))
            .flatMap(([, value]) =>
                value
                    .split(",")
                    .filter((part) => part.startsWith("from="))
                    .map((part) => part.slice(5)),
            );
    }
    return [];
}

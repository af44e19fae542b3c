import { formatDuration } from "./duration";
import type { OperationKind } from "./engine";
import { type Diagnostic, failures, inFlight, isShown, nameOfUrn, type Progress, type ResourceChanges, type ResourceProgress, shortType } from "./progress";
import type { Colors } from "./terminal";
import { cleanLines, clip } from "./text";

/** In-progress and finished words of each operation. */
const words: Readonly<Record<string, readonly [string, string]>> = {
    create: ["creating", "created"],
    "create-replacement": ["creating replacement", "replaced"],
    update: ["updating", "updated"],
    delete: ["deleting", "deleted"],
    "delete-replaced": ["deleting the replaced", "deleted the replaced"],
    import: ["importing", "imported"],
    "import-replacement": ["importing replacement", "imported replacement"],
    "read-replacement": ["reading", "read"],
    "discard-replaced": ["forgetting the replaced", "forgot the replaced"],
};

// Said by the engine beside the real reason, about every failure.
const generic: ReadonlySet<string> = new Set(["update failed", "preview failed", "update canceled"]);

/**
 * One line for a resource whose operation ended. A preview says what would happen, a refresh what it found; undefined for
 * the second halves of replacements that a preview announces.
 */
export function endedLine(resource: ResourceProgress, kind: OperationKind, colors: Colors): string | undefined {
    const [present, past] = words[resource.op] ?? [resource.op, resource.op];
    const what = `${shortType(resource.type)} ${resource.name}`;
    if (resource.state === "failed") {
        return `${colors.red("✗")} ${present} failed: ${what}  ${formatDuration(elapsed(resource, resource.endedAt))}`;
    }
    if (kind === "refresh") {
        return `${colors.yellow("!")} ${resource.op === "delete" ? "gone" : "differed from the record"}: ${what}`;
    }
    if (kind === "preview") {
        return resource.op === "delete-replaced" ? undefined : `${colors.cyan("·")} would be ${past}: ${what}`;
    }
    const kept = resource.retained && resource.op.startsWith("delete") ? "  (kept outside the state)" : "";
    return `${colors.green("✓")} ${past}: ${what}  ${formatDuration(elapsed(resource, resource.endedAt))}${kept}`;
}

/** The live region: a line of counts, then the longest-running resources with what each is doing. */
export function liveLines(progress: Progress, startedAt: number, now: number, width: number, height: number): string[] {
    const running = inFlight(progress);
    const done = [...progress.resources.values()].filter((resource) => resource.state !== "running" && isShown(resource)).length;
    const doing = progress.resources.size === 0 ? "the program starts" : `${done} done, ${running.length} in flight`;
    const head = `… ${formatDuration((now - startedAt) / 1000)}  ${doing}`;
    const room = Math.max(1, Math.min(running.length, height - 4));
    const rows = running.slice(0, room).map((resource) => flightLine(resource, now));
    const hidden = running.length - room;
    return [head, ...rows, ...(hidden > 0 ? [`  … and ${hidden} more`] : [])].map((line) => clip(line, width - 1));
}

/** A sign of life for logs, where no live region can be drawn. */
export function heartbeatLine(progress: Progress, now: number): string | undefined {
    const [longest, ...others] = inFlight(progress);
    if (longest === undefined) {
        return undefined;
    }
    const rest = others.length > 0 ? `; ${others.length} more in flight` : "";
    return `… ${flightLine(longest, now).trim()}${rest}`;
}

function flightLine(resource: ResourceProgress, now: number): string {
    const [present] = words[resource.op] ?? [resource.op];
    const status = resource.status.at(-1);
    const doing = status === undefined ? "" : `  ${cleanLines(status).at(-1) ?? ""}`;
    return `  ${present} ${shortType(resource.type)} ${resource.name}  ${formatDuration(elapsed(resource, now))}${doing}`;
}

/** What went wrong, grouped by resource, with the last lines of the failing step where the error does not carry them. */
export function failureLines(progress: Progress, colors: Colors): string[] {
    const failed = failures(progress);
    const errors = progress.diagnostics.filter(({ severity }) => severity === "error");
    const urns = [...new Set([...failed.map(({ urn }) => urn), ...errors.flatMap(({ urn }) => urn ?? [])])];
    const groups = urns.map((urn) => {
        const resource = failed.find((candidate) => candidate.urn === urn);
        const title = resource === undefined ? nameOfUrn(urn) : `${shortType(resource.type)} ${resource.name}`;
        const said = progress.diagnostics.filter((diagnostic) => diagnostic.urn === urn && diagnostic.severity !== "warning");
        return group(title, [...tail(resource, said), ...said.map(({ message }) => message)], colors);
    });
    const own = withoutRepeats(errors.filter(({ urn, message }) => urn === undefined && !generic.has(message)).map(({ message }) => message));
    return [...groups, ...(own.length > 0 ? [group("the program", own, colors)] : [])].flat();
}

/** Warnings, one line each, without those that the set-up itself causes. */
export function warningLines(progress: Progress, colors: Colors): string[] {
    const warnings = progress.diagnostics.filter((diagnostic) => diagnostic.severity === "warning" && !causedByStandIns(diagnostic));
    return withoutRepeats(
        warnings.map(({ urn, message }) => {
            const [first = "", ...rest] = cleanLines(message);
            return [`${colors.yellow("!")} ${urn === undefined ? "" : `${nameOfUrn(urn)}: `}${first}`, ...rest.map((line) => `    ${line}`)].join("\n");
        }),
    );
}

export function changesText(changes: ResourceChanges): string {
    const { created, updated, replaced, deleted, unchanged } = changes;
    return `${created} created, ${updated} updated, ${replaced} replaced, ${deleted} deleted, ${unchanged} unchanged`;
}

// The engine warns about every provider that it finds on PATH; here they stand there on purpose.
function causedByStandIns({ message }: Diagnostic): boolean {
    return message.startsWith("using pulumi-resource-") && message.includes("from $PATH");
}

function tail(resource: ResourceProgress | undefined, said: readonly Diagnostic[]): string[] {
    const text = said.map(({ message }) => message).join("\n");
    return (resource?.status ?? []).filter((line) => !text.includes(line));
}

function group(title: string, messages: readonly string[], colors: Colors): string[] {
    return [`${colors.red("✗")} ${colors.bold(title)}`, ...messages.flatMap(cleanLines).map((line) => `    ${line}`)];
}

// "Unhandled exception: Error: X" with the stack and "X" again are one message.
function withoutRepeats(messages: readonly string[]): string[] {
    return messages.filter((message, index) => !messages.some((other, at) => at !== index && other.includes(message) && (other.length > message.length || at < index)));
}

function elapsed(resource: ResourceProgress, until: number | undefined): number {
    return ((until ?? resource.startedAt) - resource.startedAt) / 1000;
}

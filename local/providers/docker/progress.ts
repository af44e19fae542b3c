/** Follows a build: tells the current step, and keeps enough output to explain a failure. */
import type { EngineLog } from "../host/log";
import type { StreamMessage } from "./engine";
import { decodeTrace, type Trace } from "./trace";

/** Lines of a failed step's output that its error shows; the whole is in the log with `--debug`. */
const SHOWN_LINES = 20;
/** Milliseconds between two status lines of one image: a terminal cannot show more, and each is a call to the engine. */
const STATUS_EVERY = 100;

/** Steps of BuildKit's own that tell nobody anything. */
const INTERNAL = /^\[internal\]|^copy \/context \//;

interface Step {
    name: string;
    started: boolean;
    error: string;
    readonly output: string[];
    /** Text after the last line end. */
    rest: string;
}

export class BuildProgress {
    private readonly steps = new Map<string, Step>();
    private readonly report: StatusReport;
    private imageId: string | undefined;
    private failure: string | undefined;
    /** The old builder has no step ids: everything belongs to the step that was announced last. */
    private classic = "";

    constructor(
        private readonly log: EngineLog,
        private readonly urn: string,
    ) {
        this.report = new StatusReport(log, urn);
    }

    add(message: StreamMessage): void {
        if (message.id === "moby.buildkit.trace" && typeof message.aux === "string") {
            this.addTrace(decodeTrace(Buffer.from(message.aux, "base64")));
        } else if (hasId(message.aux)) {
            this.imageId = message.aux.ID; // "moby.image.id" of BuildKit, without an id from the old builder
        }
        if (message.stream !== undefined) {
            this.addClassic(message.stream);
        }
        const error = message.errorDetail?.message ?? message.error;
        if (error !== undefined && error !== "") {
            this.failure = error;
        }
    }

    /** Id of the finished image, where the engine told one. */
    get builtImage(): string | undefined {
        return this.imageId;
    }

    /** To be called when the stream has ended. */
    close(): void {
        this.report.close();
    }

    /** Undefined while nothing has failed; else step, its last lines, and the engine's own message. */
    explain(): string | undefined {
        if (this.failure === undefined) {
            return undefined;
        }
        const step = [...this.steps.values()].find(({ error }) => error !== "" && !isCancelled(error)) ?? this.lastClassic();
        if (step === undefined) {
            return this.failure;
        }
        const output = [...step.output, ...(step.rest === "" ? [] : [step.rest])];
        const shown = output.slice(-SHOWN_LINES);
        const omitted = output.length > shown.length ? [`(the last ${shown.length} of ${output.length} lines)`] : [];
        return [`step ${step.name} failed: ${step.error === "" ? this.failure : step.error}`, ...omitted, ...shown.map((line) => `    ${line}`)].join("\n");
    }

    private addTrace(trace: Trace): void {
        for (const vertex of trace.vertexes) {
            const step = this.step(vertex.digest);
            step.name = vertex.name === "" ? step.name : vertex.name;
            step.error = vertex.error === "" ? step.error : vertex.error;
            if (vertex.started && !step.started) {
                step.started = true;
                this.announce(`${step.name}${vertex.cached ? " (cached)" : ""}`);
            }
        }
        for (const { vertex, text } of trace.logs) {
            this.write(this.step(vertex), text);
        }
    }

    private addClassic(text: string): void {
        if (/^Step \d+\/\d+ : /.test(text)) {
            this.classic = text.trim();
            this.step(this.classic).name = this.classic;
            this.announce(this.classic);
        } else if (this.classic !== "") {
            this.write(this.step(this.classic), text);
        }
    }

    private write(step: Step, text: string): void {
        const lines = `${step.rest}${text}`.split("\n");
        step.rest = lines.pop() ?? "";
        for (const line of lines.map((each) => each.replace(/^.*\r(?!$)|\r$/g, ""))) {
            step.output.push(line);
            this.log.debug(`${step.name}: ${line}`, this.urn);
            if (line.trim() !== "") {
                this.report.show(line);
            }
        }
    }

    private announce(name: string): void {
        this.log.debug(name, this.urn);
        if (!INTERNAL.test(name)) {
            this.report.show(name);
        }
    }

    private step(id: string): Step {
        const known = this.steps.get(id);
        if (known !== undefined) {
            return known;
        }
        const step: Step = { name: "", started: false, error: "", output: [], rest: "" };
        this.steps.set(id, step);
        return step;
    }

    private lastClassic(): Step | undefined {
        return this.classic === "" ? undefined : this.steps.get(this.classic);
    }
}

/** Status lines at a bounded rate: the first one at once, then the latest one of each interval. */
export class StatusReport {
    private last = Number.NEGATIVE_INFINITY;
    private waiting: string | undefined;
    private timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly log: EngineLog,
        private readonly urn: string,
    ) {}

    show(line: string): void {
        const wait = this.last + STATUS_EVERY - performance.now();
        if (wait <= 0 && this.timer === undefined) {
            this.write(line);
            return;
        }
        this.waiting = line;
        this.timer ??= setTimeout(() => this.close(), wait).unref();
    }

    /** Writes what still waits: a status after the operation's end would be shown at a resource that is done. */
    close(): void {
        clearTimeout(this.timer);
        this.timer = undefined;
        if (this.waiting !== undefined) {
            this.write(this.waiting);
            this.waiting = undefined;
        }
    }

    private write(line: string): void {
        this.last = performance.now();
        this.log.status(line, this.urn);
    }
}

function hasId(aux: unknown): aux is { readonly ID: string } {
    return typeof aux === "object" && aux !== null && typeof (aux as { ID?: unknown }).ID === "string";
}

/** Steps that ran beside the failed one end with this error, which explains nothing. */
function isCancelled(error: string): boolean {
    return error.endsWith("context canceled");
}

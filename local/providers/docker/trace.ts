/** What BuildKit tells about a build: `moby.buildkit.v1.StatusResponse`, of which only steps and their output are read. */
import { BinaryReader } from "google-protobuf";

export interface TraceVertex {
    readonly digest: string;
    /** Like `[2/3] RUN make`; internal ones begin with `[internal]`. */
    readonly name: string;
    readonly cached: boolean;
    readonly started: boolean;
    readonly completed: boolean;
    /** Empty unless the step failed. */
    readonly error: string;
}

export interface TraceLog {
    /** Digest of the step that wrote it. */
    readonly vertex: string;
    readonly text: string;
}

export interface Trace {
    readonly vertexes: readonly TraceVertex[];
    readonly logs: readonly TraceLog[];
}

// Field numbers from github.com/moby/buildkit, api/services/control/control.proto; they are the same in every release.
const RESPONSE = { vertexes: 1, logs: 3 };
const VERTEX = { digest: 1, name: 3, cached: 4, started: 5, completed: 6, error: 7 };
const LOG = { vertex: 1, message: 4 };

/** Decodes one `moby.buildkit.trace` message. Unknown fields are skipped. */
export function decodeTrace(bytes: Uint8Array): Trace {
    const vertexes: TraceVertex[] = [];
    const logs: TraceLog[] = [];
    eachField(bytes, (field, reader) => {
        if (field === RESPONSE.vertexes) {
            vertexes.push(decodeVertex(reader.readBytes()));
        } else if (field === RESPONSE.logs) {
            logs.push(decodeLog(reader.readBytes()));
        } else {
            reader.skipField();
        }
    });
    return { vertexes, logs };
}

function decodeVertex(bytes: Uint8Array): TraceVertex {
    const vertex = { digest: "", name: "", cached: false, started: false, completed: false, error: "" };
    eachField(bytes, (field, reader) => {
        switch (field) {
            case VERTEX.digest:
                vertex.digest = reader.readString();
                break;
            case VERTEX.name:
                vertex.name = reader.readString();
                break;
            case VERTEX.cached:
                vertex.cached = reader.readBool();
                break;
            case VERTEX.error:
                vertex.error = reader.readString();
                break;
            default:
                vertex.started ||= field === VERTEX.started;
                vertex.completed ||= field === VERTEX.completed;
                reader.skipField();
        }
    });
    return vertex;
}

function decodeLog(bytes: Uint8Array): TraceLog {
    const log = { vertex: "", text: "" };
    eachField(bytes, (field, reader) => {
        if (field === LOG.vertex) {
            log.vertex = reader.readString();
        } else if (field === LOG.message) {
            log.text = Buffer.from(reader.readBytes()).toString("utf8");
        } else {
            reader.skipField();
        }
    });
    return log;
}

function eachField(bytes: Uint8Array, take: (field: number, reader: BinaryReader) => void): void {
    const reader = new BinaryReader(bytes);
    while (reader.nextField() && !reader.isEndGroup()) {
        take(reader.getFieldNumber(), reader);
    }
}

/** Lines for the engine's log, which it shows under the resource they belong to. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export interface EngineLog {
    /** Shown only with `--debug`. */
    debug(message: string, urn?: string): void;
    info(message: string, urn?: string): void;
    /** The current step: a terminal shows the latest one beside the resource and nothing remains of it afterwards. */
    status(message: string, urn?: string): void;
    warning(message: string, urn?: string): void;
    /** Resolves when everything written so far has reached the engine, or cannot reach it any more. */
    flush(): Promise<void>;
}

/** A log that may be connected later: the engine tells its address by argument, handshake or attach. */
export class EngineLogClient implements EngineLog {
    private client: EngineClient | undefined;
    private address: string | undefined;
    private readonly pending = new Set<Promise<void>>();

    connect(address: string): void {
        if (address === "" || address === this.address) {
            return;
        }
        this.client?.close();
        this.address = address;
        this.client = new EngineClient(address, grpc.credentials.createInsecure(), {
            // A proxy from the environment must not stand between two processes of one machine.
            "grpc.enable_http_proxy": 0,
        });
    }

    debug(message: string, urn?: string): void {
        this.write(LogSeverity.DEBUG, message, urn, false);
    }

    info(message: string, urn?: string): void {
        this.write(LogSeverity.INFO, message, urn, false);
    }

    status(message: string, urn?: string): void {
        this.write(LogSeverity.INFO, message, urn, true);
    }

    warning(message: string, urn?: string): void {
        this.write(LogSeverity.WARNING, message, urn, false);
    }

    async flush(): Promise<void> {
        await Promise.all(this.pending);
    }

    close(): void {
        this.client?.close();
        this.client = undefined;
    }

    private write(severity: LogSeverity, message: string, urn: string | undefined, ephemeral: boolean): void {
        const client = this.client;
        if (client === undefined || message === "") {
            return;
        }
        const request = new LogRequest().setSeverity(severity).setMessage(message).setEphemeral(ephemeral);
        if (urn !== undefined) {
            request.setUrn(urn);
        }
        // A line that is lost because the engine is gone must never fail the operation it belongs to.
        const sent = new Promise<void>((resolve) => client.log(request, () => resolve()));
        this.pending.add(sent);
        void sent.then(() => this.pending.delete(sent));
    }
}

/** For handlers called outside a server. */
export const SILENT_LOG: EngineLog = {
    debug: () => undefined,
    info: () => undefined,
    status: () => undefined,
    warning: () => undefined,
    flush: () => Promise.resolve(),
};

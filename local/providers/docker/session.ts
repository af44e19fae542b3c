/**
 * A BuildKit session that offers one thing: credentials of one registry. BuildKit ignores the credentials that a build
 * request carries and asks the client over a connection of its own instead, on which the client is the gRPC server.
 */
import * as grpc from "@grpc/grpc-js";
import { BinaryReader, BinaryWriter } from "google-protobuf";
import { randomBytes } from "node:crypto";
import type { Credentials } from "./credentials";
import type { DockerEngine } from "./engine";
import { authServer } from "./reference";

export interface BuildSession {
    readonly id: string;
    close(): void;
}

interface CredentialsAnswer {
    readonly username: string;
    readonly secret: string;
}

// Names and field numbers from github.com/moby/buildkit, session/auth/auth.proto, and from grpc.health.v1.
const CREDENTIALS = "/moby.filesync.v1.Auth/Credentials";
const HEALTH = "/grpc.health.v1.Health/Check";
const HUB_REGISTRY = "registry-1.docker.io";

/** Open until closed or aborted. Other registries get no credentials, so public images are still pulled. */
export async function openSession(engine: DockerEngine, credentials: Credentials, signal: AbortSignal): Promise<BuildSession> {
    const id = randomBytes(16).toString("hex");
    const server = new grpc.Server();
    server.addService(
        {
            credentials: method(CREDENTIALS, readHost, writeAnswer),
            health: method(HEALTH, () => "", writeServing),
        },
        {
            credentials: (call: grpc.ServerUnaryCall<string, CredentialsAnswer>, callback: grpc.sendUnaryData<CredentialsAnswer>) =>
                callback(null, answerFor(call.request, credentials)),
            health: (_call: grpc.ServerUnaryCall<string, string>, callback: grpc.sendUnaryData<string>) => callback(null, ""),
        },
    );
    const connection = await engine.upgrade(
        "/session",
        {
            "X-Docker-Expose-Session-Uuid": id,
            "X-Docker-Expose-Session-Name": "container-lambdas",
            "X-Docker-Expose-Session-Sharedkey": "",
            "X-Docker-Expose-Session-Grpc-Method": [CREDENTIALS, HEALTH],
        },
        signal,
    );
    connection.on("error", () => undefined); // the build's own request reports it
    const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    injector.injectConnection(connection);
    return {
        id,
        close: () => {
            injector.destroy();
            connection.destroy();
            server.forceShutdown();
        },
    };
}

/** Empty for every registry but the one the credentials are for. */
export function answerFor(host: string, credentials: Credentials): CredentialsAnswer {
    if (authServer(host === HUB_REGISTRY ? "docker.io" : host) !== credentials.server) {
        return { username: "", secret: "" };
    }
    return credentials.identityToken === undefined
        ? { username: credentials.username, secret: credentials.password }
        : { username: "", secret: credentials.identityToken };
}

function method<Request, Response>(
    path: string,
    read: (bytes: Buffer) => Request,
    write: (value: Response) => Buffer,
): grpc.MethodDefinition<Request, Response> {
    return {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: read,
        responseSerialize: write,
        responseDeserialize: () => {
            throw new Error(`${path} is only served, never called`);
        },
    };
}

/** `CredentialsRequest { string Host = 1 }` */
function readHost(bytes: Buffer): string {
    const reader = new BinaryReader(bytes);
    let host = "";
    while (reader.nextField() && !reader.isEndGroup()) {
        if (reader.getFieldNumber() === 1) {
            host = reader.readString();
        } else {
            reader.skipField();
        }
    }
    return host;
}

/** `CredentialsResponse { string Username = 1; string Secret = 2 }` */
function writeAnswer(answer: CredentialsAnswer): Buffer {
    const writer = new BinaryWriter();
    writer.writeString(1, answer.username);
    writer.writeString(2, answer.secret);
    return Buffer.from(writer.getResultBuffer());
}

/** `HealthCheckResponse { ServingStatus status = 1 }`: always SERVING (1). */
function writeServing(): Buffer {
    const writer = new BinaryWriter();
    writer.writeEnum(1, 1);
    return Buffer.from(writer.getResultBuffer());
}

/** Errors as the engine shows them: what is meant for users goes as it is, everything else becomes one line without a stack. */
import * as grpc from "@grpc/grpc-js";
import * as anyProto from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

/** An error whose message is written for the person who runs Pulumi: what was given, what is allowed, what to do next. */
export class UserError extends Error {
    constructor(
        message: string,
        /** @default UNKNOWN, which the engine prints without the code's name */
        readonly code: grpc.status = grpc.status.UNKNOWN,
    ) {
        super(message);
        this.name = "UserError";
    }
}

/** The resource exists but is not in order: the engine records it and tries an update next time. */
export class PartialFailure extends UserError {
    constructor(
        readonly id: string,
        readonly properties: Struct,
        readonly inputs: Struct,
        readonly reasons: readonly string[],
    ) {
        super(reasons.join("\n"));
        this.name = "PartialFailure";
    }
}

/** What goes over the wire for an error of any kind. `subject` names type and operation, like `create of docker:index/image:Image`. */
export function statusOf(error: unknown, subject: string): Partial<grpc.StatusObject> {
    if (error instanceof PartialFailure) {
        return { code: error.code, details: error.message, metadata: trailers(error) };
    }
    if (error instanceof UserError) {
        return { code: error.code, details: error.message };
    }
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { code: grpc.status.INTERNAL, details: `internal error in ${subject}: ${reason}` };
}

// The engine reads the details of a failure from this trailer; grpc-js has no helper for it as grpc-go has.
function trailers(error: PartialFailure): grpc.Metadata {
    const detail = new ErrorResourceInitFailed()
        .setId(error.id)
        .setProperties(error.properties)
        .setInputs(error.inputs)
        .setReasonsList([...error.reasons]);
    const packed = new anyProto.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(error.code).setMessage(error.message);
    status.addDetails(packed);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return metadata;
}

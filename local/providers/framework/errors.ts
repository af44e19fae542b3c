import * as grpc from "@grpc/grpc-js";
import * as anyMessage from "google-protobuf/google/protobuf/any_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as status from "@pulumi/pulumi/proto/status_pb";
import { encode, type Path, type Properties } from "./values";

export interface PartialState {
    readonly id: string;
    readonly state: Properties;
    readonly inputs: Properties;
    readonly secrets: readonly Path[];
}

/**
 * The error for a resource that exists and is not as it should be: the engine records it, so that the next run updates
 * or deletes it. The engine reads the details from a trailer that grpc-js has no function for.
 */
export function incompleteError(message: string, partial: PartialState): grpc.ServiceError {
    const detail = new proto.ErrorResourceInitFailed()
        .setId(partial.id)
        .setProperties(encode(partial.state, partial.secrets))
        .setInputs(encode(partial.inputs, partial.secrets))
        .setReasonsList([message]);
    const packed = new anyMessage.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const envelope = new status.Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    envelope.addDetails(packed);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(envelope.serializeBinary()));
    return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

/** What a stand-in provider implements: one asynchronous function per call of Pulumi's provider protocol. */
import type * as grpc from "@grpc/grpc-js";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { EngineLog } from "./log";

/** Given to every handler. */
export interface Operation {
    /** Aborted when the engine cancels the run, the call's connection closes, or this process must end. */
    readonly signal: AbortSignal;
    /** Writes to the engine's log; never fails. */
    readonly log: EngineLog;
}

export type Handler<Request, Response> = (request: Request, operation: Operation) => Promise<Response> | Response;

/** Every unary call. What is left out is answered by `defaultHandlers` or refused as not implemented, by name. */
export interface ProviderHandlers {
    readonly handshake?: Handler<rpc.ProviderHandshakeRequest, rpc.ProviderHandshakeResponse>;
    readonly getSchema?: Handler<rpc.GetSchemaRequest, rpc.GetSchemaResponse>;
    readonly checkConfig?: Handler<rpc.CheckRequest, rpc.CheckResponse>;
    readonly diffConfig?: Handler<rpc.DiffRequest, rpc.DiffResponse>;
    readonly configure?: Handler<rpc.ConfigureRequest, rpc.ConfigureResponse>;
    readonly invoke?: Handler<rpc.InvokeRequest, rpc.InvokeResponse>;
    readonly call?: Handler<rpc.CallRequest, rpc.CallResponse>;
    readonly check?: Handler<rpc.CheckRequest, rpc.CheckResponse>;
    readonly diff?: Handler<rpc.DiffRequest, rpc.DiffResponse>;
    readonly create?: Handler<rpc.CreateRequest, rpc.CreateResponse>;
    readonly read?: Handler<rpc.ReadRequest, rpc.ReadResponse>;
    readonly update?: Handler<rpc.UpdateRequest, rpc.UpdateResponse>;
    readonly delete?: Handler<rpc.DeleteRequest, Empty>;
    readonly construct?: Handler<rpc.ConstructRequest, rpc.ConstructResponse>;
    readonly cancel?: Handler<Empty, Empty>;
    readonly getPluginInfo?: Handler<Empty, PluginInfo>;
    readonly attach?: Handler<PluginAttach, Empty>;
    readonly getMapping?: Handler<rpc.GetMappingRequest, rpc.GetMappingResponse>;
    readonly getMappings?: Handler<rpc.GetMappingsRequest, rpc.GetMappingsResponse>;
}

/** Names of the unary calls, in the order of the protocol's definition. */
export const METHODS = [
    "handshake",
    "getSchema",
    "checkConfig",
    "diffConfig",
    "configure",
    "invoke",
    "call",
    "check",
    "diff",
    "create",
    "read",
    "update",
    "delete",
    "construct",
    "cancel",
    "getPluginInfo",
    "attach",
    "getMapping",
    "getMappings",
] as const satisfies readonly (keyof ProviderHandlers)[];

export type Unary = grpc.handleUnaryCall<unknown, unknown>;

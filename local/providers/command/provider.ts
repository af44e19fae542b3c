/** `local.Command` and `local.run` of `@pulumi/command`, as Pulumi's provider protocol asks for them. */
import { randomBytes } from "node:crypto";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { parseConfig } from "../framework/config";
import { decode, type Decoded, encode, hasUnknown, type Path, type Plain, type Properties, UNKNOWN } from "../framework/values";
import { UserError } from "../host/errors";
import type { Operation, ProviderHandlers } from "../host/handlers";
import { checkCommand, commandLine, diffCommand, logs, text } from "./inputs";
import { type CommandOutput, runCommand } from "./run";
import { COMMAND_SCHEMA, COMMAND_TYPE, RUN_FUNCTION } from "./schema";

const NOTHING: CommandOutput = { stdout: "", stderr: "" };

export function commandHandlers(environment: NodeJS.ProcessEnv = process.env): ProviderHandlers {
    const members = COMMAND_SCHEMA.resources[COMMAND_TYPE]?.inputs ?? {};
    return {
        getSchema: () => new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "command", version: COMMAND_SCHEMA.version })),
        checkConfig: (request) => {
            const { failures } = parseConfig({ name: "command", schema: COMMAND_SCHEMA }, decode(request.getNews()).values);
            return new rpc.CheckResponse().setInputs(request.getNews()).setFailuresList(failures.map(failure));
        },
        check: (request) => {
            onlyCommands(request.getUrn());
            const news = decode(request.getNews());
            const { inputs, failures } = checkCommand(members, news.values);
            return new rpc.CheckResponse().setInputs(encode(inputs, news.secrets)).setFailuresList(failures.map(failure));
        },
        diff,
        create: async (request, operation) => {
            onlyCommands(request.getUrn());
            const inputs = decode(request.getProperties());
            const preview = request.getPreview();
            const output = preview ? undefined : await run("create", inputs, NOTHING, request.getUrn(), operation, environment);
            const id = preview ? "" : `${nameOf(request.getUrn())}${randomBytes(4).toString("hex")}`;
            return new rpc.CreateResponse().setId(id).setProperties(outputs(inputs, output));
        },
        update: async (request, operation) => {
            onlyCommands(request.getUrn());
            const news = decode(request.getNews());
            const previous = outputOf(decode(request.getOlds()).values);
            const which = news.values["update"] === undefined ? "create" : "update";
            const output = request.getPreview() ? undefined : await run(which, news, previous, request.getUrn(), operation, environment);
            return new rpc.UpdateResponse().setProperties(outputs(news, output));
        },
        delete: async (request, operation) => {
            onlyCommands(request.getUrn());
            const state = decode(request.getProperties());
            await run("delete", state, outputOf(state.values), request.getUrn(), operation, environment);
            return new Empty();
        },
        // What it was given: nothing can be looked up.
        read: (request) => {
            onlyCommands(request.getUrn());
            return new rpc.ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs());
        },
        invoke: (request, operation) => invoke(request, operation, environment),
    };
}

function diff(request: rpc.DiffRequest): rpc.DiffResponse {
    onlyCommands(request.getUrn());
    const differences = diffCommand(decode(request.getOldInputs()).values, decode(request.getNews()).values);
    const { Kind } = rpc.PropertyDiff;
    const kinds = {
        add: [Kind.ADD, Kind.ADD_REPLACE],
        delete: [Kind.DELETE, Kind.DELETE_REPLACE],
        update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
    } as const;
    const response = new rpc.DiffResponse().setHasdetaileddiff(true);
    for (const { path, kind, replace } of differences) {
        response.getDetaileddiffMap().set(path, new rpc.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(true));
    }
    const top = (path: string): string => path.split("[")[0] ?? path;
    response.setDiffsList([...new Set(differences.map(({ path }) => top(path)))]);
    response.setReplacesList([...new Set(differences.filter(({ replace }) => replace).map(({ path }) => top(path)))]);
    const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
    return response.setChanges(differences.length === 0 ? DIFF_NONE : DIFF_SOME);
}

/** Runs on every preview and update, as the real one does, unless an argument is not known yet. */
async function invoke(request: rpc.InvokeRequest, operation: Operation, environment: NodeJS.ProcessEnv): Promise<rpc.InvokeResponse> {
    const token = request.getTok();
    if (token !== RUN_FUNCTION) {
        throw unsupported("function", token);
    }
    const args = decode(request.getArgs());
    const { inputs, failures } = checkCommand(COMMAND_SCHEMA.functions[RUN_FUNCTION]?.inputs ?? {}, args.values);
    if (failures.length > 0) {
        return new rpc.InvokeResponse().setFailuresList(failures.map(failure));
    }
    const checked: Decoded = { values: inputs, secrets: args.secrets };
    const output = hasUnknown(inputs) ? undefined : await run("command", checked, NOTHING, undefined, operation, environment);
    return new rpc.InvokeResponse().setReturn(outputs(checked, output));
}

/** The output so far where there is no such command. */
async function run(
    which: "create" | "update" | "delete" | "command",
    inputs: Decoded,
    previous: CommandOutput,
    urn: string | undefined,
    operation: Operation,
    environment: NodeJS.ProcessEnv,
): Promise<CommandOutput> {
    const command = text(inputs.values[which]);
    if (command === undefined) {
        return previous;
    }
    const secret = inputs.secrets.some((path) => path[0] === which);
    return runCommand(commandLine(command, inputs.values, previous, environment, secret), operation.signal, (stream, line) => {
        if (logs(inputs.values, stream)) {
            operation.log.status(line, urn);
        }
    });
}

/** Inputs and what was printed, which is unknown in a preview and secret as soon as any input is. */
function outputs(inputs: Decoded, output: CommandOutput | undefined): ReturnType<typeof encode> {
    const printed: Record<string, Plain> = { stdout: output?.stdout ?? UNKNOWN, stderr: output?.stderr ?? UNKNOWN };
    const secrets: Path[] = inputs.secrets.length === 0 ? [] : [["stdout"], ["stderr"]];
    return encode({ ...inputs.values, ...printed }, [...inputs.secrets, ...secrets]);
}

function outputOf(state: Properties): CommandOutput {
    return { stdout: text(state["stdout"]) ?? "", stderr: text(state["stderr"]) ?? "" };
}

function onlyCommands(urn: string): void {
    const type = urn.split("::")[2]?.split("$").pop() ?? "";
    if (type !== COMMAND_TYPE) {
        throw unsupported("resource type", type);
    }
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

function unsupported(kind: string, token: string): UserError {
    return new UserError(
        `${kind} "${token}" is not known to this stand-in for the command provider: it knows ${COMMAND_TYPE} and ${RUN_FUNCTION}. Use those, or the official provider.`,
    );
}

function failure({ property, reason }: { readonly property: string; readonly reason: string }): rpc.CheckFailure {
    return new rpc.CheckFailure().setProperty(property).setReason(reason);
}

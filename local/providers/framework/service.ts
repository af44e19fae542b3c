/** Pulumi's provider protocol over a table of resource types. */
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../host/errors";
import type { Operation as Call, ProviderHandlers } from "../host/handlers";
import { checkObject, checkResource, type Failure, unknownName } from "./check";
import { parseConfig } from "./config";
import { type DiffKind, type Difference, diffResource } from "./diff";
import { incompleteError } from "./errors";
import type { Autonaming } from "./names";
import { type Account, type Operation, Operations } from "./operations";
import { type AnyResourceType, Incomplete, type InvokeType } from "./resource";
import type { ProviderSchema } from "./schema";
import { decode, type Decoded, encode, type Path, type Properties } from "./values";

export interface ProviderDefinition<Services> {
    /** Package name, like `aws`. */
    readonly name: string;
    readonly schema: ProviderSchema;
    readonly resources: readonly AnyResourceType<Services>[];
    readonly invokes: readonly InvokeType<Services>[];
    /** One text for any failure of the service: code, reason and advice. */
    readonly explain: (error: unknown) => string;
    /** Throws a `UserError` when it cannot work with this configuration. */
    configure(config: Properties): Promise<Account<Services>>;
}

/** Handlers for `serve`. */
export function providerHandlers<Services>(definition: ProviderDefinition<Services>): ProviderHandlers {
    const service = new ProviderService(definition);
    return {
        // Resource references and output values are left to the engine, which sends ids and plain values instead.
        handshake: () => new proto.ProviderHandshakeResponse().setAcceptSecrets(true).setSupportsAutonamingConfiguration(true),
        getSchema: () => new proto.GetSchemaResponse().setSchema(JSON.stringify({ name: definition.name, version: definition.schema.version })),
        checkConfig: (request) => service.checkConfig(request),
        diffConfig: (request) => service.diffConfig(request),
        configure: (request) => service.configure(request),
        check: (request) => service.check(request),
        diff: (request) => service.diff(request),
        create: (request, call) => service.create(request, call),
        read: (request, call) => service.read(request, call),
        update: (request, call) => service.update(request, call),
        delete: (request, call) => service.delete(request, call),
        invoke: (request, call) => service.invoke(request, call),
    };
}

class ProviderService<Services> {
    private readonly types: ReadonlyMap<string, AnyResourceType<Services>>;
    private readonly invokes: ReadonlyMap<string, InvokeType<Services>>;
    private account: Account<Services> | undefined;

    constructor(private readonly definition: ProviderDefinition<Services>) {
        this.types = new Map(definition.resources.map((type) => [type.token, type]));
        this.invokes = new Map(definition.invokes.map((invoke) => [invoke.token, invoke]));
    }

    checkConfig(request: proto.CheckRequest): proto.CheckResponse {
        const { failures } = parseConfig(this.definition, decode(request.getNews()).values);
        return new proto.CheckResponse().setInputs(request.getNews()).setFailuresList(failures.map(failure));
    }

    diffConfig(request: proto.DiffRequest): proto.DiffResponse {
        const text = (values: Properties): string => JSON.stringify(Object.entries(values).sort());
        const same = text(decode(request.getOldInputs() ?? request.getOlds()).values) === text(decode(request.getNews()).values);
        return new proto.DiffResponse().setChanges(same ? proto.DiffResponse.DiffChanges.DIFF_NONE : proto.DiffResponse.DiffChanges.DIFF_SOME);
    }

    async configure(request: proto.ConfigureRequest): Promise<proto.ConfigureResponse> {
        const { config, failures } = parseConfig(this.definition, decode(request.getArgs()).values);
        if (failures.length > 0) {
            throw new UserError(failures.map(({ reason }) => reason).join("\n"));
        }
        this.account = await this.definition.configure(config);
        return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    }

    check(request: proto.CheckRequest): proto.CheckResponse {
        const type = this.type(request.getUrn());
        const news = decode(request.getNews());
        const seed = request.getRandomseed();
        const result = checkResource(type, this.definition.schema, news.values, {
            name: nameOf(request.getUrn()),
            seed: typeof seed === "string" ? Buffer.from(seed, "base64") : seed,
            autonaming: autonaming(request.getAutonaming()),
            old: decode(request.getOlds()).values,
            defaultTags: this.configured().defaultTags,
        });
        return new proto.CheckResponse()
            .setInputs(encode(result.inputs, [...withTagsAll(news.secrets), ...ownSecrets(type)]))
            .setFailuresList(result.failures.map(failure));
    }

    diff(request: proto.DiffRequest): proto.DiffResponse {
        const type = this.type(request.getUrn());
        const old = decode(request.getOldInputs() ?? request.getOlds()).values;
        const state = decode(request.getOlds()).values;
        return diffResponse(diffResource(type, old, decode(request.getNews()).values, request.getIgnorechangesList(), state));
    }

    async create(request: proto.CreateRequest, call: Call): Promise<proto.CreateResponse> {
        const type = this.type(request.getUrn());
        const inputs = decode(request.getProperties());
        const { values } = inputs;
        const secrets = [...inputs.secrets, ...ownSecrets(type)];
        if (request.getPreview()) {
            return new proto.CreateResponse().setProperties(encode(this.operations().previewCreate(type, values), secrets));
        }
        return await this.attempt("creating", request.getUrn(), inputs, async () => {
            const { id, state } = await this.operations().create(type, values, operation(request, call));
            return new proto.CreateResponse().setId(id).setProperties(encode(state, secrets));
        });
    }

    async read(request: proto.ReadRequest, call: Call): Promise<proto.ReadResponse> {
        const type = this.type(request.getUrn());
        const inputs = decode(request.getInputs());
        const state = decode(request.getProperties());
        const secrets = [...inputs.secrets, ...state.secrets, ...ownSecrets(type)];
        return await this.attempt("reading", request.getUrn(), inputs, async () => {
            const found = await this.operations().read(type, request.getId(), inputs.values, state.values, operation(request, call));
            return found === undefined
                ? new proto.ReadResponse()
                : new proto.ReadResponse()
                      .setId(found.id)
                      .setProperties(encode(found.state, secrets))
                      .setInputs(encode(found.inputs, secrets));
        });
    }

    async update(request: proto.UpdateRequest, call: Call): Promise<proto.UpdateResponse> {
        const type = this.type(request.getUrn());
        const news = decode(request.getNews());
        const state = decode(request.getOlds()).values;
        const old = decode(request.getOldInputs() ?? request.getOlds()).values;
        const secrets = [...news.secrets, ...ownSecrets(type)];
        if (request.getPreview()) {
            return new proto.UpdateResponse().setProperties(encode(this.operations().previewUpdate(type, old, news.values, state), secrets));
        }
        return await this.attempt("updating", request.getUrn(), news, async () => {
            const result = await this.operations().update(type, request.getId(), old, news.values, state, operation(request, call));
            return new proto.UpdateResponse().setProperties(encode(result, secrets));
        });
    }

    async delete(request: proto.DeleteRequest, call: Call): Promise<empty.Empty> {
        const type = this.type(request.getUrn());
        const state = decode(request.getProperties());
        return await this.attempt("deleting", request.getUrn(), state, async () => {
            await this.operations().delete(type, request.getId(), state.values, operation(request, call));
            return new empty.Empty();
        });
    }

    async invoke(request: proto.InvokeRequest, call: Call): Promise<proto.InvokeResponse> {
        const token = request.getTok();
        const entry = this.invokes.get(token);
        const schema = this.definition.schema.functions[token];
        if (entry === undefined || schema === undefined) {
            throw new UserError(unknownName("function", token, token, this.invokes.keys()));
        }
        const failures: Failure[] = [];
        const inputs = checkObject(this.definition.schema, schema.inputs, decode(request.getArgs()).values, "", failures);
        if (failures.length > 0) {
            return new proto.InvokeResponse().setFailuresList(failures.map(failure));
        }
        try {
            const operation = { name: token, timeout: 0, signal: call.signal };
            const result = await entry.invoke(inputs, this.operations().context(entry, inputs, operation));
            return new proto.InvokeResponse().setReturn(encode(result, (entry.secrets ?? []).map((name) => [name])));
        } catch (error) {
            throw new UserError(`calling ${token}: ${this.definition.explain(error)}`);
        }
    }

    private type(urn: string): AnyResourceType<Services> {
        const token = typeOf(urn);
        const type = this.types.get(token);
        if (type === undefined) {
            throw new UserError(unknownName("resource type", token, token, this.types.keys()));
        }
        return type;
    }

    private configured(): Account<Services> {
        if (this.account === undefined) {
            throw new UserError(`the provider "${this.definition.name}" was used before it was configured: this is a fault of the engine or of its plugin set-up`);
        }
        return this.account;
    }

    private operations(): Operations<Services> {
        return new Operations(this.definition.schema, this.configured());
    }

    /** Names type and resource in every error; what exists although it failed is handed to the engine. */
    private async attempt<T>(doing: string, urn: string, inputs: Decoded, work: () => Promise<T>): Promise<T> {
        try {
            return await work();
        } catch (error) {
            const cause = error instanceof Incomplete ? error.reason : error;
            const message = `${doing} ${typeOf(urn)} "${nameOf(urn)}": ${this.definition.explain(cause)}`;
            if (error instanceof Incomplete) {
                throw incompleteError(message, {
                    id: error.id,
                    state: error.state ?? inputs.values,
                    inputs: inputs.values,
                    secrets: inputs.secrets,
                });
            }
            throw new UserError(message);
        }
    }
}

function operation(request: { getUrn(): string; getTimeout(): number }, call: Call): Operation {
    return { name: nameOf(request.getUrn()), timeout: request.getTimeout(), signal: call.signal };
}

function diffResponse(difference: Difference): proto.DiffResponse {
    const response = new proto.DiffResponse()
        .setChanges(difference.changed.length > 0 ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE)
        .setDiffsList([...difference.changed])
        .setReplacesList([...difference.replaces])
        .setDeletebeforereplace(difference.deleteBeforeReplace)
        .setHasdetaileddiff(true);
    for (const { path, kind, replace } of difference.details) {
        response.getDetaileddiffMap().set(path, new proto.PropertyDiff().setKind(kindOf(kind, replace)).setInputdiff(true));
    }
    return response;
}

function kindOf(kind: DiffKind, replace: boolean): proto.PropertyDiff.Kind {
    const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
    const kinds = { add: [ADD, ADD_REPLACE], delete: [DELETE, DELETE_REPLACE], update: [UPDATE, UPDATE_REPLACE] } as const;
    return kinds[kind][replace ? 1 : 0];
}

function failure({ property, reason }: Failure): proto.CheckFailure {
    return new proto.CheckFailure().setProperty(property).setReason(reason);
}

function ownSecrets(type: { readonly secrets?: readonly string[] }): Path[] {
    return (type.secrets ?? []).map((name) => [name]);
}

/** A secret tag is secret among all tags too. */
function withTagsAll(secrets: readonly Path[]): Path[] {
    return secrets.flatMap((path) => (path[0] === "tags" ? [path, ["tagsAll", ...path.slice(1)]] : [path]));
}

function autonaming(options: proto.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
    if (options === undefined) {
        return undefined;
    }
    const { ENFORCE, DISABLE } = proto.CheckRequest.AutonamingOptions.Mode;
    const mode = options.getMode() === ENFORCE ? "enforce" : options.getMode() === DISABLE ? "disable" : "propose";
    return { mode, proposed: options.getProposedName() };
}

/** `urn:pulumi:stack::project::parent$type::name`. A name may contain `::`. */
function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").pop() ?? urn;
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

import assert from "node:assert/strict";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../../../../local/providers/host/errors";
import { type Operation, type ProviderHandlers } from "../../../../local/providers/host/handlers";
import { SILENT_LOG } from "../../../../local/providers/host/log";
import { Incomplete } from "../../../../local/providers/framework/resource";
import { providerHandlers } from "../../../../local/providers/framework/service";
import { decode, encode, type Path, type Properties, UNKNOWN } from "../../../../local/providers/framework/values";
import { box, getBox, toys, type Toys, toySchema } from "./toy";

const URN = "urn:pulumi:local::project::toy:index/box:Box::crate";
const CALL: Operation = { signal: new AbortController().signal, log: SILENT_LOG };

type Provider = Required<ProviderHandlers>;

async function provider(services: Toys, type = box): Promise<Provider> {
    const handlers = providerHandlers<Toys>({
        name: "toy",
        schema: toySchema,
        resources: [type],
        invokes: [getBox],
        explain: (error) => (error instanceof Error ? error.message : String(error)),
        configure: (config) =>
            Promise.resolve({
                region: String(config["region"] ?? "here"),
                defaultTags: (config["defaultTags"] as { tags?: Record<string, string> } | undefined)?.tags ?? {},
                servicesFor: () => services,
            }),
    }) as Provider;
    const config = encode({ region: "here", defaultTags: JSON.stringify({ tags: { owner: "team" } }) });
    await handlers.configure(new proto.ConfigureRequest().setArgs(config), CALL);
    return handlers;
}

async function checked(handlers: Provider, news: Properties, secrets: readonly Path[] = []): Promise<Properties> {
    const request = new proto.CheckRequest().setUrn(URN).setNews(encode(news, secrets)).setRandomseed(Buffer.from("seed"));
    const response = await handlers.check(request, CALL);
    assert.deepEqual(response.getFailuresList(), []);
    return decode(response.getInputs()).values;
}

describe("the provider protocol", () => {
    it("refuses an unknown resource type by name, with the nearest", async () => {
        const handlers = await provider(toys());
        const request = new proto.CheckRequest().setUrn("urn:pulumi:s::p::toy:index/box:Bix::x");
        assert.throws(() => handlers.check(request, CALL), { name: "UserError", message: /resource type "toy:index\/box:Bix" is not known: did you mean "toy:index\/box:Box"\?/ });
    });

    it("refuses an unknown function by name", async () => {
        const handlers = await provider(toys());
        await assert.rejects(async () => await handlers.invoke(new proto.InvokeRequest().setTok("toy:index/getBoxx:getBoxx"), CALL), /function "toy:index\/getBoxx:getBoxx" is not known/);
    });

    it("refuses unknown configuration by name", async () => {
        const handlers = await provider(toys());
        const response = await handlers.checkConfig(new proto.CheckRequest().setNews(encode({ regon: "x", version: "1" })), CALL);
        assert.match(response.getFailuresList()[0]?.getReason() ?? "", /configuration toy:regon: property "regon" is not known: did you mean "region"/);
        await assert.rejects(async () => await handlers.configure(new proto.ConfigureRequest().setArgs(encode({ retries: "many" })), CALL), UserError);
    });

    it("marks the secret results of a function", async () => {
        const handlers = await provider(toys());
        const response = await handlers.invoke(new proto.InvokeRequest().setTok("toy:index/getBox:getBox").setArgs(encode({ name: "a" })), CALL);
        assert.deepEqual(decode(response.getReturn()), { values: { key: "hush", name: "a" }, secrets: [["key"]] });
    });

    it("reports a function's missing and unknown arguments together", async () => {
        const handlers = await provider(toys());
        const response = await handlers.invoke(new proto.InvokeRequest().setTok("toy:index/getBox:getBox").setArgs(encode({ nam: "a" })), CALL);
        assert.deepEqual(response.getFailuresList().map((failure) => failure.getProperty()).sort(), ["nam", "name"]);
    });

    it("calls nothing for a check, a comparison and a preview", async () => {
        const services = toys();
        const handlers = await provider(services);
        const inputs = await checked(handlers, { size: 1 });
        await handlers.diff(new proto.DiffRequest().setUrn(URN).setOldInputs(encode(inputs)).setNews(encode({ ...inputs, size: 2 })), CALL);
        await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(encode(inputs)).setPreview(true), CALL);
        assert.deepEqual(services.calls, []);
    });

    it("shows in a preview of a creation what is known, and as unknown what will be computed", async () => {
        const handlers = await provider(toys());
        const inputs = await checked(handlers, { size: 1 });
        const response = await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(encode(inputs)).setPreview(true), CALL);
        const { values } = decode(response.getProperties());
        assert.deepEqual([values["arn"], values["lid"], values["revision"]], [UNKNOWN, UNKNOWN, UNKNOWN]);
        assert.deepEqual([values["size"], values["region"], values["color"]], [1, "here", undefined]);
    });

    it("shows in a preview of an update only those outputs as unknown that this change concerns", async () => {
        const handlers = await provider(toys());
        const preview = async (news: Properties): Promise<Properties> => {
            const request = new proto.UpdateRequest()
                .setId("a")
                .setUrn(URN)
                .setOldInputs(encode({ size: 1 }))
                .setOlds(encode({ size: 1, arn: "arn:toy:a", revision: 7 }))
                .setNews(encode(news))
                .setPreview(true);
            return decode((await handlers.update(request, CALL)).getProperties()).values;
        };
        assert.deepEqual(await preview({ size: 2 }), { arn: "arn:toy:a", revision: UNKNOWN, size: 2 });
        assert.deepEqual(await preview({ size: 1, open: true }), { arn: "arn:toy:a", open: true, revision: 7, size: 1 });
    });

    it("creates, and a refresh straight after finds nothing changed", async () => {
        const handlers = await provider(toys());
        const inputs = await checked(handlers, { size: 1, labels: ["b", "a", "c"], policy: '{ "x": 1 }', lid: { kind: "flap" }, tags: { a: "1" }, sticky: true });
        const made = await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(encode(inputs)), CALL);
        const request = new proto.ReadRequest().setId(made.getId()).setUrn(URN).setInputs(encode(inputs)).setProperties(made.getProperties());
        const found = await handlers.read(request, CALL);
        assert.deepEqual(decode(found.getInputs()).values, inputs);
        assert.deepEqual(decode(found.getProperties()).values, decode(made.getProperties()).values);
        assert.deepEqual(decode(made.getProperties()).values["tagsAll"], { a: "1", owner: "team" });
        assert.deepEqual(decode(made.getProperties()).values["tags"], { a: "1" });
    });

    it("keeps a secret input secret in inputs and outputs", async () => {
        const handlers = await provider(toys());
        const request = new proto.CheckRequest().setUrn(URN).setNews(encode({ size: 1, color: "red", tags: { key: "hush" } }, [["color"], ["tags", "key"]]));
        const inputs = (await handlers.check(request, CALL)).getInputs();
        assert.deepEqual(decode(inputs).secrets, [["color"], ["tags", "key"], ["tagsAll", "key"]]);
        const made = await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(inputs), CALL);
        assert.deepEqual(decode(made.getProperties()).secrets.map((path) => path.join(".")).sort(), ["color", "tags.key", "tagsAll.key"]);
    });

    it("keeps a property that the type calls secret so, also where nobody marked it, as at an import", async () => {
        const handlers = await provider(toys(), { ...box, secrets: ["color"] });
        const inputs = await checked(handlers, { size: 1, name: "a", color: "red" });
        const made = await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(encode(inputs)), CALL);
        const found = await handlers.read(new proto.ReadRequest().setId("a").setUrn(URN), CALL);
        const updated = await handlers.update(new proto.UpdateRequest().setId("a").setUrn(URN).setOlds(made.getProperties()).setOldInputs(encode(inputs)).setNews(encode({ ...inputs, size: 2 })), CALL);
        for (const properties of [made.getProperties(), found.getProperties(), found.getInputs(), updated.getProperties()]) {
            assert.deepEqual(decode(properties).secrets, [["color"]]);
        }
    });

    it("answers an empty id when the resource has vanished, so that a refresh reports it", async () => {
        const handlers = await provider(toys());
        const found = await handlers.read(new proto.ReadRequest().setId("gone").setUrn(URN).setInputs(encode({ size: 1 })), CALL);
        assert.equal(found.getId(), "");
    });

    it("reports what others changed as inputs, so that the next update puts it right", async () => {
        const services = toys();
        const handlers = await provider(services);
        const inputs = await checked(handlers, { size: 1, name: "a" });
        const made = await handlers.create(new proto.CreateRequest().setUrn(URN).setProperties(encode(inputs)), CALL);
        services.boxes.set("a", { ...services.boxes.get("a"), size: 9, color: "red" });
        const found = await handlers.read(new proto.ReadRequest().setId("a").setUrn(URN).setInputs(encode(inputs)).setProperties(made.getProperties()), CALL);
        const live = decode(found.getInputs()).values;
        assert.deepEqual([live["size"], live["color"]], [9, "red"]);
        const diff = await handlers.diff(new proto.DiffRequest().setUrn(URN).setOldInputs(encode(live)).setNews(encode(inputs)), CALL);
        assert.deepEqual(diff.getDiffsList(), ["color", "size"]);
    });

    it("imports: live inputs and defaults, without what the service computed, equal to a program that says the same", async () => {
        const services = toys();
        const handlers = await provider(services);
        services.boxes.set("a", { size: 4, open: false, lid: { kind: "flap" }, tags: { owner: "team" } });
        const found = await handlers.read(new proto.ReadRequest().setId("a").setUrn(URN), CALL);
        const inputs = await checked(handlers, { size: 4, name: "a" });
        const diff = await handlers.diff(new proto.DiffRequest().setUrn(URN).setOldInputs(found.getInputs()).setNews(encode(inputs)), CALL);
        assert.deepEqual(diff.getDiffsList(), []);
    });

    it("tells the entry exactly what changed", async () => {
        const services = toys();
        const handlers = await provider(services);
        services.boxes.set("a", {});
        const request = new proto.UpdateRequest().setId("a").setUrn(URN).setOldInputs(encode({ size: 1, open: false })).setNews(encode({ size: 2, open: false }));
        await handlers.update(request, CALL);
        assert.deepEqual(services.calls, ["update size", "read"]);
    });

    it("deletes what is gone already without an error", async () => {
        const handlers = await provider(toys());
        await handlers.delete(new proto.DeleteRequest().setId("gone").setUrn(URN), CALL);
    });

    it("names type, resource and reason of a failure", async () => {
        const handlers = await provider(toys(), { ...box, create: () => Promise.reject(new Error("no space: make some")) });
        const request = new proto.CreateRequest().setUrn(URN).setProperties(encode({ size: 1, name: "a" }));
        await assert.rejects(async () => await handlers.create(request, CALL), { name: "UserError", message: 'creating toy:index/box:Box "crate": no space: make some' });
    });

    it("hands what exists but is not in order to the engine, with its id and live state", async () => {
        const services = toys();
        const handlers = await provider(services, {
            ...box,
            create: (inputs) => {
                services.boxes.set("a", { size: inputs["size"] ?? 0, revision: 1 });
                return Promise.reject(new Incomplete("a", new Error("it will not close")));
            },
        });
        const request = new proto.CreateRequest().setUrn(URN).setProperties(encode({ size: 1, name: "a" }));
        await assert.rejects(
            async () => await handlers.create(request, CALL),
            (error: { message: string; metadata: { get(key: string): Buffer[] } }) => {
                const trailer = error.metadata.get("grpc-status-details-bin")[0]?.toString("latin1") ?? "";
                return /it will not close/.test(error.message) && trailer.includes("ErrorResourceInitFailed") && trailer.includes("arn:toy:a");
            },
        );
    });
});

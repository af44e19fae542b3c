/** A small provider for tests: one type `toy:index/box:Box` that lives in a map, and one function. */
import type { AnyResourceType, InvokeType } from "../../../../local/providers/framework/resource";
import type { ProviderSchema } from "../../../../local/providers/framework/schema";
import type { Plain, Properties } from "../../../../local/providers/framework/values";

export interface Toys {
    readonly boxes: Map<string, Record<string, Plain>>;
    readonly calls: string[];
}

export const toySchema: ProviderSchema = {
    version: "1.2.3",
    config: { region: "string", defaultTags: "#toy.Tags", retries: "number" },
    resources: {
        "toy:index/box:Box": {
            inputs: {
                "size!": "number",
                color: "string",
                labels: "[string]",
                lid: "#toy.Lid",
                name: "string",
                namePrefix: "string",
                open: "boolean",
                policy: "json",
                region: "string",
                sticky: "boolean",
                tags: "{string}",
                window: "string",
            },
            outputs: ["arn", "color", "labels", "lid", "name", "namePrefix", "open", "policy", "region", "revision", "size", "sticky", "tags", "tagsAll"],
        },
    },
    functions: { "toy:index/getBox:getBox": { inputs: { "name!": "string" }, outputs: ["key", "name"] } },
    types: { "toy.Lid": { "kind!": "string", hinges: "number" }, "toy.Tags": { tags: "{string}" } },
};

export const box: AnyResourceType<Toys> = {
    token: "toy:index/box:Box",
    source: "https://example.com/box",
    autoName: { property: "name", maximum: 20, prefixProperty: "namePrefix" },
    replaceOn: ["color", "name"],
    defaults: { open: false },
    computed: ["lid"],
    unsupported: ["window"],
    json: ["policy"],
    sets: ["labels"],
    local: ["namePrefix", "sticky"],
    changes: ({ changed }) => (changed.has("size") ? ["revision"] : []),
    problems: ({ size }) => (size === 13 ? [{ property: "size", reason: "13 brings bad luck: take 14" }] : []),
    create: async (inputs, { services }) => {
        services.calls.push("create");
        const id = String(inputs["name"]);
        services.boxes.set(id, live(inputs, 1));
        return id;
    },
    read: async (id, { services }) => {
        services.calls.push("read");
        const found = services.boxes.get(id);
        return found === undefined ? undefined : { ...found, name: id, arn: `arn:toy:${id}` };
    },
    update: async (id, inputs, { services }, { changed }) => {
        services.calls.push(`update ${[...changed].sort().join(",")}`);
        services.boxes.set(id, live(inputs, 2));
    },
    delete: async (id, _state, { services }) => {
        services.calls.push("delete");
        services.boxes.delete(id);
    },
};

export const getBox: InvokeType<Toys> = {
    token: "toy:index/getBox:getBox",
    source: "https://example.com/getBox",
    secrets: ["key"],
    invoke: async (inputs) => ({ key: "hush", name: inputs["name"] ?? "" }),
};

/** As a service returns it: sets in another order, a computed lid, tags of all kinds. */
function live(inputs: Properties, revision: number): Record<string, Plain> {
    const { tagsAll, labels, namePrefix: _prefix, sticky: _sticky, __defaults: _defaults, lid, ...rest } = inputs;
    return {
        ...rest,
        revision,
        lid: { kind: "flap", hinges: 2, ...(lid as object | undefined) },
        ...(Array.isArray(labels) ? { labels: [...labels].reverse() } : {}),
        tags: { ...(tagsAll as Record<string, Plain> | undefined), "aws:made-by": "toy" },
    };
}

export function toys(): Toys {
    return { boxes: new Map(), calls: [] };
}

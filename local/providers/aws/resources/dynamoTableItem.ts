import type { AttributeValue, UpdateItemInput } from "@aws-sdk/client-dynamodb";
import type { TableItemArgs, TableItemState } from "@pulumi/aws/dynamodb/tableItem";
import { canonical } from "../../framework/equal";
import type { Plain } from "../../framework/values";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import type { Inputs, State } from "./types";

type ItemInputs = Inputs<TableItemArgs>;
type Item = Record<string, AttributeValue>;

/** The id is `TABLE|KEY|VALUE`, with a second pair for a range key. Where the item lies is told by its own key attributes. */
export const dynamoTableItem = resourceType<ItemInputs, State<TableItemState>>({
    token: "aws:dynamodb/tableItem:TableItem",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table_item",
    replaceOn: ["hashKey", "rangeKey", "tableName"],

    problems(inputs) {
        const item = parse(inputs.item);
        if (item === undefined) {
            return [{ property: "item", reason: '"item" is not the JSON of an object, and allowed is one like {"id":{"S":"a"}}: build it with JSON.stringify' }];
        }
        return keys(inputs)
            .filter((name) => item[name] === undefined)
            .map((name) => ({ property: "item", reason: `"item" has no attribute "${name}", which is a key of the table: add it` }));
    },

    async create(inputs, { services }) {
        const item = sent(inputs);
        // An item that is there already belongs to somebody else.
        await (await services.dynamodb()).putItem({
            TableName: inputs.tableName,
            Item: item,
            ConditionExpression: "attribute_not_exists(#hash)",
            ExpressionAttributeNames: { "#hash": inputs.hashKey },
        });
        return [inputs.tableName, ...keys(inputs).flatMap((name) => [name, scalar(item[name])])].join("|");
    },

    async read(id, { services }, known) {
        const { tableName, hashKey, rangeKey, item } = known;
        if (tableName === undefined || hashKey === undefined || item === undefined) {
            throw new Error(`the item "${id}" cannot be imported, because its key alone does not tell its attributes: create it`);
        }
        const found = await orAbsent((await services.dynamodb()).getItem({ TableName: tableName, Key: keyOf({ hashKey, rangeKey, item }), ConsistentRead: true }));
        if (found?.Item === undefined) {
            return undefined;
        }
        const live = fromWire(found.Item);
        return { tableName, hashKey, rangeKey, item: canonical(live) === canonical(fromWire(sent({ item }))) ? item : JSON.stringify(live) };
    },

    async update(_id, inputs, context, { old }) {
        // As the real provider: under a new key this makes the record, and the old one goes below.
        await (await context.services.dynamodb()).updateItem({ TableName: inputs.tableName, Key: keyOf(inputs), ...changeOf(sent(old), sent(inputs), keys(inputs)) });
        if (canonical(fromWire(keyOf(old))) !== canonical(fromWire(keyOf(inputs)))) {
            await remove(old, context);
        }
    },

    async delete(_id, state, context) {
        await remove(state as unknown as ItemInputs, context);
    },
});

async function remove(inputs: ItemInputs, { services }: AwsContext): Promise<void> {
    await orAbsent((await services.dynamodb()).deleteItem({ TableName: inputs.tableName, Key: keyOf(inputs) }));
}

/** Sets every attribute of the new record but its keys, and removes those that only the old one has. */
function changeOf(old: Item, news: Item, keyNames: readonly string[]): Omit<UpdateItemInput, "Key" | "TableName"> {
    const set = Object.keys(news).filter((name) => !keyNames.includes(name));
    const removed = Object.keys(old).filter((name) => news[name] === undefined && !keyNames.includes(name));
    const names = Object.fromEntries([...set, ...removed].map((name, index) => [`#n${index}`, name]));
    const clauses = [
        ...(set.length === 0 ? [] : [`SET ${set.map((_, index) => `#n${index} = :v${index}`).join(", ")}`]),
        ...(removed.length === 0 ? [] : [`REMOVE ${removed.map((_, index) => `#n${set.length + index}`).join(", ")}`]),
    ];
    return {
        ...(clauses.length === 0 ? {} : { UpdateExpression: clauses.join(" "), ExpressionAttributeNames: names }),
        ...(set.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(set.map((name, index) => [`:v${index}`, news[name] ?? { NULL: true }])) }),
    };
}

function keys({ hashKey, rangeKey }: Pick<ItemInputs, "hashKey" | "rangeKey">): string[] {
    return rangeKey === undefined || rangeKey === "" ? [hashKey] : [hashKey, rangeKey];
}

function keyOf(inputs: Pick<ItemInputs, "hashKey" | "item" | "rangeKey">): Item {
    const item = sent(inputs);
    return Object.fromEntries(keys(inputs).flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

function scalar(value: AttributeValue | undefined): string {
    return value?.S ?? value?.N ?? (value?.B === undefined ? "" : Buffer.from(value.B).toString("base64"));
}

function parse(text: string): Record<string, Plain> | undefined {
    try {
        const value = JSON.parse(text) as Plain;
        return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Plain>) : undefined;
    } catch {
        return undefined;
    }
}

function sent({ item }: Pick<ItemInputs, "item">): Item {
    return toWire(parse(item) ?? {}) as Item;
}

/** In JSON bytes are base64 texts; the client wants bytes. */
function toWire(value: Plain): unknown {
    if (Array.isArray(value)) {
        return value.map((one: Plain) => toWire(one));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value as Record<string, Plain>);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) {
        const [kind, content] = only;
        if (kind === "B" && typeof content === "string") {
            return { B: Buffer.from(content, "base64") };
        }
        if (kind === "BS" && Array.isArray(content)) {
            return { BS: content.map((text: Plain) => Buffer.from(String(text), "base64")) };
        }
    }
    return Object.fromEntries(entries.map(([key, member]) => [key, toWire(member)]));
}

/** Back to JSON; sets have no order, so they get one. */
function fromWire(value: unknown): Plain {
    if (value instanceof Uint8Array) {
        return Buffer.from(value).toString("base64");
    }
    if (Array.isArray(value)) {
        return value.map(fromWire);
    }
    if (typeof value !== "object" || value === null) {
        return value as Plain;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, member]) => {
            const plain = fromWire(member);
            return [key, /^(SS|NS|BS)$/.test(key) && Array.isArray(plain) ? plain.map(String).sort() : plain];
        }),
    );
}

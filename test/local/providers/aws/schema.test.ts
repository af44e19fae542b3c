import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { formatSchema, generateSchema, sdkFolder } from "../../../../local/providers/aws/generateSchema";
import { resources } from "../../../../local/providers/aws/table";
import { invokes } from "../../../../local/providers/aws/invokes";
import { elementType, type ObjectSchema, properties, referencedType, type TypeName } from "../../../../local/providers/framework/schema";
import { awsSchema } from "./fake";

const FILE = path.join(__dirname, "../../../../local/providers/aws/schema.json");

describe("schema.json of the aws stand-in", () => {
    it("is what the generator makes of the installed @pulumi/aws", function () {
        this.timeout(60_000);
        assert.equal(fs.readFileSync(FILE, "utf8"), formatSchema(generateSchema(sdkFolder())), "run: node --import tsx local/providers/aws/generateSchema.ts");
    });
});

describe("the table of resource types", () => {
    it("has exactly the types and functions of the schema, sorted and once each", () => {
        assert.deepEqual(resources.map(({ token }) => token).sort(), Object.keys(awsSchema.resources).sort());
        assert.deepEqual(invokes.map(({ token }) => token).sort(), Object.keys(awsSchema.functions).sort());
    });

    for (const type of resources) {
        describe(type.token, () => {
            const schema = awsSchema.resources[type.token];
            const inputs = properties(schema?.inputs ?? {});

            it("tells where its rules come from", () => {
                assert.match(type.source, /^https:\/\//);
            });

            it("speaks only of properties that the SDK has", () => {
                const named = [
                    ...type.replaceOn,
                    ...Object.keys(type.defaults ?? {}),
                    ...(type.computed ?? []),
                    ...(type.unsupported ?? []),
                    ...(type.autoName === undefined ? [] : [type.autoName.property, type.autoName.prefixProperty ?? type.autoName.property]),
                ];
                assert.deepEqual(named.filter((name) => !inputs.has(name)), []);
                const paths = [...(type.json ?? []), ...(type.sets ?? []), ...(type.local ?? [])];
                assert.deepEqual(paths.filter((name) => !exists(schema?.inputs ?? {}, name.split("."))), []);
            });

            it("can replace for everything that it cannot update", () => {
                if (type.update === undefined) {
                    const tags = new Set(["region", "tags", ...(type.unsupported ?? [])]);
                    const changeable = [...inputs.keys()].filter((name) => !type.replaceOn.includes(name) && !tags.has(name));
                    assert.deepEqual(changeable, []);
                }
            });

            it("takes arrays without order for sets only where the SDK has arrays", () => {
                for (const set of type.sets ?? []) {
                    assert.match(typeAt(schema?.inputs ?? {}, set.split(".")) ?? "", /^\[/, set);
                }
            });
        });
    }
});

function exists(schema: ObjectSchema, names: readonly string[]): boolean {
    return typeAt(schema, names) !== undefined;
}

function typeAt(schema: ObjectSchema, [name, ...rest]: readonly string[]): TypeName | undefined {
    const type = properties(schema).get(name ?? "")?.type;
    if (type === undefined || rest.length === 0) {
        return type;
    }
    const nested = referencedType(awsSchema, elementType(type) ?? type);
    return nested === undefined ? undefined : typeAt(nested, rest);
}

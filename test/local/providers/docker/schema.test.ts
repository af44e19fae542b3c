import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { DOCKER_SCHEMA, IMAGE_TYPE } from "../../../../local/providers/docker/schema";
import { properties } from "../../../../local/providers/framework/schema";

const require = createRequire(__filename);

/** Members of an interface in a declaration file, required ones with `!`. */
function members(file: string, name: string): string[] {
    const text = fs.readFileSync(require.resolve(`@pulumi/docker/${file}`), "utf8");
    const body = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n(?: {4})?\\}\\n`).exec(text)?.[1] ?? "";
    return [...body.matchAll(/^ {4}(\w+)(\??): /gm)].map(([, member = "", optional]) => `${member}${optional === "" ? "!" : ""}`).sort();
}

const known = (schema: Readonly<Record<string, string>>): string[] => [...properties(schema).values()].map(({ name, required }) => `${name}${required ? "!" : ""}`).sort();

describe("what the docker stand-in knows", () => {
    it("is the image's arguments of the installed SDK", () => {
        assert.deepEqual(known(DOCKER_SCHEMA.resources[IMAGE_TYPE]?.inputs ?? {}), members("image.d.ts", "ImageArgs"));
    });

    it("is the provider's arguments of the installed SDK", () => {
        assert.deepEqual(known(DOCKER_SCHEMA.config), members("provider.d.ts", "ProviderArgs"));
    });

    for (const [type, hidden] of [
        ["DockerBuild", ["contextDigest"]],
        ["CacheFrom", []],
        ["Registry", []],
        ["ProviderRegistryAuth", []],
    ] as const) {
        it(`is ${type} of the installed SDK${hidden.length === 0 ? "" : " and what Check fills in"}`, () => {
            const expected = [...members("types/input.d.ts", type), ...hidden].sort();
            assert.ok(expected.length > hidden.length);
            assert.deepEqual(known(DOCKER_SCHEMA.types[type] ?? {}), expected);
        });
    }
});

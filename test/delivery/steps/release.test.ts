import assert from "node:assert/strict";
import { release } from "../../../delivery/steps/release";
import { Lines } from "../support/lines";

interface Deployed {
    alias?: string;
    weighted?: boolean;
    versions: string[];
    roles?: Record<string, string>;
}

describe("Release", () => {
    let moves: string[];
    beforeEach(() => (moves = []));

    const run = (mode: "direct" | "gradual", functions: Readonly<Record<string, Deployed>>): Promise<void> =>
        release(
            { release: mode, canary: { percent: 10, seconds: 60 }, functions: Object.keys(functions).map((name) => ({ name, alarms: [] })) },
            {
                functions: {
                    aliasVersion: async (name) => {
                        const { alias, weighted = false } = functions[name] ?? { versions: [] };
                        return alias === undefined ? undefined : { version: alias, weighted };
                    },
                    versions: async (name) => functions[name]?.versions ?? [],
                    version: async (name, version) => ({ role: functions[name]?.roles?.[version] ?? "role" }),
                    shareAlias: async () => undefined,
                    moveAlias: async (name, alias, version) => void moves.push(`${name}:${alias} → ${version}`),
                },
                alarms: { states: async () => new Map<string, string>() },
                clock: { now: () => 0, sleep: async () => undefined },
                log: new Lines(),
            },
        );

    it("moves every alias that is not on the newest version, and no other", async () => {
        await run("gradual", { a: { alias: "1", versions: ["1", "2"] }, b: { alias: "2", versions: ["1", "2"] }, c: { alias: "9", versions: ["9", "10"] } });
        assert.deepEqual(moves, ["a:live → 2", "c:live → 10"]);
    });

    it("takes the weights away from an alias that stopped half-way", async () => {
        await run("gradual", { a: { alias: "2", weighted: true, versions: ["1", "2"] } });
        assert.deepEqual(moves, ["a:live → 2"]);
    });

    it("moves nothing when one of the versions has another role", async () => {
        await assert.rejects(run("gradual", { a: { alias: "1", versions: ["1", "2"] }, b: { alias: "1", versions: ["1", "2"], roles: { 2: "other" } } }), /different roles: b \(1 → 2\)/);
        assert.deepEqual(moves, []);
    });

    it("only checks what the update itself has moved", async () => {
        await run("direct", { a: { alias: "2", versions: ["1", "2"] } });
        await assert.rejects(run("direct", { a: { alias: "1", versions: ["1", "2"] } }), /not on the newest version: a \(1 → 2\)/);
        assert.deepEqual(moves, []);
    });

    it("needs an alias and a version of every function", async () => {
        await assert.rejects(run("gradual", { a: { versions: ["1"] } }), /a has no alias "live"/);
        await assert.rejects(run("gradual", { a: { alias: "1", versions: [] } }), /a has no published version/);
    });
});

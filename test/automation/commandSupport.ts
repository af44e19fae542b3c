import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aws } from "../../automation/aws";
import type { Ports } from "../../automation/context";
import { handle } from "./support";

/** The environment runs. */
export const running: Partial<Ports> = { runningLocal: async () => handle };

/** A folder with the stacks `local` and `prod` and a payload, for the tests of one suite. */
export function scratchProject(): { readonly root: () => string } {
    let root = "";
    before(() => {
        root = mkdtempSync(join(tmpdir(), "commands-"));
        writeFileSync(join(root, "Pulumi.yaml"), "name: container-lambdas\n");
        for (const stack of ["local", "prod"]) {
            writeFileSync(join(root, `Pulumi.${stack}.yaml`), "encryptionsalt: x\n");
        }
        mkdirSync(join(root, "inner"));
        writeFileSync(join(root, "inner/payload.json"), '{"from": "file"}');
    });
    after(() => rmSync(root, { recursive: true }));
    return { root: () => root };
}

/** Refuses every call but those given. */
export function fakeAws(change: Partial<Aws> = {}): Aws {
    const refuse = (): never => assert.fail("an unexpected AWS call");
    return {
        invoke: refuse,
        listFunctions: async () => ["container-lambdas-local-json-to-csv", "container-lambdas-local-ping", "other"],
        findEventSourceMapping: refuse,
        readLogs: refuse,
        putObject: refuse,
        listObjects: refuse,
        deleteObject: refuse,
        getObject: refuse,
        sendMessage: refuse,
        ...change,
    };
}

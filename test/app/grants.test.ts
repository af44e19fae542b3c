import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { runProgram } from "../../delivery/rendering/program";
import program = require("../../index");
import { registered } from "../support/mockEngine";
import { type DeclaredRole, declaredRoles, roleLines } from "./support/roles";

const GOLDEN = path.join(__dirname, "golden", "grants.txt");

describe("the roles of the application", function () {
    this.timeout(60_000);
    let roles: DeclaredRole[];

    before(async () => {
        await runProgram(program, { stack: "local" });
        roles = declaredRoles(registered());
    });

    it("may do what the committed list says, no more and no less", () => {
        const actual = `${roles.map((role) => roleLines(role).join("\n")).join("\n\n")}\n`;
        if (process.env.UPDATE_GOLDEN !== undefined) {
            fs.writeFileSync(GOLDEN, actual);
        }
        assert.equal(actual, fs.readFileSync(GOLDEN, "utf8"), "Rights have changed. If that is meant, accept the new list with UPDATE_GOLDEN=1 and look at its diff.");
    });

    it("are one for each function, each schedule and each state machine, and all have some right", () => {
        const count = (type: string): number => registered().filter((one) => one.type === type).length;
        const users = ["aws:lambda/function:Function", "aws:scheduler/schedule:Schedule", "aws:sfn/stateMachine:StateMachine"].map(count);
        assert.equal(count("aws:lambda/function:Function"), 15);
        assert.equal(roles.length, users.reduce((sum, one) => sum + one, 0));
        assert.deepEqual(roles.filter(({ statements }) => statements.length === 0), []);
        assert.equal(new Set(roles.map(({ name }) => name)).size, roles.length);
    });

    it("stand on named resources only: `*` nowhere but where the action knows no other, with the reason beside it", () => {
        const lines = roles.flatMap(roleLines);
        assert.deepEqual(lines.filter((line) => line.includes("NO REASON IS KNOWN") || line.includes("undefined")), []);
        assert.deepEqual(lines.filter((line) => /^ {4}\S*\*/.test(line)), [], "an action is written out");
        assert.deepEqual(lines.filter((line) => line.trim() === "*"), [], "no action of this application needs it");
    });
});

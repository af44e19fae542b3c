import assert from "node:assert/strict";
import { uncovered } from "../../delivery/security/exceptions";
import { scan } from "../../delivery/security/scan";
import { runProgram } from "../../delivery/rendering/program";
import program = require("../../index");
import { registered } from "../support/mockEngine";

describe("the application in app/", function () {
    this.timeout(60_000);

    it("breaks no security rule, but for exceptions with a reason", async () => {
        await runProgram(program, { stack: "local" });
        assert.deepEqual(uncovered(scan(registered())), []);
        assert.ok(registered().some(({ type }) => type === "aws:lambda/function:Function"));
    });
});

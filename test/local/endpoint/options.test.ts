import assert from "node:assert/strict";
import { InvalidInputError } from "../../../components/manifest/problem";
import { parseOptions } from "../../../local/endpoint/options";

const GOOD = ["--port", "0", "--ministack", "http://127.0.0.1:1", "--registry", "127.0.0.1:5000", "--docker-host", "unix:///d.sock", "--account", "000000000000", "--region", "us-east-1", "--root", "/c"];

describe("endpoint: command line", () => {
    it("takes the agreed arguments, with and without the optional ones", () => {
        assert.equal(parseOptions(GOOD).registryListen, undefined);
        const full = parseOptions([...GOOD, "--bridge", "172.17.0.1", "--registry-listen", "5001"]);
        assert.deepEqual([full.bridge, full.registryListen, full.port], ["172.17.0.1", 5001, 0]);
    });

    it("reports every wrong and missing argument at once", () => {
        assert.throws(
            () => parseOptions(["--port", "70000", "--ministack", "ftp://x", "--registry", "nohost", "--docker-host", "npipe://x", "--account", "1"]),
            (error: unknown) => error instanceof InvalidInputError && error.problems.map((problem) => problem.key).join() === "--port,--ministack,--registry,--docker-host,--account,--region,--root",
        );
    });

    it("refuses an argument that it does not know", () => {
        assert.throws(() => parseOptions([...GOOD, "--verbose"]), /--verbose/);
    });
});

import assert from "node:assert/strict";
import { releaseMode } from "../../../components/settings/releaseMode";

describe("who moves aliases", () => {
    it("is the pipeline only where there is one with a stage for it; else nobody would", () => {
        assert.equal(releaseMode({ delivery: "tag", release: "gradual" }), "gradual");
        assert.equal(releaseMode({ delivery: "tag", release: "direct" }), "direct");
        assert.equal(releaseMode({ delivery: "none", release: "gradual" }), "direct");
    });
});

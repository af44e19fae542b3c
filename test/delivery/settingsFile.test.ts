import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { stepSettingsFile } from "../../delivery/settingsFile";

describe("the settings of a step that must not build", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "settings-"))));
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    it("are the stack's own with images adopted; the committed file stays as it is", async () => {
        const text = "# why\nconfig:\n  aws:region: eu-central-1\n  p:images: build\n  p:secret:\n    secure: v1:a\nencryptionsalt: v1:b\n";
        fs.writeFileSync(path.join(root, "Pulumi.dev.yaml"), text);
        const file = await stepSettingsFile(root, { project: "p", stack: "dev", images: "build" });
        assert.equal(file, path.join(root, ".delivery", "Pulumi.dev.yaml"));
        assert.deepEqual(parse(fs.readFileSync(file ?? "", "utf8")), {
            config: { "aws:region": "eu-central-1", "p:images": "adopt", "p:secret": { secure: "v1:a" } },
            encryptionsalt: "v1:b",
        });
        assert.equal(fs.readFileSync(path.join(root, "Pulumi.dev.yaml"), "utf8"), text);
    });

    it("are the stack's own file where it builds nothing anyway", async () => {
        for (const images of ["adopt", "release"] as const) {
            assert.equal(await stepSettingsFile(root, { project: "p", stack: "prod", images }), undefined);
        }
    });
});

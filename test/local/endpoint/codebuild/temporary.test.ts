import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { makeTemporary, removeTemporary } from "../../../../local/endpoint/codebuild/temporary";
import { removeTemporaryFolders, temporaryFolder } from "../../toolchain/temporary";
import { BuildYard } from "./checkout";

describe("emulated CodeBuild: temporary files of a build", () => {
    after(removeTemporaryFolders);

    it("lie outside the checkout, whose packages would be found from below it, and go with the build", async () => {
        const yard = new BuildYard();
        try {
            const commands = ["touch $TMPDIR/left", "echo temporary=$TMPDIR", "ls $TMPDIR"].map((line) => `      - ${line}\n`).join("");
            await yard.call("CreateProject", yard.project(`version: 0.2\nphases:\n  build:\n    commands:\n${commands}`));
            const { log } = await yard.build();
            const folder = /^temporary=(.+)$/m.exec(log)?.[1] ?? "";
            assert.match(log, /^left$/m);
            assert.ok(path.isAbsolute(folder) && path.relative(yard.root, folder).startsWith(".."), folder);
            assert.equal(fs.existsSync(folder), false);
        } finally {
            await yard.close();
        }
    });

    it("are found by the build's own folder after the emulator was killed, and removed once", async () => {
        const build = temporaryFolder();
        const folder = makeTemporary(build);
        fs.writeFileSync(path.join(folder, "left"), "");
        await removeTemporary(build);
        assert.deepEqual([fs.existsSync(folder), fs.readdirSync(build)], [false, []]);
        await removeTemporary(build);
    });
});

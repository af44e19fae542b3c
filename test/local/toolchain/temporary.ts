import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const made: string[] = [];

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cl-test-")));
    made.push(folder);
    return folder;
}

/** For `afterEach`. */
export function removeTemporaryFolders(): void {
    made.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
}

/** Writes files given as path → content below a folder; content that begins with "#!" becomes executable. */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
        const file = path.join(root, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
    }
}

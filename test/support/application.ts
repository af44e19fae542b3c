import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const PROJECT = path.join(__dirname, "..", "..");

/** What tests of the product put in the place of `app/`, so that they pass whatever application a person has there. */
export const APPLICATION = "test/application/app";

let tree: string | undefined;

/** A checkout, as far as the program reads one, whose `app/` is the test application. Removed when the process ends. */
export function applicationTree(): string {
    tree ??= createTree();
    return tree;
}

function createTree(): string {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "cl-application-"));
    process.once("exit", () => fs.rmSync(root, { recursive: true, force: true }));
    // Copies, because a module behind a link imports what stands beside the link's end. The rest is linked, and so the same
    // modules as those that the tests load.
    fs.cpSync(path.join(PROJECT, APPLICATION), path.join(root, "app"), { recursive: true });
    fs.copyFileSync(path.join(PROJECT, "index.ts"), path.join(root, "index.ts"));
    for (const name of ["components", "node_modules", "settings.ts"]) {
        fs.symlinkSync(path.join(PROJECT, name), path.join(root, name));
    }
    return root;
}

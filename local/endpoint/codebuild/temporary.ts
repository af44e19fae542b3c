import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const LINK = "tmp";

/**
 * Makes a build's folder for temporary files. It is the system's, as on AWS: below the checkout, whatever a build tries
 * there would find the checkout's packages and settings above it. A link in the build's own folder names it.
 */
export function makeTemporary(buildFolder: string): string {
    const temporary = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), "cl-build-")));
    fs.symlinkSync(temporary, path.join(buildFolder, LINK));
    return temporary;
}

/** Removes it with all that the build left in it; does nothing where there is none. */
export async function removeTemporary(buildFolder: string): Promise<void> {
    const link = path.join(buildFolder, LINK);
    if (fs.existsSync(link)) {
        await fs.promises.rm(fs.realpathSync(link), { recursive: true, force: true });
    }
    fs.rmSync(link, { force: true });
}

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A copy of the project that may be changed at will: what is tracked, and what is untracked and not ignored. */
export class ProjectCopy {
    private constructor(
        readonly root: string,
        /** Beside the copy; removed with it. */
        readonly parent: string,
    ) {}

    /** Packages are linked: nobody may change those. */
    static create(project: string, name: string): ProjectCopy {
        const parent = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
        const root = path.join(parent, "project");
        const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: project, encoding: "utf8", maxBuffer: 1 << 28 });
        // A tracked file that was deleted and not yet committed is listed as well.
        for (const file of listed.split("\0").filter((one) => one !== "" && fs.existsSync(path.join(project, one)))) {
            fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
            fs.copyFileSync(path.join(project, file), path.join(root, file));
        }
        fs.symlinkSync(path.join(project, "node_modules"), path.join(root, "node_modules"));
        return new ProjectCopy(root, parent);
    }

    remove(): void {
        fs.rmSync(this.parent, { recursive: true, force: true });
    }
}

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { assertSuccess, Checkout } from "./checkout";
import { clientsOf } from "./clients";
import { exportState } from "./stackState";

/**
 * Leaves of stack `local` its repositories with their images and nothing else: all other resources are destroyed, every object of
 * the state's bucket is deleted, and a new state is made that knows nothing but the repositories, imported by name.
 */
export async function forgetEverythingButImages(checkout: Checkout): Promise<void> {
    const pulumi = async (...args: string[]): Promise<void> => void assertSuccess(await checkout.local("pulumi", [...args, "--non-interactive", "--color", "never"]));
    const repositories = (await exportState(checkout)).resources.filter(({ type }) => type === "aws:ecr/repository:Repository").map(({ urn }) => urn);
    assert.notEqual(repositories.length, 0);
    await pulumi("state", "protect", ...repositories, "--stack", "local", "--yes");
    await pulumi("destroy", "--stack", "local", "--yes", "--skip-preview", "--exclude-protected");
    const { stateBucket } = clientsOf(await checkout.environment());
    assertSuccess(await checkout.local("aws", ["s3", "rm", "--recursive", "--quiet", `s3://${stateBucket}`]));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cl-import-"));
    try {
        const file = path.join(folder, "import.json");
        fs.writeFileSync(file, JSON.stringify({ resources: repositories.map((urn) => urn.slice(urn.lastIndexOf("::") + 2, -"-repository".length)).flatMap(importedRepository) }));
        await pulumi("stack", "init", "local", "--no-select", "--secrets-provider", "passphrase");
        await pulumi("import", "--stack", "local", "--file", file, "--yes", "--skip-preview", "--generate-code=false", "--protect=false");
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

function importedRepository(image: string): object[] {
    return [
        { type: "container-lambdas:images:ImageRepository", name: image, component: true },
        { type: "aws:ecr/repository:Repository", name: `${image}-repository`, id: `container-lambdas-local/${image}`, parent: image },
    ];
}

import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckReport, Ports } from "../../automation/context";
import type { Settings } from "../../components/settings/definitions";
import { parseSettings } from "../../components/settings/parseSettings";
import { handle } from "./support";

const connection = "arn:aws:codeconnections:us-east-1:000000000000:connection/11";

/** Values of the stack files of the test project. */
const stacks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    local: { runsOn: "emulator" },
    "local-dev": { runsOn: "emulator", delivery: "branch", repository: "o/n", connectionArn: connection },
    "local-prod": { runsOn: "emulator", delivery: "tag", repository: "o/n", connectionArn: connection, releasesFrom: "local-dev", images: "release", releaseManifest: "releases/local-prod.json", registry: "external" },
    dev: { delivery: "branch", repository: "o/n", connectionArn: connection },
};

function settingsOf(stack: string): Settings {
    const own = Object.entries(stacks[stack]).map(([key, value]) => [`container-lambdas:${key}`, { value, file: "f" }] as const);
    const { settings, problems } = parseSettings({ project: "container-lambdas", stack, values: { "aws:region": { value: "us-east-1", file: "f" }, ...Object.fromEntries(own) } });
    return settings ?? assert.fail(JSON.stringify(problems));
}

/** A folder with a project of four stacks, and the settings of those. Removed by `remove`. */
export function deliveryProject(): { readonly root: string; readonly check: Ports["check"]; readonly remove: () => void } {
    const root = mkdtempSync(join(tmpdir(), "delivery-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: container-lambdas\n");
    Object.keys(stacks).forEach((stack) => writeFileSync(join(root, `Pulumi.${stack}.yaml`), "encryptionsalt: x\n"));
    const report: CheckReport = { problems: [], settings: Object.fromEntries(Object.keys(stacks).map((stack) => [stack, settingsOf(stack)])) };
    return { root, check: async () => report, remove: () => rmSync(root, { recursive: true }) };
}

/** A local environment that runs already. */
export const running: Partial<Ports> = { startLocal: async () => handle, runningLocal: async () => handle };

/** Answers of git by the first words of its arguments; the longest match wins, anything else fails the test. */
export function fakeGit(answers: Readonly<Record<string, string>>): Ports["capture"] {
    return async (command, args) => {
        assert.deepEqual([command, args[0]], ["git", "-C"]);
        const line = args.slice(2).join(" ");
        const [match] = Object.keys(answers).filter((start) => line.startsWith(start)).sort((a, b) => b.length - a.length);
        return match === undefined ? { status: 1, output: "" } : { status: 0, output: answers[match] };
    };
}

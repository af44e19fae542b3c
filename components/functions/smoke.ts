import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Command } from "@pulumi/command/local/command";
import { FunctionModel } from "../manifest/model";

interface SmokeTarget {
    readonly model: FunctionModel;
    readonly functionName: string;
    readonly region: string;
    readonly version: pulumi.Input<string>;
}

/** Relative to the project: an absolute path would stand in the state and differ between checkouts. */
const SCRIPT = "node --import tsx components/functions/smokeTest.ts";

/**
 * Invokes a new version before the alias may move to it. A failure leaves the version published and the alias where it
 * was; since the trigger never reached the state, the next update runs the test again and nothing else.
 * @returns undefined where the manifest has no smoke test.
 */
export function declareSmokeTest(name: string, target: SmokeTarget, parent: pulumi.Resource): Command | undefined {
    const { smoke } = target.model;
    if (smoke === undefined) {
        return undefined;
    }
    const payload = JSON.stringify(smoke.payload ?? null);
    const expect = smoke.expect === undefined ? "" : JSON.stringify(smoke.expect);
    const question = createHash("sha256").update(`${payload}\n${expect}`).digest("hex").slice(0, 12);
    return new Command(
        `${name}-smoke-test`,
        {
            create: SCRIPT,
            environment: {
                AWS_REGION: target.region,
                SMOKE_EXPECT: expect,
                SMOKE_FUNCTION: target.functionName,
                SMOKE_PAYLOAD: payload,
                SMOKE_VERSION: target.version,
            },
            triggers: [target.version, question],
        },
        { parent },
    );
}

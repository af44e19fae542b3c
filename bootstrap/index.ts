import * as pulumi from "@pulumi/pulumi";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { withErrorReport } from "../components/errorReport";
import { declareSeed } from "./seed";
import { fromEngine, requireSeedSettings } from "./settings";

/** The seed of one account: what pipelines stand on and may never change themselves. One stack is one account. */
async function program(): Promise<Record<string, unknown>> {
    const name = pulumi.getProject();
    const texts = pulumi.runtime.allConfig();
    const settings = requireSeedSettings(`bootstrap/Pulumi.${pulumi.getStack()}.yaml`, fromEngine(name, texts), process.env);
    const { accountId } = await getCallerIdentity();
    return declareSeed(settings, {
        // The project whose pipelines these are: names of both begin the same.
        project: name.replace(/-bootstrap$/, ""),
        accountId,
        region: texts["aws:region"],
        engineBucket: settings.engineBucket,
    });
}

export = (): Promise<Record<string, unknown>> => withErrorReport(program);

import { deliveryOptions, DeliveryOptions } from "../../../components/deliveryPipeline/options";
import { parseSettings } from "../../../components/settings/parseSettings";
import { rawConfiguration } from "../../../components/settings/rawConfiguration";
import { lines } from "../manifest/support";

export const ACCOUNT = "123456789012";
const CONNECTION = `arn:aws:codeconnections:us-east-1:${ACCOUNT}:connection/0a1b2c3d-0000-4000-8000-000000000000`;

const SOURCE = { repository: "me/app", connectionArn: CONNECTION };
export const BRANCH = { ...SOURCE, delivery: "branch" };
export const TAG = { ...SOURCE, delivery: "tag", releasesFrom: "dev", images: "release", releaseManifest: "release.json", registry: "external" };

/** The options that a stack with these settings has. */
export function optionsOf(settings: Readonly<Record<string, unknown>>, stack = "dev", project = "container-lambdas"): DeliveryOptions {
    const own = Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]);
    const parsed = parseSettings(rawConfiguration(project, stack, { "aws:region": "us-east-1", ...Object.fromEntries(own) }));
    const options = parsed.settings === undefined ? undefined : deliveryOptions(parsed.settings, ACCOUNT);
    if (options === undefined) {
        throw new Error(`The settings have no delivery:\n${lines(parsed.problems).join("\n")}`);
    }
    return options;
}

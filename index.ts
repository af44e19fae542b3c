import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Infrastructure, RESOURCES } from "./app/infrastructure";
import { withErrorReport } from "./components/errorReport";
import { declareFunctions } from "./components/functions/projectFunctions";
import { chooseImages } from "./components/images/chooseImages";
import { declareImages, declareRepositories } from "./components/images/projectImages";
import { loadProject } from "./components/project";
import { mapOwnFramesOnly } from "./components/stackFrames";
import { readSettings } from "./settings";

/** One stack is one environment; its name and settings are all that differ. */
async function program(): Promise<Record<string, unknown>> {
    mapOwnFramesOnly();
    const settings = readSettings();
    const root = process.cwd();
    const project = loadProject(root, settings, RESOURCES);
    const prefix = `${settings.project}-${settings.stack}`;
    const layout = settings.repositories;

    const [{ accountId }, sources] = await Promise.all([getCallerIdentity(), chooseImages(project.images, { ...settings, prefix, root })]);
    const place = { accountId, region: settings.region };
    const app = new Infrastructure("app", { prefix, accountId, protectData: settings.protectData });
    const repositories =
        settings.registry === "own"
            ? declareRepositories(project.images, { prefix, layout, ...place, keepImages: settings.keepImages, forceDelete: !settings.protectData })
            : {};
    const images = declareImages(project.images, { prefix, layout, sources, repositories, maxParallelBuilds: settings.maxParallelBuilds });
    const functions = declareFunctions(project.functions, {
        prefix,
        place,
        handles: app.handles,
        imageUris: mapValues(images, (image) => image.imageUri),
        logRetentionDays: settings.logRetentionDays,
        release: settings.release,
        alarmTopicArn: settings.alarmTopicArn,
    });

    return {
        functions: mapValues(functions, ({ arn, aliasArn, imageUri, version }) => ({ arn, alias: aliasArn, imageUri, version })),
        images: mapValues(images, ({ key, digest, registered }) => ({ key, digest, registered })),
        repositories: mapValues(repositories, ({ repositoryUrl }) => repositoryUrl),
        rawBucket: app.rawBucket,
        stageBucket: app.stageBucket,
        queues: app.queues,
    };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

export = (): Promise<Record<string, unknown>> => withErrorReport(program);

import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { Infrastructure, RESOURCES } from "./app/infrastructure";
import { DeliveryPipeline } from "./components/deliveryPipeline/DeliveryPipeline";
import { functionBoundaryArn } from "./components/deliveryPipeline/names";
import { deliveryOptions } from "./components/deliveryPipeline/options";
import { commitOutput, imageNames, programScope } from "./components/deliveryPipeline/programScope";
import { withErrorReport } from "./components/errorReport";
import { deleteNothingAfterFailure } from "./components/failedUpdate";
import { declareFunctions } from "./components/functions/projectFunctions";
import { chooseImages } from "./components/images/chooseImages";
import type { ImageRepository } from "./components/images/ImageRepository";
import { declareImages, declareRepositories } from "./components/images/projectImages";
import { PreviousOutputs } from "./components/previousOutputs";
import { FUNCTIONS_DIRECTORY, LAYER_DIRECTORY, loadProject } from "./components/project";
import { releaseMode } from "./components/settings/releaseMode";
import { mapOwnFramesOnly } from "./components/stackFrames";
import { readSettings, Settings } from "./settings";

/** One stack is one environment; its name and settings are all that differ. */
async function program(): Promise<Record<string, unknown>> {
    mapOwnFramesOnly();
    deleteNothingAfterFailure();
    const settings = readSettings();
    return programScope(process.env) === "delivery" ? declareDelivery(settings) : declareEverything(settings);
}

async function declareEverything(settings: Settings): Promise<Record<string, unknown>> {
    const root = process.cwd();
    const project = loadProject(root, settings, RESOURCES);
    const prefix = `${settings.project}-${settings.stack}`;
    const layout = settings.repositories;
    const previous = new PreviousOutputs();

    const [{ accountId }, sources] = await Promise.all([getCallerIdentity(), chooseImages(project.images, { ...settings, prefix, root, previous })]);
    const delivery = await pipeline(settings, accountId, previous);
    // The role that deploys for a pipeline may make no role without it.
    const permissionsBoundary = settings.delivery === "none" ? undefined : functionBoundaryArn({ ...settings, accountId });
    const app = new Infrastructure("app", { prefix, accountId, region: settings.region, protectData: settings.protectData, permissionsBoundary });
    const repositories = ownRepositories(project.images, settings, accountId);
    const images = declareImages(project.images, { prefix, layout, sources, repositories, maxParallelBuilds: settings.maxParallelBuilds });
    const functions = declareFunctions(project.functions, {
        prefix,
        place: { accountId, region: settings.region },
        handles: app.handles,
        imageUris: mapValues(images, (image) => image.imageUri),
        logRetentionDays: settings.logRetentionDays,
        release: releaseMode(settings),
        alarmTopicArn: settings.alarmTopicArn,
        permissionsBoundary,
    });
    app.connect(functions);

    return {
        // First, so that an application cannot take the place of what commands and other stacks rely on.
        ...app.outputs,
        functions: mapValues(functions, ({ arn, aliasArn, imageUri, version }) => ({ arn, alias: aliasArn, imageUri, version })),
        images: mapValues(images, ({ key, digest, registered }) => ({ key, digest, registered })),
        repositories: mapValues(repositories, ({ repositoryUrl }) => repositoryUrl),
        ...delivery,
    };
}

/** What a self-update may change. No manifest and no Dockerfile is read, and the outputs of the rest stay as they are. */
async function declareDelivery(settings: Settings): Promise<Record<string, unknown>> {
    const previous = new PreviousOutputs();
    const { accountId } = await getCallerIdentity();
    const delivery = await pipeline(settings, accountId, previous);
    ownRepositories(imageNames(process.cwd(), FUNCTIONS_DIRECTORY, LAYER_DIRECTORY).map((name) => ({ name })), settings, accountId);
    return { ...(await previous.all()), ...delivery };
}

/** The stack's pipeline, if it has one, and what the stack's outputs say of it. */
async function pipeline(settings: Settings, accountId: string, previous: PreviousOutputs): Promise<Record<string, unknown>> {
    const delivery = deliveryOptions(settings, accountId);
    if (delivery === undefined) {
        return {};
    }
    const commit = await commitOutput(process.env, previous);
    const { protectData: protectKernel, logRetentionDays } = settings;
    return { pipelineName: new DeliveryPipeline("delivery", { delivery, protectKernel, logRetentionDays }).pipelineName, ...commit };
}

function ownRepositories(images: readonly { readonly name: string }[], settings: Settings, accountId: string): Record<string, ImageRepository> {
    const { project, stack, region, repositories: layout, registry, keepImages, protectData } = settings;
    const options = { prefix: `${project}-${stack}`, layout, accountId, region, keepImages, forceDelete: !protectData };
    return registry === "own" ? declareRepositories(images, options) : {};
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

export = (): Promise<Record<string, unknown>> => withErrorReport(program);

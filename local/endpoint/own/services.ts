import { setTimeout as sleep } from "node:timers/promises";
import * as os from "node:os";
import * as path from "node:path";
import { cacheFolder, checkoutPaths } from "../../toolchain/paths";
import { readRunningNote } from "../../toolchain/running";
import { readState } from "../../toolchain/state";
import { exportedVariables } from "../../toolchain/variables";
import type { BuildImage } from "../codebuild/environment";
import { CodeBuildService } from "../codebuild/service";
import { CodeConnectionsService } from "../codeconnections/service";
import { pushHandler } from "../codepipeline/push";
import { noticesThrough } from "../codepipeline/approvalNotice";
import { StoredArtifacts } from "../codepipeline/artifacts";
import { CodePipelineRunner } from "../codepipeline/runner";
import type { Emulator } from "../emulator";
import { NotificationsService } from "../notifications/service";
import { call, type JsonObject } from "../call";
import type { Upstream } from "../forward";
import type { EndpointOptions } from "../options";
import { OwnServices } from "./dispatch";
import { objectsThrough } from "./objects";
import type { Rights } from "./rights";

/** The services that the endpoint plays itself, wired to each other. */
export interface PlayedServices {
    readonly own: OwnServices;
    readonly push: (body: JsonObject) => Promise<unknown>;
    close(): Promise<void>;
}

/**
 * @param ministack Pipelines that an earlier endpoint left go on when it answers.
 * @param url The endpoint's own address, known once it listens.
 */
export async function startServices(options: EndpointOptions, ministack: Upstream, emulator: Emulator, rights: Rights, url: () => string): Promise<PlayedServices> {
    const { root, account, region } = options;
    const objects = objectsThrough(url, region);
    const codeBuild = new CodeBuildService({ root, account, region, rights, objects, image: () => buildImage(options, url()) });
    await codeBuild.recover();
    const notifications = new NotificationsService({ root, account, region, emulator, rights });
    const pipelines = new CodePipelineRunner({
        root,
        account,
        region,
        rights,
        builds: codeBuild,
        artifacts: new StoredArtifacts({ account, region, rights, objects }),
        tellApprover: noticesThrough({ account, region, endpoint: url, rights }),
        notify: (resource, eventTypeId, message) => notifications.publish(resource, eventTypeId, message),
        putEvent: async ({ detailType, resources, detail }) => {
            const entry = { Source: "aws.codepipeline", DetailType: detailType, Resources: resources, Detail: JSON.stringify(detail) };
            await emulator.internal("put-event", { entry });
        },
    });
    const own = new OwnServices([codeBuild, pipelines.api, new CodeConnectionsService({ root, account, region }), notifications], rights);
    const closing = new AbortController();
    if (pipelines.service.repositories().length > 0) {
        void answering(ministack, closing.signal).then((answers) => (answers ? pipelines.recover() : undefined));
    }
    return {
        own,
        push: pushHandler(pipelines),
        close: async () => {
            closing.abort();
            // First, or the end of a running build would let the next one start.
            pipelines.close();
            await codeBuild.close();
        },
    };
}

/** Waits until MiniStack can be asked for rights; false if the endpoint closes before. */
async function answering(ministack: Upstream, closing: AbortSignal): Promise<boolean> {
    while (!closing.aborted) {
        const answer = await call(ministack, { method: "GET", path: "/_ministack/health", headers: ["Host", "127.0.0.1"] }).catch(() => undefined);
        if (answer?.status === 200) {
            return !closing.aborted;
        }
        await sleep(200, undefined, { ref: false });
    }
    return false;
}

/** What the emulated build image offers: what `npm run local:env` exports, read anew for each build since a start may change it. */
function buildImage(options: EndpointOptions, url: string): BuildImage {
    const paths = checkoutPaths(options.root);
    const state = readState(paths);
    const note = readRunningNote(paths);
    const exported = state === undefined || note === undefined ? {} : exportedVariables(paths, state, note);
    return { exported: { ...exported, DOCKER_HOST: options.dockerHost }, machine: process.env, home: os.homedir(), cacheHome: path.dirname(cacheFolder()), node: path.dirname(process.execPath), url, region: options.region };
}

import type { Architecture } from "../manifest/model";
import type { ComputeSize, Settings } from "../settings/definitions";
import type { PipelineKind } from "./blueprint";
import { DeliveryPlace, seedNames } from "./names";

/** Where commits come from. */
export type DeliverySource =
    | {
          readonly kind: "connection";
          /** A connection that a person completed once; it starts pending. */
          readonly connectionArn: string;
          /** `OWNER/NAME`. */
          readonly repository: string;
      }
    | { readonly kind: "codecommit"; readonly repository: string };

/** Everything that a pipeline's definition is made of. Plain values only: what it looks like is known before anything is called. */
export interface DeliveryOptions extends DeliveryPlace {
    /** `branch` builds, tests and deploys every push; `tag` deploys with approvals what another stack tested. */
    readonly kind: PipelineKind;
    readonly runsOn: "account" | "emulator";
    readonly source: DeliverySource;
    /** Followed by the kind `branch`. */
    readonly branch: string;
    /** Glob; followed by the kind `tag`. */
    readonly tagPattern: string;
    /** Bucket of Pulumi's state and of delivery records; the seed's. */
    readonly stateBucket: string;
    /** The stack whose releases are deployed; the kind `tag` needs it. */
    readonly releasesFrom?: string;
    /** Processor of the machines: images are built without emulation then. */
    readonly architecture: Architecture;
    readonly compute: ComputeSize;
    readonly buildCompute: ComputeSize;
    /** `privileged`: an engine in the build's own container. `server`: CodeBuild's Docker server, which keeps layers. */
    readonly buildDocker: "privileged" | "server";
    readonly cache: "none" | "s3" | "local";
    /** Of all steps. @default the standard image of AWS for the architecture */
    readonly buildImage?: string;
    /** 5 to 2,160. */
    readonly stepTimeoutMinutes: number;
    /** 5 to 86,400. */
    readonly approvalTimeoutMinutes: number;
}

/** What a stack's settings say about its pipeline; undefined where it has none. */
export function deliveryOptions(settings: Settings, accountId: string): DeliveryOptions | undefined {
    const { project, stack, region, delivery, repository = "", connectionArn = "" } = settings;
    if (delivery === "none") {
        return undefined;
    }
    return {
        project,
        stack,
        accountId,
        region,
        kind: delivery,
        runsOn: settings.runsOn,
        source:
            settings.deliverySource === "codecommit" ? { kind: "codecommit", repository } : { kind: "connection", repository, connectionArn },
        branch: settings.branch,
        tagPattern: settings.tagPattern,
        stateBucket: settings.stateBucket ?? seedNames({ project, accountId }).stateBucket,
        ...(settings.releasesFrom === undefined ? {} : { releasesFrom: settings.releasesFrom }),
        architecture: settings.architecture,
        compute: settings.deliveryCompute,
        buildCompute: settings.buildCompute,
        buildDocker: settings.buildDocker,
        cache: settings.deliveryCache,
        ...(settings.buildImage === undefined ? {} : { buildImage: settings.buildImage }),
        stepTimeoutMinutes: settings.stepTimeoutMinutes,
        approvalTimeoutMinutes: settings.approvalTimeoutMinutes,
    };
}

import type { AwsResourceType } from "./clients";
import { bucket } from "./resources/bucket";
import { bucketLifecycle } from "./resources/bucketLifecycle";
import { bucketNotification } from "./resources/bucketNotification";
import { bucketEncryption, bucketOwnershipControls, bucketPolicy, bucketPublicAccessBlock, bucketVersioning } from "./resources/bucketSettings";
import { dynamoTable } from "./resources/dynamoTable";
import { eventRule, eventTarget } from "./resources/eventRule";
import { eventSourceMapping } from "./resources/eventSourceMapping";
import { lambdaFunction } from "./resources/function";
import { functionAlias } from "./resources/functionAlias";
import { functionEventInvokeConfig, functionUrl, provisionedConcurrency } from "./resources/functionSettings";
import { key, keyAlias } from "./resources/key";
import { logGroup } from "./resources/logGroup";
import { metricAlarm } from "./resources/metricAlarm";
import { permission } from "./resources/permission";
import { queue, queuePolicy } from "./resources/queue";
import { repository } from "./resources/repository";
import { lifecyclePolicy, repositoryPolicy } from "./resources/repositoryPolicies";
import { role } from "./resources/role";
import { rolePolicy } from "./resources/rolePolicy";
import { schedule } from "./resources/schedule";

/** Every resource type of the stand-in. */
export const resources: readonly AwsResourceType[] = [
    bucket,
    bucketEncryption,
    bucketLifecycle,
    bucketNotification,
    bucketOwnershipControls,
    bucketPolicy,
    bucketPublicAccessBlock,
    bucketVersioning,
    dynamoTable,
    eventRule,
    eventSourceMapping,
    eventTarget,
    functionAlias,
    functionEventInvokeConfig,
    functionUrl,
    key,
    keyAlias,
    lambdaFunction,
    lifecyclePolicy,
    logGroup,
    metricAlarm,
    permission,
    provisionedConcurrency,
    queue,
    queuePolicy,
    repository,
    repositoryPolicy,
    role,
    rolePolicy,
    schedule,
];

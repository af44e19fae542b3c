import type { AwsResourceType } from "./clients";
import { bucket } from "./resources/bucket";
import { bucketLifecycle } from "./resources/bucketLifecycle";
import { bucketNotification } from "./resources/bucketNotification";
import { bucketEncryption, bucketOwnershipControls, bucketPolicy, bucketPublicAccessBlock, bucketVersioning } from "./resources/bucketSettings";
import { buildProject } from "./resources/buildProject";
import { catalogDatabase } from "./resources/catalogDatabase";
import { catalogTable } from "./resources/catalogTable";
import { connection } from "./resources/connection";
import { dynamoTable } from "./resources/dynamoTable";
import { dynamoTableItem } from "./resources/dynamoTableItem";
import { eventRule, eventTarget } from "./resources/eventRule";
import { eventSourceMapping } from "./resources/eventSourceMapping";
import { lambdaFunction } from "./resources/function";
import { functionAlias } from "./resources/functionAlias";
import { functionEventInvokeConfig, functionUrl, provisionedConcurrency } from "./resources/functionSettings";
import { key, keyAlias } from "./resources/key";
import { logGroup } from "./resources/logGroup";
import { managedPolicy } from "./resources/managedPolicy";
import { metricAlarm } from "./resources/metricAlarm";
import { namedQuery } from "./resources/namedQuery";
import { notificationRule } from "./resources/notificationRule";
import { permission } from "./resources/permission";
import { pipeline } from "./resources/pipeline";
import { queue, queuePolicy } from "./resources/queue";
import { reportGroup } from "./resources/reportGroup";
import { repository } from "./resources/repository";
import { lifecyclePolicy, repositoryPolicy } from "./resources/repositoryPolicies";
import { role } from "./resources/role";
import { rolePolicy } from "./resources/rolePolicy";
import { rolePolicyAttachment } from "./resources/rolePolicyAttachment";
import { schedule } from "./resources/schedule";
import { ssmParameter } from "./resources/ssmParameter";
import { stateMachine } from "./resources/stateMachine";
import { topic, topicPolicy } from "./resources/topic";
import { workgroup } from "./resources/workgroup";

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
    buildProject,
    catalogDatabase,
    catalogTable,
    connection,
    dynamoTable,
    dynamoTableItem,
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
    managedPolicy,
    metricAlarm,
    namedQuery,
    notificationRule,
    permission,
    pipeline,
    provisionedConcurrency,
    queue,
    queuePolicy,
    reportGroup,
    repository,
    repositoryPolicy,
    role,
    rolePolicy,
    rolePolicyAttachment,
    schedule,
    ssmParameter,
    stateMachine,
    topic,
    topicPolicy,
    workgroup,
];

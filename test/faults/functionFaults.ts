import { Fault } from "./fault";

const FUNCTION = "components/functions/ContainerFunction.ts";
const TRIGGERS = "components/functions/triggers.ts";
const STATEMENTS = "components/functions/statements.ts";
const NOTIFICATIONS = "components/functions/BucketNotifications.ts";
const FUNCTION_TESTS = ["test/components/functions/ContainerFunction.test.ts"];
const STATEMENT_TESTS = ["test/components/functions/statements.test.ts"];
const SECURITY_TESTS = ["test/delivery/security/scan.test.ts"];
const NOTIFICATION_TESTS = ["test/components/functions/BucketNotifications.test.ts"];

/** Faults of functions and what is around them: rights, releases, triggers, buckets, settings. */
export const functionFaults: readonly Fault[] = [
    {
        name: "function-takes-tags",
        promise: "A function is never declared with an image by tag.",
        file: FUNCTION,
        from: "orIfFailed(pulumi.output(args.imageUri), NO_IMAGE).apply(requireDigest)",
        to: "pulumi.output(args.imageUri)",
        tests: FUNCTION_TESTS,
    },
    {
        name: "logs-for-ever",
        promise: "Logs have a retention.",
        file: FUNCTION,
        from: "retentionInDays: args.logRetentionDays ?? 30, ",
        to: "",
        tests: FUNCTION_TESTS,
    },
    {
        name: "function-before-its-rights",
        promise: "A function is created only when its role may do what it does.",
        file: FUNCTION,
        from: "{ parent, dependsOn: [policy] }",
        to: "{ parent }",
        tests: FUNCTION_TESTS,
    },
    {
        name: "alias-before-smoke-test",
        promise: "The alias moves only to a version that passed its smoke test.",
        file: FUNCTION,
        from: "dependsOn: smoke === undefined ? [] : [smoke]",
        to: "dependsOn: []",
        tests: FUNCTION_TESTS,
    },
    {
        name: "alias-argument-in-gradual",
        promise: "In the mode gradual no update of the alias throws traffic back to an old version.",
        file: FUNCTION,
        from: "args, { ...opts, ignoreChanges:",
        to: '{ ...args, description: "live" }, { ...opts, ignoreChanges:',
        tests: FUNCTION_TESTS,
    },
    {
        name: "alias-not-left-to-release",
        promise: "In the mode gradual only the stage Release moves the alias.",
        file: FUNCTION,
        from: '{ ...opts, ignoreChanges: ["functionVersion", "routingConfig"] }',
        to: "opts",
        tests: FUNCTION_TESTS,
    },
    {
        name: "smoke-test-of-latest",
        promise: "What is tested is the version that the alias will move to.",
        file: "components/functions/smoke.ts",
        from: "SMOKE_VERSION: target.version",
        to: 'SMOKE_VERSION: "$LATEST"',
        tests: FUNCTION_TESTS,
    },
    {
        name: "queue-calls-latest",
        promise: "Queues call the alias.",
        file: TRIGGERS,
        from: "eventSourceArn: handleOf(trigger.queue, target.handles).arn,\n            functionName: target.alias.arn,",
        to: "eventSourceArn: handleOf(trigger.queue, target.handles).arn,\n            functionName: target.functionName,",
        tests: FUNCTION_TESTS,
    },
    {
        name: "schedule-calls-latest",
        promise: "Schedules call the alias.",
        file: TRIGGERS,
        from: "target: { arn: target.alias.arn,",
        to: "target: { arn: target.functionName,",
        tests: FUNCTION_TESTS,
    },
    {
        name: "schedules-of-one-name",
        promise: "No resource is declared twice.",
        file: TRIGGERS,
        from: "declareSchedule(numbered(`${name}-schedule`, index), ",
        to: "declareSchedule(`${name}-schedule`, ",
        tests: FUNCTION_TESTS,
    },
    {
        name: "bucket-calls-latest",
        promise: "Buckets call the alias.",
        file: NOTIFICATIONS,
        from: "lambdaFunctionArn: alias.arn",
        to: "lambdaFunctionArn: alias.functionName",
        tests: NOTIFICATION_TESTS,
    },
    {
        name: "bucket-of-any-account",
        promise: "Only the bucket of this account may call, also after its name came to belong to somebody else.",
        file: NOTIFICATIONS,
        from: "sourceAccount: args.accountId,",
        to: "",
        tests: NOTIFICATION_TESTS,
    },
    {
        name: "wildcard-action",
        promise: "A grant never allows more actions than it names.",
        file: STATEMENTS,
        from: 'actions: ["s3:GetObject"]',
        to: 'actions: ["s3:*"]',
        tests: STATEMENT_TESTS,
    },
    {
        name: "wildcard-resource",
        promise: "A grant is bound to the resource that it names.",
        file: STATEMENTS,
        from: "=> [`${arn}/*`];",
        to: '=> [arn === "" ? arn : "*"];',
        tests: STATEMENT_TESTS,
    },
    {
        name: "logs-of-all-functions",
        promise: "A function writes to its own log group only.",
        file: STATEMENTS,
        from: "[`${logGroupArn}:*`]",
        to: '[logGroupArn === "" ? "" : "*"]',
        tests: STATEMENT_TESTS,
    },
    {
        name: "bucket-without-tls-deny",
        promise: "A bucket of an application that answers calls without TLS is found by the security rules.",
        file: "test/application/app/DataBucket.ts",
        from: 'resourcePolicy([encryptedTransport("s3", [arn, `${arn}/*`])])',
        to: 'JSON.stringify({ Version: "2012-10-17", Statement: [{ Resource: arn }] })',
        tests: SECURITY_TESTS,
    },
    {
        name: "public-bucket",
        promise: "A bucket of an application that is not closed to the public in all four ways is found by the security rules.",
        file: "test/application/app/DataBucket.ts",
        from: "restrictPublicBuckets: true",
        to: "restrictPublicBuckets: false",
        tests: SECURITY_TESTS,
    },
    {
        name: "no-emulator-guard",
        promise: "A stack for a real account refuses a shell that leads to an emulator.",
        file: "settings.ts",
        from: "if (guard !== undefined) {",
        to: "if (guard !== undefined && guard.file === undefined) {",
        tests: ["test/components/settings/readSettings.test.ts"],
    },
    {
        name: "emulator-guard-blind",
        promise: "A stack for the emulator refuses a shell that leads to a real account.",
        file: "components/settings/emulator.ts",
        from: '(environment[ENDPOINT] ?? "") === ""',
        to: "environment[ENDPOINT] === null",
        tests: ["test/components/settings/emulator.test.ts"],
    },
    {
        name: "repository-of-another-name",
        promise: "Logical names never change, for a change replaces what it names.",
        file: "components/images/ImageRepository.ts",
        from: "`${name}-repository`",
        to: "`${name}-repo`",
        tests: ["test/index.test.ts"],
    },
];

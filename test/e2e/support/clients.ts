import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import Docker from "dockerode";

/** What a test asks facts of: AWS's API, the Docker engine and the registry of one checkout. */
export interface Clients {
    readonly iam: IAMClient;
    /** Tries once: an invocation that is repeated would hide its failure. */
    readonly lambda: LambdaClient;
    readonly logs: CloudWatchLogsClient;
    readonly s3: S3Client;
    readonly sqs: SQSClient;
    readonly docker: Docker;
    /** Address of the AWS endpoint. */
    readonly endpoint: string;
    /** `HOST:PORT` of the registry. */
    readonly registry: string;
    /** Bucket of the stacks' state. */
    readonly stateBucket: string;
}

/** Clients for what `local:env` exports. */
export function clientsOf(variables: Readonly<Record<string, string>>): Clients {
    const endpoint = needed(variables, "AWS_ENDPOINT_URL");
    const settings = {
        endpoint,
        region: needed(variables, "AWS_REGION"),
        credentials: { accessKeyId: needed(variables, "AWS_ACCESS_KEY_ID"), secretAccessKey: needed(variables, "AWS_SECRET_ACCESS_KEY") },
    };
    return {
        iam: new IAMClient(settings),
        lambda: new LambdaClient({ ...settings, maxAttempts: 1 }),
        logs: new CloudWatchLogsClient(settings),
        s3: new S3Client({ ...settings, forcePathStyle: true }),
        sqs: new SQSClient(settings),
        docker: dockerAt(new URL(needed(variables, "DOCKER_HOST"))),
        endpoint,
        registry: needed(variables, "CONTAINER_LAMBDAS_REGISTRY"),
        stateBucket: new URL(needed(variables, "PULUMI_BACKEND_URL")).hostname,
    };
}

function dockerAt(host: URL): Docker {
    return host.protocol === "unix:" ? new Docker({ socketPath: host.pathname }) : new Docker({ host: host.hostname, port: host.port });
}

function needed(variables: Readonly<Record<string, string>>, name: string): string {
    const value = variables[name];
    if (value === undefined || value === "") {
        throw new Error(`local:env exports no ${name}; it exports ${Object.keys(variables).sort().join(", ")}.`);
    }
    return value;
}

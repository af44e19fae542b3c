import { type LocalState } from "./state";
import { region } from "./ministack";

/** The bucket in the emulator that keeps Pulumi's state. */
export const stateBucket = "pulumi-state";

/** Makes the bucket through the endpoint; one that exists stays as it is. */
export async function createStateBucket(state: LocalState): Promise<void> {
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    const { S3Client, CreateBucketCommand } = await import("@aws-sdk/client-s3");
    const client = new S3Client({
        endpoint: `http://127.0.0.1:${state.ports.endpoint}`,
        region,
        forcePathStyle: true,
        credentials: { accessKeyId: state.accessKeyId, secretAccessKey: state.secretAccessKey },
    });
    try {
        await client.send(new CreateBucketCommand({ Bucket: stateBucket }));
    } catch (error) {
        if (!(error instanceof Error) || error.name !== "BucketAlreadyOwnedByYou") {
            throw error;
        }
    } finally {
        client.destroy();
    }
}

/** Where the engine finds its state. */
export function backendAddress(state: LocalState): string {
    return `s3://${stateBucket}?endpoint=http://127.0.0.1:${state.ports.endpoint}&s3ForcePathStyle=true&region=${region}`;
}

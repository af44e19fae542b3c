import * as fs from "node:fs";
import * as path from "node:path";
import type { Session } from "../own/rights";

/** Where lines of a build go besides the local file. */
export interface LogTarget {
    readonly group: string;
    readonly stream: string;
    readonly endpoint: string;
    readonly region: string;
    readonly session: Session;
}

/** One call takes 10,000 events and 1 MiB; a line this long is cut. */
const EVENTS = 1000;
const LINE = 16_000;
const INTERVAL = 1000;

/**
 * A build's log: a local file, and CloudWatch Logs in the name of the build's role, as CodeBuild does. A role without the right loses the
 * lines, and the build goes on.
 */
export class BuildLog {
    private readonly file: number;
    private pending: { timestamp: number; message: string }[] = [];
    private sending: Promise<void> = Promise.resolve();
    private timer: NodeJS.Timeout | undefined;
    private send: ((events: { timestamp: number; message: string }[]) => Promise<void>) | undefined;
    /** Why lines do not arrive in CloudWatch Logs; absent while they do. */
    failure: string | undefined;

    constructor(readonly localFile: string) {
        fs.mkdirSync(path.dirname(localFile), { recursive: true });
        this.file = fs.openSync(localFile, "a", 0o600);
    }

    line(text: string): void {
        fs.writeSync(this.file, `${text}\n`);
        if (this.failure === undefined) {
            this.pending.push({ timestamp: Date.now(), message: `${text.slice(0, LINE)}\n` });
        }
    }

    /** A line of CodeBuild's own. */
    container(text: string): void {
        const now = new Date().toISOString();
        this.line(`[Container] ${now.slice(0, 10).replaceAll("-", "/")} ${now.slice(11, 23)} ${text}`);
    }

    /** Makes the stream and sends what was written so far, and from now on what comes. */
    async connect(target: LogTarget | undefined): Promise<void> {
        if (target === undefined) {
            this.failure = "CloudWatch Logs are disabled for this project";
            this.pending = [];
            return;
        }
        try {
            this.send = await connection(target);
        } catch (error) {
            this.fail(target, error);
            return;
        }
        this.timer = setInterval(() => this.flush(target), INTERVAL);
    }

    /** Sends the rest and closes the file. */
    async close(target: LogTarget | undefined): Promise<void> {
        clearInterval(this.timer);
        if (target !== undefined) {
            this.flush(target);
            await this.sending;
        }
        fs.closeSync(this.file);
    }

    private flush(target: LogTarget): void {
        const send = this.send;
        if (send === undefined || this.pending.length === 0 || this.failure !== undefined) {
            return;
        }
        const events = this.pending;
        this.pending = [];
        this.sending = this.sending.then(async () => {
            try {
                for (let start = 0; start < events.length && this.failure === undefined; start += EVENTS) {
                    await send(events.slice(start, start + EVENTS));
                }
            } catch (error) {
                this.fail(target, error);
            }
        });
    }

    private fail(target: LogTarget, error: unknown): void {
        this.failure = `lines do not arrive in CloudWatch Logs, group "${target.group}": ${(error as Error).message}`;
        this.pending = [];
        fs.writeSync(this.file, `[Container] ${this.failure}\n`);
    }
}

async function connection(target: LogTarget): Promise<(events: { timestamp: number; message: string }[]) => Promise<void>> {
    const sdk = await import("@aws-sdk/client-cloudwatch-logs");
    const { group: logGroupName, stream: logStreamName, session } = target;
    const client = new sdk.CloudWatchLogsClient({
        endpoint: target.endpoint,
        region: target.region,
        credentials: { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey, sessionToken: session.sessionToken },
    });
    const createStream = (): Promise<unknown> => client.send(new sdk.CreateLogStreamCommand({ logGroupName, logStreamName }));
    await createStream().catch(async (error: Error) => {
        if (error.name === "ResourceNotFoundException") {
            await client.send(new sdk.CreateLogGroupCommand({ logGroupName }));
            await createStream();
        } else if (error.name !== "ResourceAlreadyExistsException") {
            throw error;
        }
    });
    return async (logEvents) => {
        await client.send(new sdk.PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    };
}

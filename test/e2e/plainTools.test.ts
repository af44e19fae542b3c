import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Checkout, Outcome, UpDocument, assertSuccess } from "./support/checkout";
import { convertSampleRecords, CSV_PREFIX, csvKeys } from "./support/sampleRecords";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

const PREFIX = "container-lambdas-local";
const RECORD = { name: "Behind", id: "42", nametype: "Valid", recclass: "L6", mass: "21", fall: "Fell", year: "1880-01-01T00:00:00.000", reclat: "50.775", reclong: "6.08333" };

interface Outputs {
    readonly functions: Readonly<Record<string, { readonly arn: string; readonly alias: string; readonly imageUri: string; readonly version: string }>>;
    readonly images: Readonly<Record<string, { readonly key: string; readonly digest: string }>>;
    readonly repositories: Readonly<Record<string, string>>;
    readonly rawBucket: string;
    readonly stageBucket: string;
    readonly queues: Readonly<Record<string, string>>;
}

describe("plain pulumi and aws after eval \"$(npm run -s local:env)\"", () => {
    let checkout: Checkout;
    let first: UpDocument;
    let folder: string;

    before(async () => {
        ({ checkout, first } = await sharedCheckout());
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "cl-plain-"));
        await convertSampleRecords(checkout);
    });

    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    /** A command that succeeds, says nothing but its product, and leaves `git status` clean. */
    async function quiet(command: string, ...args: string[]): Promise<string> {
        const outcome = assertSuccess(await checkout.local(command, args));
        assert.equal(outcome.stderr, "", `${command} ${args.join(" ")} wrote to stderr`);
        assert.doesNotMatch(outcome.stdout, /warning|pulumi-resource-/i);
        assert.equal(checkout.status(), "", `git status after ${command} ${args.join(" ")}`);
        return outcome.stdout;
    }

    const aws = (...args: string[]): Promise<string> => quiet("aws", ...args);
    const pulumi = (command: string, ...args: string[]): Promise<string> => quiet("pulumi", command, "-s", "local", "--color", "never", ...args);
    const outputs = async (): Promise<Outputs> => JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "-s", "local", "--json"])).stdout) as Outputs;

    it("pulumi preview finds nothing to change, and up changes nothing", async () => {
        const digests = JSON.stringify((await outputs()).functions);
        assert.match(await pulumi("preview", "--expect-no-changes"), /^Resources:\n +\d+ unchanged\n/m);
        assert.match(await pulumi("up", "--yes"), /^Resources:\n +\d+ unchanged\n/m);
        assert.match(await pulumi("refresh", "--yes"), /^Resources:\n +\d+ unchanged\n/m);
        assert.equal(JSON.stringify((await outputs()).functions), digests);
    });

    it("pulumi stack output shows what the account has", async () => {
        await quiet("pulumi", "stack", "output", "-s", "local");
        await quiet("pulumi", "config", "-s", "local");
        const { functions, images, repositories, rawBucket, stageBucket, queues } = await outputs();
        assert.deepEqual(Object.keys(functions), first.functions.map(({ name }) => name));
        assert.deepEqual(Object.keys(images), first.images.map(({ name }) => name));
        assert.deepEqual(Object.keys(repositories), Object.keys(images));
        for (const [name, { arn, alias, imageUri, version }] of Object.entries(functions)) {
            const shown = JSON.parse(await aws("lambda", "get-function", "--function-name", alias)) as { Configuration: { FunctionArn: string; Version: string }; Code: { ImageUri: string } };
            assert.deepEqual([shown.Configuration.Version, shown.Code.ImageUri], [version, imageUri], name);
            assert.equal(arn, `arn:aws:lambda:us-east-1:000000000000:function:${PREFIX}-${name}`);
        }
        const buckets = (await aws("s3", "ls")).trimEnd().split("\n").map((line) => line.split(" ").at(-1));
        assert.ok(buckets.includes(rawBucket) && buckets.includes(stageBucket), buckets.join());
        const { QueueUrls } = JSON.parse(await aws("sqs", "list-queues")) as { QueueUrls: string[] };
        assert.ok(QueueUrls.includes(queues.conversions ?? ""), QueueUrls.join());
        const sampled = await aws("s3", "ls", `s3://${stageBucket}/${CSV_PREFIX}`);
        assert.equal(sampled.trimEnd().split("\n").filter((line) => line.endsWith(".csv")).length, csvKeys(checkout).length);
    });

    it("aws lambda invoke answers, and aws logs tail shows that invocation", async () => {
        const file = path.join(folder, "answer.json");
        const call = JSON.parse(await aws("lambda", "invoke", "--function-name", `${PREFIX}-ping:live`, "--cli-binary-format", "raw-in-base64-out", "--payload", "{}", file)) as Record<string, unknown>;
        const { functions } = await outputs();
        assert.deepEqual([call.StatusCode, call.ExecutedVersion, call.FunctionError], [200, functions.ping?.version, undefined]);
        const answer = JSON.parse(fs.readFileSync(file, "utf8")) as { message: string; requestId: string };
        assert.equal(answer.message, "pong");
        const tail = await waitFor("the invocation's log", async () => {
            const text = await aws("logs", "tail", `/aws/lambda/${PREFIX}-ping`, "--since", "5m");
            return text.includes(`REPORT RequestId: ${answer.requestId}`) ? text : undefined;
        });
        for (const kind of ["START", "END", "REPORT"]) {
            assert.equal(tail.split("\n").filter((line) => line.includes(`${kind} RequestId: ${answer.requestId}`)).length, 1, kind);
        }
    });

    it("functions deleted behind Pulumi's back: refresh reports them, up restores them with all that calls them", async () => {
        const before = await outputs();
        for (const name of ["csv-to-parquet", "json-to-csv"]) {
            await aws("lambda", "delete-function", "--function-name", `${PREFIX}-${name}`);
        }
        const reported = await pulumi("refresh", "--yes", "--diff");
        for (const gone of ["lambda/function:Function::csv-to-parquet-function", "lambda/function:Function::json-to-csv-function", "lambda/alias:Alias::json-to-csv-alias", "lambda/permission:Permission::raw-json-to-csv-permission"]) {
            assert.ok(reported.includes(gone), `refresh does not name ${gone}:\n${reported.slice(-3000)}`);
        }
        assert.match(reported, /^ +- 5 deleted\n/m);
        // Nothing was built for it: the images are still those of the stack.
        const restored = await pulumi("up", "--yes", "--diff");
        assert.doesNotMatch(restored, /docker:index\/image:Image: \(create/);
        assert.match(await pulumi("preview", "--expect-no-changes"), /^Resources:\n +\d+ unchanged\n/m);
        const after = await outputs();
        assert.deepEqual(after.images, before.images);
        assert.deepEqual(Object.values(after.functions).map(({ imageUri }) => imageUri), Object.values(before.functions).map(({ imageUri }) => imageUri));
        await converts(after);
    });

    /** A record put into the raw bucket becomes CSV (permission, notification, alias), and a message a Parquet file (mapping). */
    async function converts({ rawBucket, stageBucket, queues }: Outputs): Promise<void> {
        const file = path.join(folder, "record.json");
        fs.writeFileSync(file, JSON.stringify(RECORD));
        await aws("s3", "cp", "--only-show-errors", file, `s3://${rawBucket}/meteorites/restored/record.json`);
        await exists(`s3://${stageBucket}/csv/meteorites/restored/record.csv`);
        await aws("sqs", "send-message", "--queue-url", queues.conversions ?? "", "--message-body", JSON.stringify({ prefix: "csv/meteorites/restored/", target: "parquet/restored.parquet" }));
        await exists(`s3://${stageBucket}/parquet/restored.parquet`);
        await aws("s3", "rm", "--only-show-errors", "--recursive", `s3://${rawBucket}/meteorites/restored/`);
        await aws("s3", "rm", "--only-show-errors", "--recursive", `s3://${stageBucket}/csv/meteorites/restored/`);
        await aws("s3", "rm", "--only-show-errors", `s3://${stageBucket}/parquet/restored.parquet`);
    }

    const exists = (address: string): Promise<Outcome> =>
        waitFor(address, async () => {
            const outcome = await checkout.local("aws", ["s3", "ls", address]);
            return outcome.status === 0 ? outcome : undefined;
        });
});

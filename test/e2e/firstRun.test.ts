import assert from "node:assert/strict";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { assertSuccess, Checkout, UpDocument } from "./support/checkout";
import { Clients, clientsOf } from "./support/clients";
import { compareParquet, convertSampleRecords, CSV_PREFIX, csvKeys, sampleRecords } from "./support/sampleRecords";
import { imageIdsOf, servingContainers } from "./support/serving";
import { sharedCheckout } from "./support/shared";

interface Outputs {
    readonly functions: Readonly<Record<string, { readonly alias: string; readonly imageUri: string; readonly version: string }>>;
    readonly images: Readonly<Record<string, { readonly digest: string }>>;
    readonly stageBucket: string;
}

describe("npm run local in a fresh clone", () => {
    let checkout: Checkout;
    let first: UpDocument;
    let clients: Clients;
    let outputs: Outputs;

    before(async () => {
        ({ checkout, first } = await sharedCheckout());
        clients = clientsOf(await checkout.environment());
        outputs = JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "-s", "local", "--json"])).stdout) as Outputs;
    });

    it("builds every image, runs every function by digest, and leaves git status clean", () => {
        assert.deepEqual(first.images.map(({ name, built }) => `${name} ${built}`), ["common-layer true", "csv-to-parquet true", "json-to-csv true", "ping true", "records true"]);
        assert.deepEqual(first.functions.map(({ name }) => name), ["csv-to-parquet", "json-to-csv", "ping", "record-lookup", "record-summary"]);
        const digests = new Set(first.images.map(({ digest }) => digest));
        for (const { imageUri } of first.functions) {
            assert.ok(digests.has(imageUri.slice(imageUri.indexOf("@") + 1)), imageUri);
        }
        assert.equal(checkout.status(), "");
        console.log(`      seconds of the first run: ${JSON.stringify(first.seconds)}`);
    });

    it("serves each function from a container whose image is that of the digest in the stack's outputs", async () => {
        const digests = Object.values(outputs.images).map(({ digest }) => digest);
        for (const [name, { alias, imageUri, version }] of Object.entries(outputs.functions)) {
            // What each smoke test sends; whatever the answer, a container of this version has given it.
            await clients.lambda.send(new InvokeCommand({ FunctionName: alias, Payload: Buffer.from(JSON.stringify({ Records: [], prefix: "csv/smoke/", id: "0" })) }));
            assert.ok(digests.some((digest) => imageUri.endsWith(`@${digest}`)), imageUri);
            const serving = await servingContainers(clients, checkout.root, `container-lambdas-local-${name}`, version);
            assert.notEqual(serving.length, 0, `no container serves ${name}`);
            const ids = await imageIdsOf(imageUri);
            for (const { image } of serving) {
                assert.ok(ids.includes(image), `${name}: the container's image is ${image}, the registry has ${ids.join(" and ")} under ${imageUri}`);
            }
        }
    });

    it("has triggers that turn every sample record into a CSV object and a row of the Parquet file, every field equal", async () => {
        await convertSampleRecords(checkout);
        const samples = sampleRecords(checkout);
        const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: outputs.stageBucket, Prefix: CSV_PREFIX }));
        assert.deepEqual(Contents.map(({ Key }) => Key).sort(), csvKeys(checkout));
        const fields = Object.keys(JSON.parse(checkout.read("app/samples/takamine.json")) as object).length;
        assert.equal(await compareParquet(checkout), `${samples.length} samples, ${samples.length} rows, ${fields} fields each, 0 different`);
    });
});

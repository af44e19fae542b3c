import assert from "node:assert/strict";
import { configure } from "../../../../local/providers/aws/configure";
import { awsError, fakeAws, recordingConnect } from "./fake";
import { explain } from "../../../../local/providers/aws/errors";

const EMULATOR = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566", AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "hush" };
const aws = fakeAws({
    "sts.getCallerIdentity": () => ({ Account: "000000000000" }),
    "sts.assumeRole": () => ({ Credentials: { AccessKeyId: "role", SecretAccessKey: "s", SessionToken: "t" } }),
});

describe("configuring the aws stand-in", () => {
    it("refuses to serve AWS itself, with what to do", async () => {
        await assert.rejects(configure({ region: "us-east-1" }, {}), /AWS_ENDPOINT_URL is not set\. This pulumi-resource-aws serves an emulator only.*npm run -s local:env/);
        await assert.rejects(configure({}, { ...EMULATOR, AWS_ENDPOINT_URL: "https://s3.us-east-1.amazonaws.com" }), /is AWS itself/);
    });

    it("reports all problems at once", async () => {
        await assert.rejects(configure({ profile: "x" }, {}), (error: Error) => error.message.split("\n").length === 3);
    });

    it("takes region, endpoint and credentials from the environment", async () => {
        const { connect, options } = recordingConnect(aws.services);
        const account = await configure({}, EMULATOR, connect);
        account.servicesFor("eu-west-1");
        assert.equal(account.region, "us-east-1");
        assert.deepEqual(options.at(-1), {
            region: "eu-west-1",
            endpoint: "http://127.0.0.1:4566",
            maxAttempts: 6,
            credentials: { accessKeyId: "key", secretAccessKey: "hush" },
        });
    });

    it("prefers configuration, and an endpoint of one service over the one of all", async () => {
        const { connect, options } = recordingConnect(aws.services);
        const account = await configure({ region: "eu-central-1", endpoints: [{ s3: "http://127.0.0.1:1" }], accessKey: "a", secretKey: "b" }, EMULATOR, connect);
        account.servicesFor(account.region);
        assert.equal(options.at(-1)?.endpoint, "http://127.0.0.1:1");
        assert.deepEqual(options.at(-1)?.credentials, { accessKeyId: "a", secretAccessKey: "b" });
        assert.equal(account.region, "eu-central-1");
    });

    it("assumes a role where one is configured", async () => {
        const { connect, options } = recordingConnect(aws.services);
        const account = await configure({ assumeRoles: [{ roleArn: "arn:aws:iam::000000000000:role/deploy" }] }, EMULATOR, connect);
        account.servicesFor("us-east-1");
        const given = options.at(-1)?.credentials;
        assert.equal(typeof given === "function" ? (await given()).accessKeyId : undefined, "role");
    });

    it("asks for the account only when somebody wants to know, and refuses the wrong one", async () => {
        const { connect } = recordingConnect(aws.services);
        await configure({}, EMULATOR, connect);
        assert.equal(aws.calls.filter((call) => call === "sts.getCallerIdentity").length, 0);
        await configure({ allowedAccountIds: ["000000000000"] }, EMULATOR, connect);
        const wrong = fakeAws({});
        await assert.rejects(configure({ allowedAccountIds: ["111111111111"] }, EMULATOR, recordingConnect(wrong.services).connect), /account "000000000000": allowed are 111111111111/);
    });
});

describe("errors of the AWS API", () => {
    it("keep the service's code and message and say what to do", () => {
        assert.equal(
            explain(awsError("EntityAlreadyExists", "Role r exists.", 409)),
            "EntityAlreadyExists (HTTP 409): Role r exists. Delete the existing one, import it (resource option `import`), or choose another name.",
        );
        assert.match(explain(awsError("AccessDeniedException", "user is not authorized", 403)), /^AccessDeniedException \(HTTP 403\): user is not authorized\. Use credentials/);
    });

    it("tell that nothing answers at the endpoint", () => {
        const refused = new AggregateError([Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4566"), { code: "ECONNREFUSED" })]);
        assert.match(explain(refused), /connect ECONNREFUSED 127\.0\.0\.1:4566\. Is the emulator running\? "npm run local" starts it\./);
    });

    it("say something even where the service gave no reason", () => {
        assert.match(explain(awsError("Unknown", "UnknownError", 403)), /^HTTP 403 without a reason\. Use credentials that have this right/);
    });

    it("leave our own complete messages alone", () => {
        assert.equal(explain(new Error('the id "x" is wrong: use another')), 'the id "x" is wrong: use another');
    });
});

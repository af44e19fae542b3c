import assert from "node:assert/strict";
import { Incomplete } from "../../../../local/providers/framework/resource";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const FUNCTION = "aws:lambda/function:Function";
const DIGEST = "a".repeat(64);

interface Version {
    Version: string;
}

/** One function as Lambda keeps it. */
function lambdaFake(): Answers {
    let configuration: Record<string, unknown> = {};
    let code: Record<string, unknown> = {};
    const versions: Version[] = [{ Version: "$LATEST" }];
    const publish = (): Version => {
        const version = { Version: String(versions.length) };
        versions.push(version);
        return version;
    };
    return {
        "lambda.createFunction": (request) => {
            const { Code, ...rest } = request;
            configuration = { ...rest, FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:f", State: "Active", LastUpdateStatus: "Successful" };
            code = Code as Record<string, unknown>;
            return request["Publish"] === true ? publish() : {};
        },
        "lambda.getFunctionConfiguration": () => configuration,
        "lambda.getFunction": () => ({ Configuration: configuration, Code: code, Tags: configuration["Tags"] }),
        "lambda.listVersionsByFunction": () => ({ Versions: versions }),
        "lambda.updateFunctionConfiguration": (request) => {
            configuration = { ...configuration, ...Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) };
            return configuration;
        },
        "lambda.updateFunctionCode": (request) => {
            code = { ImageUri: request["ImageUri"] };
            return configuration;
        },
        "lambda.publishVersion": publish,
        "lambda.tagResource": () => ({}),
        "lambda.deleteFunction": () => {
            throw awsError("ResourceNotFoundException", "gone", 404);
        },
    };
}

function functionInputs(changes: Properties = {}): Properties {
    return checkedInputs(FUNCTION, { name: "f", role: "arn:aws:iam::000000000000:role/r", packageType: "Image", imageUri: `r@sha256:${DIGEST}`, publish: true, ...changes });
}

describe("aws:lambda/function:Function", () => {
    const type = typeOf(FUNCTION);

    it("publishes a version when it is created, and shows it", async () => {
        const aws = fakeAws(lambdaFake());
        const { id, state } = await aws.operations.create(type, functionInputs(), OPERATION);
        assert.equal(id, "f");
        assert.equal(state["version"], "1");
        assert.equal(state["qualifiedArn"], "arn:aws:lambda:us-east-1:000000000000:function:f:1");
        assert.equal(state["codeSha256"], DIGEST);
        assert.equal(state["invokeArn"], "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations");
    });

    it("publishes another version for a change of code or configuration, and none for tags", async () => {
        const aws = fakeAws(lambdaFake());
        const old = functionInputs();
        const { state } = await aws.operations.create(type, old, OPERATION);
        const tagged = functionInputs({ tags: { a: "1" } });
        const afterTags = await aws.operations.update(type, "f", old, tagged, state, OPERATION);
        assert.equal(afterTags["version"], "1");
        const bigger = functionInputs({ tags: { a: "1" }, memorySize: 512 });
        const afterMemory = await aws.operations.update(type, "f", tagged, bigger, afterTags, OPERATION);
        assert.equal(afterMemory["version"], "2");
        const newCode = functionInputs({ tags: { a: "1" }, memorySize: 512, imageUri: `r@sha256:${"b".repeat(64)}` });
        assert.equal((await aws.operations.update(type, "f", bigger, newCode, afterMemory, OPERATION))["version"], "3");
        assert.equal(aws.calls.filter((call) => call === "lambda.updateFunctionCode").length, 1);
        assert.equal(aws.calls.filter((call) => call === "lambda.updateFunctionConfiguration").length, 1);
    });

    it("sends what was taken away as empty, because Lambda keeps what is not sent", async () => {
        const aws = fakeAws(lambdaFake());
        const old = functionInputs({ environment: { variables: { A: "1" } }, deadLetterConfig: { targetArn: "arn:q" }, description: "x" });
        const { state } = await aws.operations.create(type, old, OPERATION);
        await aws.operations.update(type, "f", old, functionInputs(), state, OPERATION);
        const sent = aws.requests.get("lambda.updateFunctionConfiguration");
        assert.deepEqual([sent?.["Environment"], sent?.["DeadLetterConfig"], sent?.["Description"]], [{ Variables: {} }, { TargetArn: "" }, ""]);
    });

    it("says in a preview that version and code change, only when they do", () => {
        const preview = (changes: Properties): Properties =>
            fakeAws({}).operations.previewUpdate(type, functionInputs(), functionInputs(changes), { version: "1", codeSha256: "x", arn: "arn" });
        assert.equal(preview({ tags: { a: "1" } })["version"], "1");
        assert.notEqual(preview({ timeout: 9 })["version"], "1");
        assert.equal(preview({ timeout: 9 })["codeSha256"], "x");
        assert.notEqual(preview({ imageUri: "r@sha256:b" })["codeSha256"], "x");
    });

    it("tries again while its role is not known everywhere, and not for other refusals", async () => {
        const answers = lambdaFake();
        let refusals = 1;
        const create = answers["lambda.createFunction"];
        const aws = fakeAws({
            ...answers,
            "lambda.createFunction": (request) => {
                if (refusals-- > 0) {
                    throw awsError("InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda.");
                }
                return create?.(request);
            },
        });
        await aws.operations.create(type, functionInputs(), OPERATION);
        assert.equal(aws.calls.filter((call) => call === "lambda.createFunction").length, 2);
        const refused = fakeAws({
            ...answers,
            "lambda.createFunction": () => {
                throw awsError("InvalidParameterValueException", "Source image does not exist");
            },
        });
        await assert.rejects(refused.operations.create(type, functionInputs(), OPERATION), /Source image does not exist/);
        assert.equal(refused.calls.length, 1);
    });

    it("hands over a function that exists and can never run, with Lambda's reason", async () => {
        const aws = fakeAws({ ...lambdaFake(), "lambda.getFunctionConfiguration": () => ({ State: "Failed", StateReasonCode: "ImageAccessDenied", StateReason: "no access" }) });
        await assert.rejects(
            aws.operations.create(type, functionInputs(), OPERATION),
            (error) => error instanceof Incomplete && error.id === "f" && /ImageAccessDenied.*no access/.test(error.message) && error.state?.["arn"] !== undefined,
        );
    });

    it("can be deleted when it is gone already", async () => {
        await fakeAws(lambdaFake()).operations.delete(type, "f", {}, OPERATION);
    });

    it("wants exactly one source of code, and the package type that goes with it", () => {
        assert.throws(() => functionInputs({ s3Bucket: "b" }), /2 sources of code were given/);
        assert.throws(() => functionInputs({ packageType: "Zip" }), /"packageType" is "Zip" although "imageUri" is given/);
    });
});

describe("aws:lambda/permission:Permission", () => {
    const type = typeOf("aws:lambda/permission:Permission");
    const statement = {
        Sid: "s",
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "lambda:InvokeFunction",
        Resource: "arn:f",
        Condition: { ArnLike: { "AWS:SourceArn": "arn:b" }, StringEquals: { "AWS:SourceAccount": "000000000000" } },
    };

    it("is read out of the function's policy by its statement", async () => {
        const aws = fakeAws({ "lambda.getPolicy": () => ({ Policy: JSON.stringify({ Statement: [{ Sid: "other" }, statement] }) }) });
        const known = { function: "f", statementId: "s", action: "lambda:InvokeFunction", principal: "s3.amazonaws.com", sourceArn: "arn:b", sourceAccount: "000000000000" };
        const found = await aws.operations.read(type, "s", known, {}, OPERATION);
        assert.deepEqual(found?.inputs, { __defaults: [], ...known });
    });

    it("has vanished when its statement or the whole policy has", async () => {
        const known = { function: "f", statementId: "s" };
        const without = fakeAws({ "lambda.getPolicy": () => ({ Policy: JSON.stringify({ Statement: [{ Sid: "other" }] }) }) });
        assert.equal(await without.operations.read(type, "s", known, {}, OPERATION), undefined);
        const gone = fakeAws({
            "lambda.getPolicy": () => {
                throw awsError("ResourceNotFoundException");
            },
        });
        assert.equal(await gone.operations.read(type, "s", known, {}, OPERATION), undefined);
    });

    it("is replaced by every change", () => {
        assert.deepEqual(diffResource(type, { function: "f", action: "a" }, { function: "f", action: "b" }).replaces, ["action"]);
    });

    it("can be imported by function and statement", async () => {
        const aws = fakeAws({ "lambda.getPolicy": () => ({ Policy: JSON.stringify({ Statement: [statement] }) }) });
        const found = await aws.operations.read(type, "f:live/s", {}, {}, OPERATION);
        assert.deepEqual([found?.id, found?.state["function"], found?.state["qualifier"]], ["s", "f", "live"]);
        await assert.rejects(aws.operations.read(type, "s", {}, {}, OPERATION), /names no function: import with FUNCTION\/STATEMENT/);
    });
});

describe("aws:lambda/alias:Alias", () => {
    const type = typeOf("aws:lambda/alias:Alias");

    it("is known by its ARN, takes a function by name or ARN, and can be imported as FUNCTION/ALIAS", async () => {
        const arn = "arn:aws:lambda:us-east-1:000000000000:function:f:live";
        const aws = fakeAws({ "lambda.getAlias": () => ({ AliasArn: arn, Name: "live", FunctionVersion: "3", Description: "" }) });
        const known = checkedInputs(type.token, { name: "live", functionName: "arn:aws:lambda:us-east-1:000000000000:function:f", functionVersion: "3" });
        assert.deepEqual((await aws.operations.read(type, arn, known, {}, OPERATION))?.inputs, known);
        assert.equal((await aws.operations.read(type, "f/live", {}, {}, OPERATION))?.id, arn);
    });
});

import assert from "node:assert/strict";
import { identify } from "../../../local/endpoint/operation";
import { mendHeaders } from "../../../local/endpoint/quirks";

const signed = (service: string): Record<string, string> => ({ authorization: `AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0` });

describe("endpoint: naming an operation", () => {
    const cases: readonly (readonly [string, string, string, Record<string, string>, string])[] = [
        ["POST", "/", "ecr:DescribeImages", { ...signed("ecr"), "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.DescribeImages" }, ""],
        ["POST", "/", "sqs:SendMessage", { ...signed("sqs"), "x-amz-target": "AmazonSQS.SendMessage" }, ""],
        ["POST", "/", "iam:GetRole", signed("iam"), "Action=GetRole&RoleName=x"],
        ["POST", "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm", "monitoring:PutMetricAlarm", signed("monitoring"), ""],
        ["POST", "/2015-03-31/functions", "lambda:CreateFunction", signed("lambda"), ""],
        ["PUT", "/2015-03-31/functions/a%3Ab/code", "lambda:UpdateFunctionCode", signed("lambda"), ""],
        ["POST", "/2015-03-31/functions/f/invocations?Qualifier=live", "lambda:Invoke", signed("lambda"), ""],
        ["PUT", "/2019-09-25/functions/f/event-invoke-config", "lambda:PutFunctionEventInvokeConfig", signed("lambda"), ""],
        ["POST", "/2015-03-31/event-source-mappings", "lambda:CreateEventSourceMapping", signed("lambda"), ""],
        ["GET", "/", "s3:ListBuckets", signed("s3"), ""],
        ["PUT", "/b", "s3:CreateBucket", signed("s3"), ""],
        ["PUT", "/b?notification", "s3:PutBucketNotification", signed("s3"), ""],
        ["GET", "/b?list-type=2&prefix=x", "s3:ListObjects", signed("s3"), ""],
        ["PUT", "/b/k/l", "s3:PutObject", signed("s3"), ""],
        ["PUT", "/b/k?partNumber=1&uploadId=u", "s3:UploadPart", signed("s3"), ""],
        ["GET", "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260101%2Fus-east-1%2Fs3%2Faws4_request", "s3:GetObject", {}, ""],
    ];
    for (const [method, url, expected, headers, form] of cases) {
        it(`${method} ${url.slice(0, 50)} is ${expected}`, () => {
            const { service, action } = identify({ method, url, headers }, form);
            assert.equal(`${service}:${action}`, expected);
        });
    }
});

describe("endpoint: mending headers", () => {
    it("removes the header of Pulumi's state client whatever the case of its name, keeping order and duplicates of the others", () => {
        const mended = mendHeaders(["a", "1", "X-AMZ-checksum-SHA256", "UNSIGNED-PAYLOAD", "b", "UNSIGNED-PAYLOAD", "a", "2"]);
        assert.deepEqual(mended.slice(0, -2), ["a", "1", "b", "UNSIGNED-PAYLOAD", "a", "2"]);
    });

    it("lets policies see every call as one over TLS, whatever the caller says", () => {
        assert.deepEqual(mendHeaders([]), ["X-Forwarded-Proto", "https"]);
        assert.deepEqual(mendHeaders(["x-forwarded-proto", "http"]), ["X-Forwarded-Proto", "https"]);
    });
});

import assert from "node:assert/strict";
import { emulatorProblem } from "../../../components/settings/emulator";
import { formatProblems } from "../../../components/manifest/problem";

const text = (runsOn: "account" | "emulator", environment: Record<string, string | undefined>): string | undefined => {
    const problem = emulatorProblem(runsOn, environment);
    return problem === undefined ? undefined : formatProblems([problem]).split("\n")[0];
};

describe("a stack for a real account", () => {
    it("runs where no endpoint is set", () => {
        assert.equal(text("account", {}), undefined);
        assert.equal(text("account", { AWS_ENDPOINT_URL: "", AWS_ENDPOINT: "http://127.0.0.1:1", AWS_REGION: "us-east-1" }), undefined);
    });
    it("is refused in a shell with the local environment", () => {
        assert.equal(
            text("account", { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }),
            'environment: AWS_ENDPOINT_URL: "http://127.0.0.1:4566": leads to an emulator, while this stack has `runsOn: account` and belongs to a real AWS account. Fix: open a shell without the local environment (unset AWS_ENDPOINT_URL), or choose the stack local.',
        );
    });
    it("is refused when only one service goes elsewhere", () => {
        assert.match(
            text("account", { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4566", AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:4566" }) ?? "",
            /AWS_ENDPOINT_URL_S3: .* \(unset AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_SQS\)/,
        );
    });
});

describe("a stack for the emulator", () => {
    it("is refused without an endpoint", () => {
        const expected =
            'environment: AWS_ENDPOINT_URL: is not set, while this stack has `runsOn: emulator`: calls would go to a real AWS account. Fix: run `npm run local`, then eval "$(npm run -s local:env)".';
        assert.equal(text("emulator", {}), expected);
        assert.equal(text("emulator", { AWS_ENDPOINT_URL: "" }), expected);
        assert.equal(text("emulator", { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" }), expected);
    });
    for (const endpoint of [
        "https://sts.amazonaws.com",
        "http://8.8.8.8:4566",
        "http://172.32.0.1",
        "http://[2001:db8::1]",
        "127.0.0.1:4566",
        "ftp://127.0.0.1",
        "nonsense",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
    ]) {
        it(`is refused with ${endpoint}`, () =>
            assert.match(
                text("emulator", { AWS_ENDPOINT_URL: endpoint }) ?? "",
                /is no http\(s\) address of this machine or a private network, while this stack has `runsOn: emulator`\. Fix: run `npm run local`/,
            ));
    }
    it("is refused when one service goes to AWS", () => {
        assert.match(
            text("emulator", { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_STS: "https://sts.amazonaws.com" }) ?? "",
            /^environment: AWS_ENDPOINT_URL_STS: /,
        );
    });
    it("is refused when the SDKs are told to ignore the endpoint", () => {
        assert.match(
            text("emulator", { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE" }) ?? "",
            /makes the SDKs ignore AWS_ENDPOINT_URL/,
        );
    });
    it("does not show a password in an address", () => {
        assert.doesNotMatch(text("account", { AWS_ENDPOINT_URL: "http://user:hunter2@127.0.0.1" }) ?? "", /hunter2/);
    });
    for (const endpoint of [
        "http://127.0.0.1:4566",
        "https://localhost",
        "http://[::1]:1",
        "http://10.0.0.5",
        "http://172.17.0.1:4566",
        "http://172.31.255.255",
        "http://192.168.1.2",
        "http://host.docker.internal:4566",
        "http://ministack:4566",
        "http://aws.localhost",
    ]) {
        it(`runs with ${endpoint}`, () => assert.equal(text("emulator", { AWS_ENDPOINT_URL: endpoint }), undefined));
    }
});

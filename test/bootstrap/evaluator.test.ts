import assert from "node:assert/strict";
import { decide, fits, mayAssume } from "./support/evaluator";

const READ = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::carlossalazar/*" };

// The cases of the IAM user guide: policy evaluation logic, condition operators, multivalued keys.
describe("the policy evaluator decides as IAM documents", () => {
    it("denies what nobody allows, and allows what a statement names", () => {
        const request = { action: "s3:GetObject", resource: "arn:aws:s3:::carlossalazar/a" };
        assert.equal(decide(request, []), "denied");
        assert.equal(decide(request, [READ]), "allowed");
        assert.equal(decide({ ...request, action: "s3:PutObject" }, [READ]), "denied");
        assert.equal(decide({ ...request, resource: "arn:aws:s3:::other/a" }, [READ]), "denied");
    });

    it("lets an explicit denial win over every permission", () => {
        const deny = { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::carlossalazar/log/*" };
        assert.equal(decide({ action: "s3:GetObject", resource: "arn:aws:s3:::carlossalazar/log/a" }, [READ, deny]), "explicitly denied");
    });

    it("takes a boundary as the most that can be allowed, never as a permission", () => {
        const request = { action: "s3:GetObject", resource: "arn:aws:s3:::carlossalazar/a" };
        assert.equal(decide(request, [READ], [READ]), "allowed");
        assert.equal(decide(request, [], [READ]), "denied");
        assert.equal(decide(request, [READ], [{ ...READ, Action: "s3:PutObject" }]), "denied");
    });

    it("knows no case of actions and keys, and every case of resources", () => {
        assert.equal(decide({ action: "S3:getobject", resource: "arn:aws:s3:::carlossalazar/a" }, [READ]), "allowed");
        assert.equal(decide({ action: "s3:GetObject", resource: "arn:aws:s3:::CARLOSSALAZAR/a" }, [READ]), "denied");
    });

    it("treats a key that is absent as IAM does, for each kind of operator", () => {
        const decideWith = (operator: string, context: Record<string, string>): string =>
            decide({ action: "a:B", resource: "r", context }, [{ Effect: "Allow", Action: "a:B", Resource: "r", Condition: { [operator]: { "k:K": "x" } } }]);
        assert.equal(decideWith("StringEquals", {}), "denied");
        assert.equal(decideWith("StringEqualsIfExists", {}), "allowed");
        assert.equal(decideWith("StringNotEquals", {}), "allowed");
        assert.equal(decideWith("StringEquals", { "K:k": "x" }), "allowed");
        assert.equal(decideWith("StringNotEquals", { "k:K": "x" }), "denied");
    });

    it("needs all keys and operators of a condition, and one of a key's values", () => {
        const statement = {
            Effect: "Allow",
            Action: "a:B",
            Resource: "r",
            Condition: { StringEquals: { "k:A": ["1", "2"] }, ArnLike: { "k:B": "arn:aws:lambda:*:1:function:x-*" } },
        };
        const ask = (context: Record<string, string>): string => decide({ action: "a:B", resource: "r", context }, [statement]);
        assert.equal(ask({ "k:A": "2", "k:B": "arn:aws:lambda:eu-west-1:1:function:x-y" }), "allowed");
        assert.equal(ask({ "k:A": "3", "k:B": "arn:aws:lambda:eu-west-1:1:function:x-y" }), "denied");
        assert.equal(ask({ "k:A": "2", "k:B": "arn:aws:lambda:eu-west-1:2:function:x-y" }), "denied");
        assert.equal(ask({ "k:A": "2" }), "denied");
    });

    it("lets a wildcard of an ARN condition reach no other part of the ARN", () => {
        const statement = { Effect: "Allow", Action: "a:B", Resource: "r", Condition: { ArnLike: { "k:A": "arn:aws:s3:*:1:x" } } };
        assert.equal(decide({ action: "a:B", resource: "r", context: { "k:A": "arn:aws:s3:eu:2:1:x" } }, [statement]), "denied");
    });

    it("compares sets of values as ForAllValues and ForAnyValue say", () => {
        const ask = (operator: string, values?: string[]): string =>
            decide({ action: "a:B", resource: "r", context: values === undefined ? {} : { "k:A": values } }, [
                { Effect: "Allow", Action: "a:B", Resource: "r", Condition: { [operator]: { "k:A": ["x", "y"] } } },
            ]);
        assert.equal(ask("ForAllValues:StringEquals", ["x", "y"]), "allowed");
        assert.equal(ask("ForAllValues:StringEquals", ["x", "z"]), "denied");
        assert.equal(ask("ForAllValues:StringEquals"), "allowed");
        assert.equal(ask("ForAnyValue:StringEquals", ["x", "z"]), "allowed");
        assert.equal(ask("ForAnyValue:StringEquals"), "denied");
    });

    it("refuses an operator that it does not know instead of guessing", () => {
        assert.throws(() => decide({ action: "a:B", resource: "r", context: { "k:A": "1" } }, [{ Effect: "Allow", Action: "a:B", Resource: "r", Condition: { IpAddress: { "k:A": "1" } } }]), /does not know the operator "IpAddress"/);
    });

    it("takes every other character of a pattern as itself", () => {
        assert.equal(fits("a.b", "a?b"), true);
        assert.equal(fits("axb", "a.b"), false);
        assert.equal(fits("a(b)[c]", "a(b)*"), true);
    });

    it("lets nobody take a role whose trust names another source", () => {
        const trust = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service: "codebuild.amazonaws.com" }, Action: "sts:AssumeRole", Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:codebuild:r:1:project/p" } } }] });
        assert.equal(mayAssume(trust, "codebuild.amazonaws.com", { "aws:SourceArn": "arn:aws:codebuild:r:1:project/p" }), true);
        assert.equal(mayAssume(trust, "codebuild.amazonaws.com", { "aws:SourceArn": "arn:aws:codebuild:r:1:project/q" }), false);
        assert.equal(mayAssume(trust, "lambda.amazonaws.com", { "aws:SourceArn": "arn:aws:codebuild:r:1:project/p" }), false);
    });
});

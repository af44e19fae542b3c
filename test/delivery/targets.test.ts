import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Deployment } from "../../automation/deployment";
import { ImageRepository } from "../../components/images/ImageRepository";
import { scopeOf } from "../../delivery/edge/engineEvents";
import { deliveryTargets, IMAGE_REPOSITORY_TYPE, missingRepositories, REPOSITORY_PARTS } from "../../delivery/targets";
import { registered, registrationOf, startMockEngine } from "../support/mockEngine";
import { valueOf } from "../support/valueOf";

const PLACE = { project: "container-lambdas", stack: "dev" };
const URN = "urn:pulumi:dev::container-lambdas::";

describe("the targets of a self-update", () => {
    it("name the pipeline and each new repository, with everything below it", () => {
        assert.deepEqual(deliveryTargets(PLACE, ["orders"]), [
            "urn:pulumi:dev::container-lambdas::**container-lambdas:delivery:DeliveryPipeline::**",
            "urn:pulumi:dev::container-lambdas::**container-lambdas:delivery:DeliveryPipeline$**",
            "urn:pulumi:dev::container-lambdas::**container-lambdas:images:ImageRepository::orders",
            "urn:pulumi:dev::container-lambdas::**container-lambdas:images:ImageRepository$**::orders-repository",
            "urn:pulumi:dev::container-lambdas::**container-lambdas:images:ImageRepository$**::orders-lifecycle",
            "urn:pulumi:dev::container-lambdas::**container-lambdas:images:ImageRepository$**::orders-policy",
        ]);
    });

    it("use the types and names under which repositories and their parts register", async () => {
        await startMockEngine();
        await valueOf(new ImageRepository("orders", { repositoryName: "p-s/orders", accountId: "123456789012", region: "eu-central-1" }).repositoryUrl);
        assert.equal(registrationOf(IMAGE_REPOSITORY_TYPE, "orders").type, IMAGE_REPOSITORY_TYPE);
        const below = registered().filter(({ type }) => type !== IMAGE_REPOSITORY_TYPE);
        assert.deepEqual(below.map(({ name }) => name).sort(), REPOSITORY_PARTS.map((part) => `orders-${part}`).sort());
    });

    it("hold the pipeline and the new repositories, and nothing of the application", () => {
        const isTarget = scopeOf(deliveryTargets(PLACE, ["orders"]));
        for (const tail of [
            "container-lambdas:delivery:DeliveryPipeline::delivery",
            "container-lambdas:delivery:DeliveryPipeline$aws:codepipeline/pipeline:Pipeline::delivery-pipeline",
            "container-lambdas:images:ImageRepository::orders",
            "container-lambdas:images:ImageRepository$aws:ecr/repository:Repository::orders-repository",
        ]) {
            assert.ok(isTarget(URN + tail), tail);
        }
        for (const tail of [
            "pulumi:pulumi:Stack::container-lambdas-dev",
            "container-lambdas:images:ImageRepository::old-orders",
            "container-lambdas:images:ImageRepository$aws:ecr/repository:Repository::old-orders-repository",
            "container-lambdas:images:FunctionImage$docker:index/image:Image::orders-0123456789ab",
            "container-lambdas:functions:ContainerFunction$aws:lambda/function:Function::orders",
            "aws:sqs/queue:Queue::ImageRepository",
        ]) {
            assert.ok(!isTarget(URN + tail), tail);
        }
        assert.ok(!isTarget("urn:pulumi:prod::container-lambdas::container-lambdas:images:ImageRepository::orders"), "another stack");
    });
});

describe("the repositories that a self-update makes", () => {
    let root: string;
    beforeEach(() => {
        root = fs.mkdtempSync(path.join(os.tmpdir(), "cl-targets-"));
        for (const name of ["orders", "bills"]) {
            fs.mkdirSync(path.join(root, "app/functions", name), { recursive: true });
        }
    });
    afterEach(() => fs.rmSync(root, { recursive: true }));

    const own = { repositories: "perImage", registry: "own" } as const;
    const state = (...names: string[]): Deployment => ({
        version: 3,
        deployment: { resources: names.map((name) => ({ urn: `${URN}${IMAGE_REPOSITORY_TYPE}$aws:ecr/repository:Repository::${name}-repository`, type: "aws:ecr/repository:Repository" })) },
    });

    it("are those of every directory and of the layer where there is no state", () => {
        assert.deepEqual(missingRepositories(root, own, undefined), ["bills", "common-layer", "orders"]);
    });

    it("are only those that the state lacks: functions depend on the others", () => {
        assert.deepEqual(missingRepositories(root, own, state("common-layer", "orders")), ["bills"]);
        assert.deepEqual(missingRepositories(root, own, state("common-layer", "orders", "bills")), []);
    });

    it("are one where all images share it, and none where another stack owns them", () => {
        assert.deepEqual(missingRepositories(root, { ...own, repositories: "shared" }, undefined), ["images"]);
        assert.deepEqual(missingRepositories(root, { ...own, registry: "external" }, undefined), []);
    });
});

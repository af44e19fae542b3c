import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { registered, urnTails } from "./support/mockEngine";
import { ProgramOptions, ProgramRun, runProgram } from "./support/program";

const DELIVERY = { CONTAINER_LAMBDAS_SCOPE: "delivery" };
const COMMIT = "a".repeat(40);
/** How the engine marks what is not known. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const REPOSITORY = "aws:ecr/repository:Repository";

/** Everything that CodePipeline and CodeBuild would be told. */
const deliveryInputs = (): string =>
    JSON.stringify(
        registered()
            .filter(({ type }) => /^aws:code(?:pipeline|build)\//.test(type))
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );

/** Runs the program with more variables in the environment, and in another folder. */
async function run(options: ProgramOptions, environment: Readonly<Record<string, string>>, directory?: string): Promise<ProgramRun> {
    const variables = { ...process.env };
    Object.assign(process.env, environment);
    try {
        return await runProgram(options, directory);
    } finally {
        for (const name of Object.keys(environment)) {
            delete process.env[name];
        }
        Object.assign(process.env, variables);
    }
}

describe("the program, limited to what a self-update may change", function () {
    this.timeout(60_000);
    const stack = "local-dev";
    let folder: string;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "cl-scope-"));
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    /** A checkout with so many functions, and nothing else. */
    function checkout(name: string, functions: number, manifest = "{}", dockerfile = "FROM scratch\n"): string {
        const root = path.join(folder, name);
        fs.mkdirSync(path.join(root, "app/functions"), { recursive: true });
        for (let index = 0; index < functions; index += 1) {
            const directory = path.join(root, `app/functions/f${index}`);
            fs.mkdirSync(directory);
            fs.writeFileSync(path.join(directory, "function.yaml"), manifest);
            fs.writeFileSync(path.join(directory, "Dockerfile"), dockerfile);
        }
        return root;
    }

    it("declares the pipeline and the repositories of all images, as the whole program does, and nothing else", async () => {
        await runProgram({ stack });
        const whole = urnTails().filter((tail) => / delivery(?:-|$)|^container-lambdas:images:ImageRepository |^aws:ecr\//.test(tail));
        const definition = deliveryInputs();
        await run({ stack }, DELIVERY);
        assert.deepEqual(urnTails(), [...whole, "pulumi:pulumi:StackReference own-outputs"].sort());
        assert.equal(deliveryInputs(), definition);
        assert.equal(registered().filter(({ type }) => type === REPOSITORY).length, 5);
    });

    it("gives CodePipeline and CodeBuild the same bytes for no function, for one and for fifty", async () => {
        const definitions: string[] = [];
        for (const count of [0, 1, 50]) {
            await run({ stack }, DELIVERY, checkout(`with-${count}`, count));
            assert.equal(registered().filter(({ type }) => type === REPOSITORY).length, count + 1);
            definitions.push(deliveryInputs());
        }
        assert.match(definitions[0] ?? "", /container-lambdas-local-dev-self-update/);
        assert.deepEqual(definitions.slice(1), [definitions[0], definitions[0]]);
    });

    it("reads no manifest and no Dockerfile: broken ones do not keep a pipeline from being repaired", async () => {
        const directory = checkout("broken", 2, "memorySize: [", "FORM nothing");
        fs.mkdirSync(path.join(directory, "app/functions/Not_a_name"));
        fs.writeFileSync(path.join(directory, "app/functions/notes.txt"), "");
        await run({ stack }, DELIVERY, directory);
        const repositories = registered().flatMap(({ type, inputs }) => (type === REPOSITORY ? [inputs.name] : []));
        assert.deepEqual(repositories.sort(), ["common-layer", "f0", "f1"].map((name) => `container-lambdas-local-dev/${name}`));
    });

    it("declares no repository where images come from another stack", async () => {
        await run({ stack: "local-prod" }, DELIVERY);
        assert.ok(registered().every(({ type }) => !type.startsWith("aws:ecr/")));
        assert.ok(registered().some(({ type }) => type === "aws:codepipeline/pipeline:Pipeline"));
    });

    it("leaves the outputs of everything else as they are", async () => {
        const lastOutputs = { functions: { ping: { arn: "arn:ping" } }, rawBucket: "raw", pipelineName: "old", team: ["x"] };
        const { outputs } = await run({ stack, lastOutputs }, DELIVERY);
        assert.deepEqual(outputs, { ...lastOutputs, pipelineName: "container-lambdas-local-dev" });
    });

    it("hands on no output that holds the engine's mark for what is not known", async () => {
        const lastOutputs = { functions: { ping: { arn: UNKNOWN } }, queues: [UNKNOWN], rawBucket: UNKNOWN, stageBucket: "stage" };
        const { outputs } = await run({ stack, lastOutputs }, DELIVERY);
        assert.deepEqual(outputs, { stageBucket: "stage", pipelineName: "container-lambdas-local-dev" });
    });

    it("records the commit that it is run for, and keeps the recorded one where it is told none", async () => {
        for (const environment of [DELIVERY, {}]) {
            const first = await run({ stack }, { ...environment, CONTAINER_LAMBDAS_COMMIT: COMMIT, CONTAINER_LAMBDAS_AFTER: "" });
            assert.equal(first.outputs.commit, COMMIT);
            const second = await run({ stack, lastOutputs: { commit: COMMIT } }, environment);
            assert.equal(second.outputs.commit, COMMIT);
        }
    });

    it("declares nothing where another delivery came in between", async () => {
        const environment = { ...DELIVERY, CONTAINER_LAMBDAS_COMMIT: "b".repeat(40), CONTAINER_LAMBDAS_AFTER: COMMIT };
        await assert.rejects(
            run({ stack, lastOutputs: { commit: "c".repeat(40) } }, environment),
            /commit: "c{40}": was updated by another delivery in the meantime: "a{40}" was expected\. Fix: start the delivery again/,
        );
        assert.deepEqual(urnTails(), ["pulumi:pulumi:StackReference own-outputs"]);
        await assert.rejects(run({ stack, lastOutputs: {} }, environment), /was updated by another delivery/);
    });

    it("refuses a scope that there is not", async () => {
        await assert.rejects(
            run({ stack }, { CONTAINER_LAMBDAS_SCOPE: "images" }),
            /environment: CONTAINER_LAMBDAS_SCOPE: "images": is no scope of the program\. Fix: set it to delivery, or unset it for everything/,
        );
    });
});

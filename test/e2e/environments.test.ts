import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { listAccount } from "./support/account";
import { Checkout, assertSuccess } from "./support/checkout";
import { ScratchStack } from "./support/scratchStack";
import { sharedCheckout } from "./support/shared";

/** What the committed settings of dev and prod lack to run on the emulator; both are given explicitly, in a copy. */
const ON_EMULATOR = { "container-lambdas:runsOn": "emulator", "container-lambdas:baseImages": ".local/base-images.json" };
/** An engine that is not there: whoever asks it fails. */
const NO_DOCKER = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
const MANIFEST = "releases/prod.json";
const PING = "app/functions/ping/src/app.py";

interface Outputs {
    readonly functions: Readonly<Record<string, { readonly imageUri: string; readonly version: string }>>;
    readonly images: Readonly<Record<string, { readonly key: string; readonly digest: string; readonly registered: boolean }>>;
    readonly repositories: Readonly<Record<string, string>>;
}

describe("stacks dev and prod, the same program on the embedded endpoint", () => {
    let checkout: Checkout;
    let dev: ScratchStack;
    let prod: ScratchStack;
    let account: Record<string, string[]>;
    let folder: string;
    let tested: Outputs;

    const aws = async (...args: string[]): Promise<string> => assertSuccess(await checkout.local("aws", args)).stdout;
    const succeeds = assertSuccess;
    const countOf = async (stack: ScratchStack, type: string): Promise<number> => (await stack.resources()).filter((resource) => resource.type === type).length;

    before(async () => {
        ({ checkout } = await sharedCheckout());
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "cl-environments-"));
        account = await listAccount((args) => checkout.local("aws", args));
        dev = await ScratchStack.create(checkout, "dev", ON_EMULATOR);
        prod = await ScratchStack.create(checkout, "prod", ON_EMULATOR);
    });

    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("our commands refuse both with the committed settings in a shell of the local environment", async () => {
        for (const stack of ["dev", "prod"]) {
            for (const command of ["preview", "up", "destroy"]) {
                const more = command === "destroy" ? ["--confirm", stack] : [];
                const { status, stderr } = await checkout.local("npm", ["run", "--silent", command, "--", stack, ...more]);
                assert.equal(status, 4, `${command} ${stack}: ${stderr}`);
                assert.match(stderr, /AWS_ENDPOINT_URL is "http:\/\/127\.0\.0\.1:\d+".*belongs to a real AWS account/);
            }
        }
    });

    it("plain pulumi is refused by the program itself, prod in a shell of the local environment and local outside of it", async () => {
        prod.set({ "container-lambdas:runsOn": undefined });
        const refused = await prod.run("up", ["--yes", "--skip-preview"]);
        prod.set(ON_EMULATOR);
        assert.notEqual(refused.status, 0);
        assert.match(refused.stdout, /AWS_ENDPOINT_URL.*leads to an emulator, while this stack has `runsOn: account` and belongs to a real AWS account/);
        assert.deepEqual((await prod.resources()).map(({ type }) => type), ["pulumi:pulumi:Stack"]);
        const outside = await checkout.local("pulumi", ["up", "--stack", "local", "--yes", "--skip-preview", "--color", "never", "--non-interactive"], { AWS_ENDPOINT_URL: "" });
        assert.notEqual(outside.status, 0);
        assert.match(outside.stdout, /AWS_ENDPOINT_URL.*is not set, while this stack has `runsOn: emulator`/);
        assert.equal(checkout.status(), "");
    });

    it("dev builds its images in repositories of its own, and its functions run them", async () => {
        succeeds(await dev.run("up", ["--yes", "--skip-preview"]));
        tested = await dev.outputs<Outputs>();
        assert.equal(await countOf(dev, "docker:index/image:Image"), Object.keys(tested.images).length);
        const local = JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "--stack", "local", "--json"])).stdout) as Outputs;
        assert.deepEqual(mapValues(tested.images, ({ key }) => key), mapValues(local.images, ({ key }) => key), "a stack is not part of a key");
        for (const [name, { key, digest }] of Object.entries(tested.images)) {
            const shown = JSON.parse(await aws("ecr", "describe-images", "--repository-name", `container-lambdas-dev/${name}`)) as { imageDetails: { imageDigest: string; imageTags: string[] }[] };
            assert.deepEqual(shown.imageDetails.map(({ imageDigest, imageTags }) => [imageDigest, imageTags]), [[digest, [key]]]);
        }
        assert.equal((await answer("dev")).message, "pong");
        assert.equal(checkout.status(), "");
    });

    it("dev adopts what was built without a Docker engine, and no function changes", async () => {
        dev.set({ "container-lambdas:images": "adopt" });
        succeeds(await dev.run("up", ["--yes", "--skip-preview"], NO_DOCKER));
        assert.equal(await countOf(dev, "docker:index/image:Image"), 0);
        const adopted = await dev.outputs<Outputs>();
        assert.deepEqual(adopted.functions, tested.functions);
        assert.deepEqual(mapValues(adopted.images, ({ key, digest }) => [key, digest]), mapValues(tested.images, ({ key, digest }) => [key, digest]));
        succeeds(await dev.run("preview", ["--expect-no-changes"], NO_DOCKER));
    });

    it("prod runs the digests that dev tested, with no docker.Image, no repository and no Docker engine", async () => {
        release(tested);
        succeeds(await prod.run("up", ["--yes", "--skip-preview"], NO_DOCKER));
        assert.equal(await countOf(prod, "docker:index/image:Image"), 0);
        assert.equal(await countOf(prod, "aws:ecr/repository:Repository"), 0);
        const repositories = JSON.parse(await aws("ecr", "describe-repositories", "--query", "repositories[].repositoryName")) as string[];
        assert.deepEqual(repositories.filter((name) => name.startsWith("container-lambdas-prod")), []);
        assert.deepEqual(await running("prod"), await running("dev"));
        assert.equal((await answer("prod")).message, "pong");
        succeeds(await prod.run("preview", ["--expect-no-changes"], NO_DOCKER));
        assert.equal(checkout.status(), "?? releases/\n");
    });

    it("a second release moves the alias in prod as in dev, where no pipeline of tags would do it", async () => {
        const source = checkout.read(PING);
        try {
            checkout.edit(PING, '"pong"', '"pong" if event is None else "pong"');
            dev.set({ "container-lambdas:images": undefined });
            succeeds(await dev.run("up", ["--yes", "--skip-preview"]));
            assert.equal(await countOf(dev, "docker:index/image:Image"), 1, "the one image that changed");
            const changed = await dev.outputs<Outputs>();
            assert.notEqual(changed.images.ping?.digest, tested.images.ping?.digest);
            release(changed);
            succeeds(await prod.run("up", ["--yes", "--skip-preview"], NO_DOCKER));
            succeeds(await prod.run("preview", ["--expect-no-changes"], NO_DOCKER));
            assert.deepEqual(await versions("prod"), { alias: "2", published: ["1", "2"] });
            assert.deepEqual(await versions("dev"), { alias: "2", published: ["1", "2"] });
            assert.equal((await answer("prod")).functionVersion, "2");
            assert.equal((await answer("dev")).functionVersion, "2");
            assert.deepEqual(await running("prod"), await running("dev"), "what the alias runs");
        } finally {
            checkout.write(PING, source);
        }
    });

    it("a release manifest of other sources is refused", async () => {
        const { status, stdout } = await prod.run("preview", [], NO_DOCKER);
        assert.notEqual(status, 0);
        assert.match(stdout, /releases\/prod\.json.*images\.ping/);
    });

    it("destroy keeps what holds images while data is protected, and leaves nothing else", async () => {
        fs.rmSync(checkout.path("releases"), { recursive: true });
        succeeds(await prod.run("destroy", ["--yes", "--skip-preview"], NO_DOCKER));
        const refused = await dev.run("destroy", ["--yes", "--skip-preview"]);
        assert.notEqual(refused.status, 0);
        assert.match(refused.stdout, /RepositoryNotEmptyException/);
        for (const name of Object.keys(tested.images)) {
            await aws("ecr", "delete-repository", "--force", "--repository-name", `container-lambdas-dev/${name}`);
        }
        succeeds(await dev.run("destroy", ["--yes", "--skip-preview"]));
        await dev.remove();
        await prod.remove();
        assert.deepEqual(await listAccount((args) => checkout.local("aws", args)), account);
        assert.equal(checkout.status(), "");
    });

    /** The release manifest that the delivery would write of what dev runs. */
    function release({ images, repositories }: Outputs): void {
        const released = Object.entries(images).map(([name, { key, digest }]) => [name, { key, digest, repositoryUrl: repositories[name] }]);
        checkout.write(MANIFEST, JSON.stringify({ formatVersion: 1, commit: "0".repeat(40), images: Object.fromEntries(released) }));
    }

    /** Digest by function of what the alias runs. */
    async function running(stack: string): Promise<Record<string, string>> {
        const list = JSON.parse(await aws("lambda", "list-functions", "--query", "Functions[].FunctionName")) as string[];
        const prefix = `container-lambdas-${stack}-`;
        const entries = list.filter((name) => name.startsWith(prefix)).sort().map(async (name): Promise<[string, string]> => {
            const uri = JSON.parse(await aws("lambda", "get-function", "--function-name", name, "--qualifier", "live", "--query", "Code.ImageUri")) as string;
            return [name.slice(prefix.length), uri];
        });
        const all = Object.fromEntries(await Promise.all(entries));
        assert.equal(Object.keys(all).length, 5, stack);
        return all;
    }

    async function versions(stack: string): Promise<{ alias: string; published: string[] }> {
        const name = `container-lambdas-${stack}-ping`;
        const alias = JSON.parse(await aws("lambda", "get-alias", "--function-name", name, "--name", "live", "--query", "FunctionVersion")) as string;
        const all = JSON.parse(await aws("lambda", "list-versions-by-function", "--function-name", name, "--query", "Versions[].Version")) as string[];
        return { alias, published: all.filter((version) => version !== "$LATEST") };
    }

    async function answer(stack: string): Promise<{ message: string; functionVersion: string }> {
        const file = path.join(folder, `${stack}.json`);
        await aws("lambda", "invoke", "--function-name", `container-lambdas-${stack}-ping:live`, file);
        return JSON.parse(fs.readFileSync(file, "utf8")) as { message: string; functionVersion: string };
    }
});

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

import assert from "node:assert/strict";
import { assignments, parseDockerfile } from "../../../components/manifest/dockerfile";
import { pinnedReferenceFault } from "../../../components/manifest/imageReference";
import { assertGood, assertOne, DIGEST, DOCKERFILE, DOCKERFILE_WITHOUT_LAYER, LAYER_DOCKERFILE, lines, readOne } from "./support";

const FILE = "app/functions/sample/Dockerfile";
const without = (dockerfile: string, manifest = "layer: false\n") => readOne(manifest, {}, { [FILE]: dockerfile });
const insert = (line: string): string => DOCKERFILE_WITHOUT_LAYER.replace("COPY src", `${line}\nCOPY src`);

describe("FROM", () => {
    for (const [from, expected] of [
        [
            "python:3.12",
            `${FILE}:2: "python:3.12": FROM names an image that has a tag only; a tag can be moved to another image. Fix: use \${BASE_NAME} of a declared base image, or pin it as NAME:TAG@sha256:<64 hex digits>.`,
        ],
        ["python:latest", /FROM names an image that has the tag latest, which means another image every day, and no digest/],
        ["python", /FROM names an image that has neither tag nor digest/],
        ["localhost:5000/python", /has neither tag nor digest/],
        ["python@sha256:123", /has a digest that is not sha256 with 64 of 0 to 9 and a to f/],
        ["python@md5:0123456789abcdef", /has a digest that is not sha256/],
        ["$VERSION", /FROM uses VERSION, which no ARG in front of the first FROM declares/],
        ["python:${VERSION}", /FROM puts a name together from arguments/],
        ["${BASE_PYTHON}-slim", /FROM puts a name together from arguments/],
    ] as const) {
        it(`refuses ${from}`, () => assertOne(without(`ARG BASE_PYTHON\nFROM ${from}\nCMD ["a.b"]\n`), expected));
    }
    it("refuses an argument without a default, or with one that is not pinned", () => {
        assertOne(
            without('ARG IMAGE\nFROM ${IMAGE}\nCMD ["a.b"]\n'),
            /FROM uses IMAGE, which has no default and is not given by the program \(it gives BASE_<NAME> and LAYER\)/,
        );
        assertOne(without('ARG IMAGE=python:3.12\nFROM ${IMAGE}\nCMD ["a.b"]\n'), /FROM uses IMAGE, whose default has a tag only/);
        assertOne(
            without('ARG BASE_PYTHON=python:3.12\nFROM ${BASE_PYTHON}\nCMD ["a.b"]\n'),
            /ARG BASE_PYTHON has a default that has a tag only/,
        );
    });
    it("refuses base images that are not declared, and proposes the nearest", () => {
        assertOne(
            without('ARG BASE_PYTHN\nFROM ${BASE_PYTHN}\nCMD ["a.b"]\n'),
            `${FILE}:1: declares BASE_PYTHN, which is no base image; did you mean "BASE_PYTHON"? Fix: use "BASE_PYTHON", or add the image to the file of base images.`,
        );
        assertGood(readOne("layer: false\n", { baseImages: undefined }, { [FILE]: 'ARG BASE_PYTHN\nFROM ${BASE_PYTHN}\nCMD ["a.b"]\n' }));
    });
    for (const from of [
        "${BASE_PYTHON}",
        "$BASE_PYTHON",
        `public.ecr.aws/lambda/python:3.12@${DIGEST}`,
        `localhost:5000/python@${DIGEST}`,
    ]) {
        it(`accepts ${from.slice(0, 40)}`, () => assertGood(without(`ARG BASE_PYTHON\nFROM ${from}\nCMD ["a.b"]\n`)));
    }
    it("accepts scratch and earlier stages, by name and in any case", () => {
        assertGood(
            without(
                'ARG BASE_PYTHON\nFROM ${BASE_PYTHON} AS Build\nFROM scratch AS empty\nFROM build\nCOPY --from=0 /a /a\nCOPY --from=EMPTY /a /a\nCMD ["a.b"]\n',
            ),
        );
        assertOne(
            without('ARG BASE_PYTHON\nFROM later\nFROM ${BASE_PYTHON} AS later\nCMD ["a.b"]\n'),
            /"later": FROM names an image that has neither tag nor digest/,
        );
    });
    it("refuses another platform than the architecture's", () => {
        assertOne(
            without('ARG BASE_PYTHON\nFROM --platform=linux/arm64 ${BASE_PYTHON}\nCMD ["a.b"]\n'),
            /"linux\/arm64": FROM asks for another platform than the image's architecture x86_64, which is linux\/amd64/,
        );
        assertGood(without('ARG BASE_PYTHON\nFROM --platform=linux/amd64 ${BASE_PYTHON}\nCMD ["a.b"]\n'));
        assertGood(without('ARG BASE_PYTHON\nFROM --platform=$BUILDPLATFORM ${BASE_PYTHON}\nCMD ["a.b"]\n'));
    });
});

describe("the common layer in a Dockerfile", () => {
    it("is taken exactly when the manifest says so", () => {
        assertOne(
            readOne("{}", {}, { [FILE]: DOCKERFILE_WITHOUT_LAYER }),
            /the manifest says that the image has the common layer, but the Dockerfile lacks ARG LAYER in front of the first FROM\. Fix: write ARG LAYER, FROM \$\{LAYER\} AS layer and COPY --from=layer \/opt \/opt, or `layer: false` into function\.yaml\.$/,
        );
        assertOne(
            readOne("{}", {}, { [FILE]: DOCKERFILE_WITHOUT_LAYER.replace("ARG BASE", "ARG LAYER\nARG BASE") }),
            /the Dockerfile lacks FROM \$\{LAYER\}/,
        );
        assertOne(without(DOCKERFILE), /the Dockerfile takes the common layer, but the manifest says `layer: false`/);
        assertGood(readOne("{}"));
        assertGood(without(DOCKERFILE_WITHOUT_LAYER));
    });
    it("is not asked of a Dockerfile whose manifest does not tell", () => {
        assertOne(readOne("layer: sometimes\n", {}, { [FILE]: DOCKERFILE_WITHOUT_LAYER }), /layer: "sometimes": must be true or false/);
        assertOne(readOne("a: [\n", {}, { [FILE]: DOCKERFILE_WITHOUT_LAYER }), /is not valid YAML/);
    });
    it("cannot be named by --from with an argument", () => {
        const direct = DOCKERFILE.replace("--from=layer", "--from=${LAYER}");
        assertOne(
            readOne("{}", {}, { [FILE]: direct }),
            /"\$\{LAYER\}": --from cannot use arguments: Docker does not replace them there\. Fix: write FROM \$\{LAYER\} AS layer, and --from=layer\.$/,
        );
    });
    it("is not made of itself, ends with FROM scratch, and holds /opt only", () => {
        const layer = (dockerfile: string) => readOne("{}", {}, { "app/common-layer/Dockerfile": dockerfile });
        assertGood(layer(LAYER_DOCKERFILE));
        assertOne(
            layer(LAYER_DOCKERFILE.replace("FROM scratch", "FROM ${BASE_PYTHON}")),
            /app\/common-layer\/Dockerfile:4: the last stage of the common layer does not begin with FROM scratch/,
        );
        assertOne(layer(LAYER_DOCKERFILE.replace("/layer /opt", "/layer /usr")), /"\/usr": puts files outside \/opt into the common layer/);
        const own = lines(layer(`ARG LAYER\n${LAYER_DOCKERFILE.replace("FROM ${BASE_PYTHON}", "FROM ${LAYER}")}`).problems);
        assert.equal(own.length, 2, own.join("\n"));
        assert.match(own.join("\n"), /the common layer declares ARG LAYER: it would be made of itself/);
        assert.match(own.join("\n"), /FROM uses LAYER, which has no default and is not given by the program \(it gives BASE_<NAME>\)/);
    });
});

describe("a Dockerfile's instructions", () => {
    for (const [line, expected] of [
        [
            "ARG TOKEN",
            `${FILE}:3: ARG TOKEN looks like a credential, and would stay in the image (SecretsUsedInArgOrEnv). Fix: use RUN --mount=type=secret while building, or \`secrets\` in function.yaml while running.`,
        ],
        ["ENV PASSWORD=hunter2", /ENV PASSWORD looks like a credential/],
        ["ENV A=1 DB_PASSWORD=hunter2", /ENV DB_PASSWORD looks like a credential/],
        ["ENV API_KEY hunter2", /ENV API_KEY looks like a credential/],
        [`ENV ID=${"AK"}IAABCDEFGHIJKLMNOP`, /ENV ID looks like a credential/],
        [`RUN echo ${"AK"}IAABCDEFGHIJKLMNOP`, /RUN contains what looks like a credential/],
        ["ENV NODE_TLS_REJECT_UNAUTHORIZED=0", /ENV NODE_TLS_REJECT_UNAUTHORIZED switches certificate checks off/],
        ["ENV PYTHONHTTPSVERIFY=0", /switches certificate checks off/],
        ["ADD https://example.com/a.tar.gz /a", /ADD fetches from the network without a checksum \(CKV_DOCKER_4\)/],
        ['ADD ["http://example.com/a", "/a"]', /ADD fetches from the network/],
        ["ADD git://example.com/a /a", /ADD fetches from the network/],
        ["RUN curl -k https://example.com", /curl does not check certificates \(CKV2_DOCKER_2\)\. Fix: remove -k or --insecure\.$/],
        ["RUN curl -sSLk https://example.com", /curl does not check certificates/],
        ["RUN true && curl --insecure https://example.com", /curl does not check certificates/],
        [
            "RUN echo a \\\n    && curl \\\n    # why not\n    -k https://example.com",
            /^app\/functions\/sample\/Dockerfile:3: curl does not check certificates/,
        ],
        ["RUN <<EOF\ncurl -k https://example.com\nEOF", /:3: curl does not check certificates/],
        ["RUN wget --no-check-certificate https://example.com", /wget does not check certificates/],
        ["RUN pip install --trusted-host example.com a", /pip does not check certificates/],
        ["RUN npm config set strict-ssl false", /npm does not check certificates/],
        ["RUN dnf install -y --nogpgcheck a", /packages are installed unsigned/],
        ["RUN apt-get install --allow-unauthenticated a", /packages are installed unsigned/],
        ["RUN sudo yum install a", /uses sudo \(CKV2_DOCKER_1\); builds run as root already/],
        ["RUN true && sudo id", /uses sudo/],
        ["COPY --from=python:3.12 /a /a", /"python:3\.12": --from names no earlier stage, and an image that has a tag only/],
        ["RUN --mount=type=bind,from=python:3.12,target=/a true", /"python:3\.12": --from names no earlier stage/],
    ] as const) {
        it(`refuses ${line.replace(/\n/g, "↵").slice(0, 70)}`, () => {
            const result = without(insert(line));
            assertOne(result, expected);
            assert.doesNotMatch(lines(result.problems).join(), /hunter2|ABCDEFGHIJKLMNOP/);
        });
    }
    for (const line of [
        "ARG VERSION=1",
        "ENV PARTITION_KEY=customer TOKENIZER=fast",
        "ADD archive.tar.gz /a",
        `ADD --checksum=${DIGEST} https://example.com/a.tar.gz /a`,
        "RUN curl -fsSL https://example.com | tar -xz -k",
        "RUN echo pseudo sudoku",
        "RUN --mount=type=secret,id=token,env=TOKEN true",
        `COPY --from=python@${DIGEST} /a /a`,
        "# RUN sudo curl -k",
        "HEALTHCHECK NONE",
    ]) {
        it(`accepts ${line.slice(0, 70)}`, () => assertGood(without(insert(line))));
    }
    it("end with a command, in the form that Lambda understands", () => {
        const bare = "ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\n";
        assertOne(
            without(bare),
            `${FILE}: the last stage has neither CMD nor ENTRYPOINT, and the manifest has no handlers. Fix: end with CMD ["module.function"].`,
        );
        assertOne(without(`${bare}HEALTHCHECK CMD true\n`), /has neither CMD nor ENTRYPOINT/);
        assertOne(
            without(`${bare}CMD app.handler\n`),
            `${FILE}:3: CMD has the shell form: Lambda would be given /bin/sh as the handler. Fix: write CMD ["module.function"].`,
        );
        assertOne(
            without(`ARG BASE_PYTHON\nFROM \${BASE_PYTHON} AS one\nCMD ["a.b"]\nFROM \${BASE_PYTHON}\n`),
            /has neither CMD nor ENTRYPOINT/,
        );
        assertGood(without(`ARG BASE_PYTHON\nFROM \${BASE_PYTHON} AS one\nCMD ["a.b"]\nFROM one\n`));
        assertGood(without(`${bare}ENTRYPOINT ["/bootstrap"]\n`));
        assertGood(without(bare, "layer: false\nhandlers: { sample-a: { command: [a.b] } }\n"));
    });
    it("may begin with a pinned syntax line only", () => {
        assertOne(
            without(`# syntax=docker/dockerfile:1\n${DOCKERFILE_WITHOUT_LAYER}`),
            /^app\/functions\/sample\/Dockerfile:1: "docker\/dockerfile:1": # syntax= names an image that is fetched before the build and has a tag only/,
        );
        assertGood(without(`# syntax=docker/dockerfile:1@${DIGEST}\n${DOCKERFILE_WITHOUT_LAYER}`));
    });
    it("exist", () => {
        assertOne(without("# nothing\n"), `${FILE}: has no FROM. Fix: begin with ARG BASE_PYTHON and FROM \${BASE_PYTHON}.`);
    });
});

describe("the reader of Dockerfiles", () => {
    const parse = (text: string) => parseDockerfile("Dockerfile", new TextEncoder().encode(text)).dockerfile;
    it("joins lines, skips comments, and keeps the line where an instruction begins", () => {
        const found = parse("# c\r\nfrom a as B\r\nRUN one \\\r\n  # in between\r\n\r\n  two\r\nCOPY --chown=1:1 --from=b x y\n");
        assert.deepEqual(
            found?.instructions.map(({ name, text, line, flags }) => [name, text.replace(/\s+/g, " "), line, Object.fromEntries(flags)]),
            [
                ["FROM", "a as B", 2, {}],
                ["RUN", "one two", 3, {}],
                ["COPY", "x y", 7, { chown: "1:1", from: "b" }],
            ],
        );
        assert.deepEqual(
            found?.stages.map(({ from, name }) => [from, name]),
            [["a", "b"]],
        );
    });
    it("knows the other escape character and here-documents", () => {
        const found = parse("# escape=`\nFROM a\nRUN one `\n two\nRUN <<A <<-'B'\nFROM x\nA\nFROM y\n\tB\nCMD [\"z\"]\n");
        assert.deepEqual(
            found?.instructions.map(({ name }) => name),
            ["FROM", "RUN", "RUN", "CMD"],
        );
    });
    it("takes assignments apart, quoted or not", () => {
        const [arg, env, old] = parse('ARG A="x y" B=\'z\' C\nENV D=1 E="a=b"\nENV F one two\n')?.instructions ?? [];
        assert.ok(arg !== undefined && env !== undefined && old !== undefined);
        assert.deepEqual(assignments(arg), [{ name: "A", value: "x y" }, { name: "B", value: "z" }, { name: "C" }]);
        assert.deepEqual(assignments(env), [
            { name: "D", value: "1" },
            { name: "E", value: "a=b" },
        ]);
        assert.deepEqual(assignments(old), [{ name: "F", value: "one two" }]);
    });
    it("knows pinned references", () => {
        for (const good of [`a@${DIGEST}`, `a.b/c/d:1.2@${DIGEST}`, `localhost:5000/a@${DIGEST}`]) {
            assert.equal(pinnedReferenceFault(good), undefined, good);
        }
        for (const bad of ["", "a", "a:1", `a:1@${DIGEST}0`, `@${DIGEST}`, `a b@${DIGEST}`, `a;b@${DIGEST}`]) {
            assert.notEqual(pinnedReferenceFault(bad), undefined, bad);
        }
    });
});

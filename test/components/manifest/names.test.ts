import assert from "node:assert/strict";
import { nameFault, projectOrStackFault } from "../../../components/manifest/names";
import { assertGood, assertOne, DOCKERFILE, lines, readOne, readTree } from "./support";

const good = (name: string): Record<string, string> => ({
    [`app/functions/${name}/function.yaml`]: "{}",
    [`app/functions/${name}/Dockerfile`]: DOCKERFILE,
});

describe("a function's name", () => {
    const bad: readonly (readonly [string, string])[] = [
        ["na\u00efve-fn", "the name contains U+00EF at position 3"],
        ["fn one", "the name contains U+0020 at position 3"],
        ["-x", "the name does not begin with a letter"],
        ["x-", "the name ends with a hyphen"],
        ["1st", "the name does not begin with a letter"],
        ["Orders", 'the name contains "O" (U+004F) at position 1'],
        ["fn_one", 'the name contains "_" (U+005F) at position 3'],
        ["\u{1f680}", "the name contains U+1F680 at position 1"],
        ["p\u0430y", "the name contains U+0430 at position 2"],
        ["pay\u200dment", "the name contains U+200D at position 4"],
        ["pay\u200f", "the name contains U+200F at position 4"],
        ["$(id)", 'the name contains "$" (U+0024) at position 1'],
        ["a;rm", 'the name contains ";" (U+003B) at position 2'],
        ["a`b`", 'the name contains "`" (U+0060) at position 2'],
        ["a\nb", "the name contains U+000A at position 2"],
        ["a\\b", 'the name contains "\\\\" (U+005C) at position 2'],
        ["a/../../b", 'the name contains "/" (U+002F) at position 2'],
        ["a\u0000", "the name contains U+0000 at position 2"],
        ["a", "the name has 1 characters (limit: 2 to 40; source: this project)"],
        ["", "the name is empty"],
        ["a".repeat(41), "the name has 41 characters (limit: 2 to 40; source: this project)"],
        ["a--b", "the name has two hyphens in a row, which repository names must not have (source: ECR API)"],
    ];
    for (const [name, rule] of bad) {
        it(`is refused: ${JSON.stringify(name.slice(0, 20))}`, () => assert.equal(nameFault(name)?.rule, rule));
    }
    for (const name of ["ab", "a1", "json-to-csv", "a".repeat(40), `a${"-b".repeat(19)}c`]) {
        it(`is accepted: ${name}`, () => assert.equal(nameFault(name), undefined));
    }

    it("is checked of directories and of handlers, and never echoed raw", () => {
        const { problems } = readTree({ ...good("na\u00efve"), ...good("fine") }, {});
        assert.deepEqual(lines(problems), [
            "app/functions/na\\u00efve: the name contains U+00EF at position 3. Fix: use 2 to 40 of a to z, 0 to 9 and hyphen, beginning with a letter and not ending with a hyphen.",
        ]);
        assertOne(
            readOne('handlers:\n  "a\\e[31mb": { command: [a.b] }\n'),
            'app/functions/sample/function.yaml:2:3: handlers["a\\u001b[31mb"]: the name contains U+001B at position 2. Fix: use 2 to 40 of a to z, 0 to 9 and hyphen, beginning with a letter and not ending with a hyphen.'.replace(
                "\\u001b",
                "\\u001b",
            ),
        );
    });

    it("is unique in the project, handlers included", () => {
        assertOne(
            readTree({
                ...good("orders"),
                ...good("sample"),
                "app/functions/sample/function.yaml": "handlers:\n  orders: { command: [a.b] }\n",
            }),
            'app/functions/sample/function.yaml:2:3: handlers.orders: has the same function name as app/functions/orders: both give "container-lambdas-local-orders". Fix: rename one of the two.',
        );
        assertGood(
            readTree({
                ...good("orders"),
                ...good("sample"),
                "app/functions/sample/function.yaml": "handlers:\n  sample: { command: [a.b] }\n",
            }),
        );
    });

    it("is unique when case and underscores do not count", () => {
        const { problems } = readTree({ ...good("Orders"), ...good("orders"), ...good("my_fn"), ...good("my-fn") });
        const found = lines(problems).filter((line) => line.includes("has the same repository name"));
        assert.deepEqual(found, [
            'app/functions/my_fn: has the same repository name as app/functions/my-fn: both give "container-lambdas-local/my-fn". Fix: rename one of the two.',
            'app/functions/orders: has the same repository name as app/functions/Orders: both give "container-lambdas-local/orders". Fix: rename one of the two.',
        ]);
    });

    it("is not the common layer's", () => {
        assertOne(readTree(good("common-layer")), /^app\/common-layer: has the same repository name as app\/functions\/common-layer/);
    });

    it("leaves room for the names made of it", () => {
        const name = "a".repeat(40);
        assertGood(readTree(good(name)));
        assertOne(
            readTree(good(name), { stack: "stages" }),
            `app/functions/${name}: the derived function name has 65 characters (limit: 64; source: AWS API). Fix: shorten the function's name to at most 39 characters.`,
        );
        assertOne(
            readTree(good("ab"), { project: "p".repeat(60), stack: "local" }),
            "app/functions/ab: the derived function name has 69 characters (limit: 64; source: AWS API). Fix: shorten the name of project or stack by at least 5 characters in total.",
        );
    });

    it("is not what a schedule or rule of another function is named", () => {
        const scheduled = (name: string, count: number): Record<string, string> => ({
            ...good(name),
            [`app/functions/${name}/function.yaml`]: `triggers:\n${"  - schedule: rate(1 day)\n".repeat(count)}`,
        });
        assertGood(readTree({ ...scheduled("orders", 1), ...good("orders-2"), ...good("orders-rule") }));
        assertOne(
            readTree({ ...scheduled("orders", 1), ...good("orders-schedule") }),
            'app/functions/orders-schedule: is what a schedule or rule of "orders" is named. Fix: rename one of the two.',
        );
        assertOne(readTree({ ...scheduled("orders", 2), ...good("orders-2") }), /is what a schedule or rule of "orders" is named/);
    });

    it("leaves room for the role of a schedule and the names of further triggers", () => {
        const name = "a".repeat(32);
        const scheduled = (count: number): Record<string, string> => ({
            ...good(name),
            [`app/functions/${name}/function.yaml`]: `triggers:\n${"  - schedule: rate(1 day)\n".repeat(count)}`,
        });
        assertGood(readTree({ ...scheduled(1), [`app/functions/${name}/function.yaml`]: "{}" }));
        assertOne(
            readTree(scheduled(1)),
            `app/functions/${name}: the derived role name of its schedule has 65 characters (limit: 64; source: AWS API). Fix: shorten the function's name to at most 31 characters.`,
        );
        assertOne(readTree(scheduled(2)), /has 67 characters \(limit: 64; source: AWS API\)/);
    });
});

describe("the names of project and stack", () => {
    for (const [name, rule] of [
        ["prod/eu", /contains "\/" \(U\+002F\) at position 5 \(allowed: letters, digits, _ \. -; source: Pulumi engine\)/],
        ["a b", /contains U\+0020 at position 2/],
        ["", /has 0 characters \(limit: 1 to 100; source: Pulumi engine\)/],
        ["a".repeat(101), /has 101 characters \(limit: 1 to 100; source: Pulumi engine\)/],
        ["a:b", /contains ":" \(U\+003A\) at position 2/],
        ["Prod", /does not fit into the names made of it/],
        ["a.b", /does not fit into the names made of it/],
        ["a--b", /does not fit into the names made of it/],
    ] as const) {
        it(`are refused: ${JSON.stringify(name.slice(0, 20))}`, () => {
            assert.match(projectOrStackFault("stack", name)?.rule ?? "", rule);
            assert.match(projectOrStackFault("project", name)?.rule ?? "", rule);
        });
    }
    for (const name of ["p", "container-lambdas", "dev2", "a".repeat(100)]) {
        it(`are accepted: ${name.slice(0, 20)}`, () => assert.equal(projectOrStackFault("stack", name), undefined));
    }
});

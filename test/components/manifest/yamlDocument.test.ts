import assert from "node:assert/strict";
import { parseYaml } from "../../../components/manifest/yamlDocument";
import { lines } from "./support";

function read(text: string | Uint8Array): { readonly value: unknown; readonly found: readonly string[] } {
    const { document, problems } = parseYaml("f.yaml", typeof text === "string" ? new TextEncoder().encode(text) : text);
    return { value: document?.value, found: lines(problems) };
}

const BAD: readonly (readonly [string, string | Uint8Array, readonly (string | RegExp)[]])[] = [
    [
        "a repeated key, naming the line of the first",
        "a: 1\nb: 2\na: 3\n",
        ["f.yaml:3:1: a: is given twice; first in line 1. Fix: keep one of the two."],
    ],
    [
        "repeated keys deep inside",
        "a:\n  b: 1\n  b: 2\n  b: 3\n",
        [/^f\.yaml:3:3: a\.b: is given twice/, /^f\.yaml:4:3: a\.b: is given twice/],
    ],
    ["tabs as indentation", "a:\n\tb: 1\n", ["f.yaml:2:1: is indented with a tab. Fix: indent with spaces."]],
    ["tabs behind spaces", "a:\n  b: 1\n  \tc: 2\n", ["f.yaml:3:3: is indented with a tab. Fix: indent with spaces."]],
    ["an anchor and its alias", "a: &x 1\nb: *x\n", [/^f\.yaml:1:7: a: has an anchor/, /^f\.yaml:2:4: b: is an alias/]],
    [
        "a bomb of aliases, without unfolding it",
        `a: &a [x, x]\n${"bcdefghijk"
            .split("")
            .map((name, index) => `${name}: &${name} [*${"abcdefghijk"[index]}, *${"abcdefghijk"[index]}]`)
            .join("\n")}\n`,
        Array.from({ length: 31 }, () => /has an anchor|is an alias/),
    ],
    ["a tag", "a: !!binary aGk=\n", ["f.yaml:1:13: a: has a tag (!). Fix: remove the tag; types follow from the form of the value."]],
    ["a merge key's alias", "x: { <<: *y }\n", [/is an alias|is not valid YAML/]],
    ["several documents", "a: 1\n---\nb: 2\n", [/is not valid YAML: Source contains multiple documents/]],
    [
        "a directive that changes the version",
        "%YAML 1.1\n---\na: 1\n",
        ["f.yaml:1:1: has a %YAML directive. Fix: remove it: files are read as YAML 1.2."],
    ],
    ["a map as a key", "? {a: 1}\n: 2\n", [/has a key that is not a plain text/]],
    ["__proto__ as a key", "__proto__: { a: 1 }\n", [/^f\.yaml:1:1: __proto__: is a key that JavaScript treats specially/]],
    ["a missing bracket", "a: [1, 2\n", [/^f\.yaml:2:1: is not valid YAML: /]],
    [
        "yes, no, on and off",
        "a: yes\nb: No\nc: on\nd: OFF\n",
        Array.from({ length: 4 }, () => /means true or false in YAML 1\.1 and a text in YAML 1\.2/),
    ],
    [
        "octal and hexadecimal numbers",
        "a: 0123\nb: 0o17\nc: 0x1F\n",
        Array.from({ length: 3 }, () => /is a number that YAML versions read differently/),
    ],
    [
        "numbers in base 60 and with underscores",
        "a: 12:30\nb: 1_000\n",
        Array.from({ length: 2 }, () => /is a number in YAML 1\.1 and a text in YAML 1\.2/),
    ],
    ["numbers that are none", "a: .nan\nb: .inf\n", Array.from({ length: 2 }, () => /is no finite number/)],
    [
        "a file of more than a million bytes",
        `# ${"x".repeat(1_000_000)}`,
        ["f.yaml: 1000002: the file has more bytes than 1,000,000 (limit of this project). Fix: keep data out of this file."],
    ],
    [
        "bytes that are not UTF-8",
        new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]),
        ["f.yaml: the file is not UTF-8 text. Fix: save it as UTF-8."],
    ],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0x00]), [/is not UTF-8 text/]],
    ["NUL", "a: b\u0000c\n", [/^f\.yaml:1:5: contains the invisible character U\+0000/]],
    ["an escape sequence for terminals", "# \u001b[31mred\n", [/^f\.yaml:1:3: contains the invisible character U\+001B/]],
    [
        "characters that turn the direction of text",
        "a: x\u202ey\n",
        ["f.yaml:1:5: contains the invisible character U+202E. Fix: delete the character; inside a string write it as an escape."],
    ],
    ["characters without width", "a: x\u200dy\n", [/U\+200D/]],
    [
        "lists in lists, a thousand deep",
        `a: ${"[".repeat(1_000)}${"]".repeat(1_000)}\n`,
        ["f.yaml: is nested more than 32 levels deep (limit of this project). Fix: flatten the structure."],
    ],
    [
        "maps in maps, a thousand deep",
        Array.from({ length: 1_000 }, (_, index) => `${" ".repeat(index)}a:`).join("\n"),
        [/nested more than 32 levels/],
    ],
    ["a hundred thousand brackets, without ending the process", "[".repeat(100_000), [/nested more than 32 levels/]],
];

describe("YAML", () => {
    for (const [what, text, expected] of BAD) {
        it(`is refused with ${what}`, () => {
            const { found } = read(text);
            assert.equal(found.length, expected.length, found.join("\n"));
            expected.forEach((wanted, index) => {
                if (typeof wanted === "string") {
                    assert.equal(found[index], wanted);
                } else {
                    assert.match(found[index] ?? "", wanted);
                }
            });
        });
    }

    it("may have a byte order mark and CRLF, and positions stay right", () => {
        assert.deepEqual(read("\ufeffa: 1\r\nb: two\r\n"), { value: { a: 1, b: "two" }, found: [] });
        assert.match(read("\ufeffa: 1\r\nb: yes\r\n").found[0] ?? "", /^f\.yaml:2:4: b: /);
    });

    it("keeps quoted texts as they are", () => {
        assert.deepEqual(read('a: "yes"\nb: \'0123\'\nc: "12:30"\nd: |\n  no\n'), {
            value: { a: "yes", b: "0123", c: "12:30", d: "no\n" },
            found: [],
        });
    });

    it("may be nested 32 levels deep", () => {
        assert.deepEqual(read(`${"[".repeat(32)}1${"]".repeat(32)}`).found, []);
        assert.equal(read(`${"[".repeat(33)}1${"]".repeat(33)}`).found.length, 1);
        assert.deepEqual(read(Array.from({ length: 32 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")).found, []);
    });

    it("may be a million bytes long", () => {
        assert.deepEqual(read(`# ${"x".repeat(999_998)}`).found, []);
    });

    it("names at most ten syntax errors of a file, and says how many more there are", () => {
        const { found } = read('"" '.repeat(500));
        assert.equal(found.length, 10);
        assert.match(found[9] ?? "", /\(and \d+ more places\)/);
    });

    it("never shows a value whose key says that it is a credential", () => {
        const { found } = read("PASSWORD: 0123456\n");
        assert.equal(found.length, 1);
        assert.doesNotMatch(found.join(), /0123456/);
    });
});

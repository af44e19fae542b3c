import { strict as assert } from "node:assert";
import { type CommandSpec, helpOf, parseCommand, usage } from "../../automation/cli";
import { commands } from "../../automation/commands";
import { runWith } from "./support";

const spec: CommandSpec = {
    name: "paint",
    summary: "Paint.",
    arguments: [{ name: "WALL", description: "which" }, { name: "COLOUR", description: "how", required: false }],
    options: [{ name: "since", value: "SPAN", description: "s" }, { name: "brush", value: "KIND", choices: ["flat", "round"], description: "b" }, { name: "wet", description: "w" }],
};

describe("command line", () => {
    const fails = (argv: string[], expected: RegExp): void => {
        assert.throws(() => parseCommand(spec, argv), (error: Error & { exitCode?: number }) => error.exitCode === 2 && expected.test(error.message));
    };

    it("gives words, values and switches in any order", () => {
        const { words, values, switches } = parseCommand(spec, ["--wet", "north", "--since=2h", "red", "--brush", "flat", "--json"]);
        assert.deepEqual([words, values, [...switches]], [["north", "red"], { since: "2h", brush: "flat" }, ["wet", "json"]]);
    });

    it("names the nearest option for an unknown one", () => fails(["north", "--sinc", "1h"], /unknown option "--sinc"\. Did you mean "--since"\?/));
    it("names the choices for a wrong value", () => fails(["north", "--brush", "flatt"], /--brush is "flatt"\. Did you mean "flat"\?\n {2}Allowed: flat, round\./));
    it("refuses an option without its value", () => fails(["north", "--since"], /--since has no value/));
    it("refuses a switch with a value", () => fails(["north", "--wet=yes"], /--wet takes no value, and "yes" was given/));
    it("says which word is missing", () => fails([], /WALL is missing \(which\)\.\n {2}Next: write npm run paint -- WALL \[COLOUR\] \[OPTIONS\]\./));
    it("refuses a word too many", () => fails(["a", "b", "c"], /"c" is one word too many/));
    it("takes everything behind -- as words", () => assert.deepEqual(parseCommand(spec, ["--", "--wet"]).words, ["--wet"]));
    it("asks for no words with --help", () => assert.ok(parseCommand(spec, ["--help"]).switches.has("help")));

    it("has a help with every argument, option, choice and exit status", () => {
        assert.deepEqual(helpOf(spec).split("\n"), [
            "npm run paint -- WALL [COLOUR] [OPTIONS]", "", "Paint.", "",
            "  WALL                which",
            "  COLOUR              how",
            "  --since SPAN        s",
            "  --brush flat|round  b",
            "  --wet               w",
            "  --json              print one JSON document as the last line of stdout; progress goes to stderr",
            "  --help              print this", "",
            "Exit status: 0 done, 1 failed, 2 bad input (nothing was touched), 3 another update holds the lock, 4 refused by a guard, 130 interrupted.",
        ]);
    });
});

describe("the program", () => {
    it("prints the help of every command without touching anything", async () => {
        for (const command of commands) {
            const { status, out, err } = await runWith("/nowhere", {}, [command.spec.name, "--help"]);
            assert.deepEqual([status, err, out.split("\n")[0]], [0, "", usage(command.spec)]);
        }
    });

    it("lists all commands with --help, and without any word too, which is bad input", async () => {
        const help = await runWith("/nowhere", {}, ["--help"]);
        const bare = await runWith("/nowhere", {}, []);
        assert.deepEqual([help.status, bare.status, help.out === bare.out], [0, 2, true]);
        commands.forEach(({ spec: { name } }) => assert.ok(help.out.includes(`npm run ${name}`), name));
    });

    it("answers an unknown command with the nearest", async () => {
        const { status, err } = await runWith("/nowhere", {}, ["local:invok", "x"]);
        assert.equal(status, 2);
        assert.match(err, /There is no command "local:invok"\. Did you mean "local:invoke"\?/);
    });

    it("ends in one JSON document also when the input is bad", async () => {
        const { status, json } = await runWith("/nowhere", {}, ["nonsense", "--json"]);
        assert.deepEqual([status, json().exitCode], [2, 2]);
    });

    it("shows the stack of an error that nobody expected, and only of such", async () => {
        const { status, err } = await runWith("/nowhere", {}, ["local:down"]);
        assert.equal(status, 1);
        assert.match(err, /Error: stopLocal was called\n\s+at /);
    });
});

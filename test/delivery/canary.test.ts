import assert from "node:assert/strict";
import { type Move, releaseAsCanary } from "../../delivery/canary";
import { Lines } from "./support/lines";

/** What the alarms say at each look, the first being the one before anything moves; the last answer stays. */
type Looks = readonly (Readonly<Record<string, string>> | Error)[];

class Account {
    readonly calls: string[] = [];
    readonly log = new Lines();
    readonly broken = new Set<string>();
    now = 0;
    private look = 0;

    constructor(private readonly looks: Looks) {}

    readonly functions = {
        shareAlias: async (name: string, alias: string, version: string, other: { version: string; weight: number }) => this.note(`${name}:${alias} ${version} + ${other.weight} of ${other.version}`),
        moveAlias: async (name: string, alias: string, version: string) => this.note(`${name}:${alias} ${version}`),
    };

    readonly alarms = {
        states: async (names: readonly string[]) => {
            const answer = this.looks[Math.min(this.look++, this.looks.length - 1)] ?? {};
            if (answer instanceof Error) {
                throw answer;
            }
            return new Map(Object.entries(answer).filter(([name]) => names.includes(name)));
        },
    };

    readonly clock = {
        now: () => this.now,
        sleep: async (milliseconds: number) => void (this.now += milliseconds),
    };

    private note(call: string): void {
        if (this.broken.delete(call)) {
            throw new Error(`refused: ${call}`);
        }
        this.calls.push(call);
    }
}

const MOVES: readonly Move[] = [
    { name: "a", from: "1", to: "2", alarms: ["a-errors-alarm"] },
    { name: "b", from: "4", to: "5", alarms: ["b-errors-alarm", "b-throttles-alarm"] },
];
const QUIET = { "a-errors-alarm": "OK", "b-errors-alarm": "INSUFFICIENT_DATA", "b-throttles-alarm": "OK" };
const SHARED = ["a:live 1 + 0.1 of 2", "b:live 4 + 0.1 of 5"];
const BACK = ["a:live 1", "b:live 4"];
const CANARY = { percent: 10, seconds: 65 };

describe("a canary release", () => {
    it("gives new versions their part, waits for the whole time, then gives them all of it", async () => {
        const account = new Account([QUIET]);
        await releaseAsCanary(MOVES, CANARY, account);
        assert.deepEqual(account.calls, [...SHARED, "a:live 2", "b:live 5"]);
        assert.equal(account.now, 65_000);
        assert.ok(account.log.said.includes("… 3 alarms quiet for 60 s of 65 s"));
    });

    for (const [what, looks, reason] of [
        ["it goes off", [QUIET, QUIET, { ...QUIET, "b-errors-alarm": "ALARM" }], /The alarm b-errors-alarm went off, while 10 % of the calls/],
        ["it cannot be read any more", [QUIET, new Error("denied")], /The alarms cannot be read \(denied\)/],
        ["it is deleted meanwhile", [QUIET, { "a-errors-alarm": "OK", "b-throttles-alarm": "OK" }], /The alarm b-errors-alarm is no longer there/],
    ] as const) {
        it(`puts all aliases back when an alarm no longer says that all is well (${what})`, async () => {
            const account = new Account(looks);
            await assert.rejects(releaseAsCanary(MOVES, CANARY, account), reason);
            assert.deepEqual(account.calls, [...SHARED, ...BACK]);
        });
    }

    it("moves nothing when an alarm that should judge it does not exist", async () => {
        const account = new Account([{ "a-errors-alarm": "OK" }]);
        await assert.rejects(releaseAsCanary(MOVES, CANARY, account), /does not have 2 alarms of the functions to be released: b-errors-alarm, b-throttles-alarm/);
        assert.deepEqual(account.calls, []);
    });

    it("moves nothing while an alarm is on: turned back and started again, a bad version would pass", async () => {
        const account = new Account([{ ...QUIET, "a-errors-alarm": "ALARM" }]);
        await assert.rejects(releaseAsCanary(MOVES, CANARY, account), /1 alarm of the functions to be released is on already: a-errors-alarm[^]*release: direct/);
        assert.deepEqual(account.calls, []);
    });

    it("does not wait where no alarm could say anything, and says so", async () => {
        const account = new Account([]);
        await releaseAsCanary([{ name: "a", from: "1", to: "2", alarms: [] }], CANARY, account);
        assert.deepEqual([account.calls.at(-1), account.now], ["a:live 2", 0]);
        assert.ok(account.log.said.some((line) => /a has no alarm in its manifest/.test(line)));
    });

    it("puts all aliases back when it is stopped, or when one cannot be shared", async () => {
        const stopped = new Account([QUIET]);
        stopped.clock.sleep = async () => Promise.reject(new Error("stopped"));
        await assert.rejects(releaseAsCanary(MOVES, CANARY, stopped), /^Error: stopped$/);
        assert.deepEqual(stopped.calls, [...SHARED, ...BACK]);
        const refused = new Account([QUIET]);
        refused.broken.add(SHARED[1] ?? "");
        await assert.rejects(releaseAsCanary(MOVES, CANARY, refused), /refused: b:live 4/);
        assert.deepEqual(refused.calls, [SHARED[0], ...BACK]);
    });

    it("names every alias that could not be put back, and how to do it, and puts back the others", async () => {
        const account = new Account([QUIET, new Error("denied")]);
        account.broken.add(BACK[0] ?? "");
        await assert.rejects(releaseAsCanary(MOVES, CANARY, account), /cannot be read \(denied\)[^]*could not be put back: a \(version 1\): refused[^]*aws lambda update-alias/);
        assert.equal(account.calls.at(-1), BACK[1]);
    });

    it("takes the weights off an alias whose main version is the newest already", async () => {
        const account = new Account([QUIET]);
        await releaseAsCanary([{ name: "a", from: "2", to: "2", alarms: ["a-errors-alarm"] }], CANARY, account);
        assert.deepEqual(account.calls, ["a:live 2"]);
    });
});

import assert from "node:assert/strict";
import { Action, Stage, STAGES, STEP_EXPORTS } from "../../../components/deliveryPipeline/blueprint";
import { Node, sortByDependencies } from "../../../components/deliveryPipeline/graph";
import { PROJECT_OF, PROJECTS, STEPS } from "../../../components/deliveryPipeline/names";
import { renderDelivery } from "../../../components/deliveryPipeline/render";
import { lines } from "../manifest/support";
import { BRANCH, optionsOf, TAG } from "./support";

/** The blueprint with one of its stages changed. */
const withStage = (name: string, change: (stage: Stage) => Stage): Stage[] => STAGES.map((stage) => (stage.name === name ? change(stage) : stage));
const withAction = (name: string, action: Action): Stage[] => withStage(name, (stage) => ({ ...stage, actions: [...stage.actions, action] }));
const order = (nodes: readonly Node[], known: readonly string[] = []) => sortByDependencies("pipeline", "stage", nodes, known);

describe("the order of stages and actions", () => {
    it("puts each after all that it waits for, and else keeps what was written", () => {
        const { sorted, ranks } = order([{ name: "d", after: ["b", "c"] }, { name: "c", after: ["a"] }, { name: "b", after: ["a"] }, { name: "a" }, { name: "z" }]);
        assert.deepEqual(sorted.map(({ name }) => name), ["a", "z", "c", "b", "d"]);
        assert.deepEqual(Object.fromEntries(ranks), { a: 1, b: 2, c: 2, d: 3, z: 1 });
    });

    it("prints the path of a cycle", () => {
        assert.deepEqual(lines(order([{ name: "a" }, { name: "b", after: ["d"] }, { name: "c", after: ["b"] }, { name: "d", after: ["c"] }]).problems), [
            "pipeline: b: waits for itself: b -> d -> c -> b. Fix: remove one `after` of these stages.",
        ]);
        assert.match(lines(order([{ name: "a", after: ["a"] }]).problems)[0] ?? "", /waits for itself: a -> a/);
    });

    it("refuses a wait for what there is not, and passes over what is only not here", () => {
        assert.deepEqual(lines(order([{ name: "a", after: ["x"] }]).problems), ['pipeline: a: "x": comes after a stage that there is not. Fix: name one of a.']);
        assert.deepEqual(order([{ name: "a", after: ["x"] }], ["x"]).problems, []);
    });
});

describe("the blueprint", () => {
    it("runs every step in a project, and every project has a step", () => {
        assert.deepEqual([...new Set(STEPS.map((step) => PROJECT_OF[step]))].sort(), [...PROJECTS].sort());
        const used = STAGES.flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "step" ? [action.step] : [])));
        assert.deepEqual([...new Set(used)].sort(), [...STEPS].sort());
    });

    it("exports nothing that no action reads, but what people and programs look up", () => {
        const text = JSON.stringify(STAGES);
        const unread = STAGES.flatMap(({ actions }) => actions)
            .flatMap((action) => (action.kind === "step" ? STEP_EXPORTS[action.step].map((name) => `${action.namespace ?? "?"}.${name}`) : []))
            .filter((reference) => !text.includes(`#{${reference}}`));
        assert.deepEqual([...new Set(unread)].sort(), ["Plan.NEEDS_APPROVAL", "SelfUpdate.VERSION"]);
    });

    it("takes one more action in one line", () => {
        const blueprint = withAction("Verify", { kind: "step", name: "Scan", step: "verify", after: ["Verify"] });
        const verify = renderDelivery(optionsOf(BRANCH), blueprint).pipeline.stages.find(({ name }) => name === "Verify");
        assert.deepEqual(verify?.actions.map(({ name, runOrder }) => [name, runOrder]), [["Verify", 1], ["Scan", 2]]);
    });

    it("takes one more stage in one line", () => {
        const blueprint: Stage[] = [
            ...withStage("Record", (stage) => ({ ...stage, after: [...(stage.after ?? []), "Announce"] })),
            { name: "Announce", kinds: ["branch"], after: ["Deploy"], actions: [{ kind: "approval", name: "Announce", summary: "Look at it" }] },
        ];
        assert.deepEqual(
            renderDelivery(optionsOf(BRANCH), blueprint).pipeline.stages.slice(-3).map(({ name }) => name),
            ["Deploy", "Announce", "Record"],
        );
    });

    const broken: readonly (readonly [string, Stage[], RegExp])[] = [
        ["a cycle of stages", withStage("Verify", (stage) => ({ ...stage, after: ["Record"] })), /Verify: waits for itself: Verify -> Record -> Deploy -> /],
        [
            "a cycle of actions",
            withAction("Verify", { kind: "step", name: "Scan", step: "verify", after: ["Scan"] }),
            /delivery pipeline, stage Verify: Scan: waits for itself: Scan -> Scan\. Fix: remove one `after` of these actions/,
        ],
        [
            "a variable that nothing exports",
            withAction("Verify", { kind: "step", name: "Scan", step: "verify", variables: { A: "#{SelfUpdate.COLOUR}" } }),
            /Verify\.Scan\.EnvironmentVariables: "#\{SelfUpdate\.COLOUR\}": names a variable that SelfUpdate does not export\. Fix: use one of RESULT, VERSION/,
        ],
        [
            "a namespace that no action has",
            withAction("Verify", { kind: "step", name: "Scan", step: "verify", variables: { A: "#{Scan.RESULT}" } }),
            /"#\{Scan\.RESULT\}": names a namespace that no action has\. Fix: use one of variables, codepipeline, SourceVariables, /,
        ],
        [
            "a variable of the pipeline that there is not",
            withAction("Verify", { kind: "step", name: "Scan", step: "verify", variables: { A: "#{variables.ROUND}" } }),
            /names a variable that variables does not export\. Fix: use one of GENERATION/,
        ],
        [
            "a variable of a later stage",
            withAction("Source", { kind: "step", name: "Early", step: "verify", variables: { A: "#{SelfUpdate.RESULT}" } }),
            /Source\.Early\.EnvironmentVariables: "#\{SelfUpdate\.RESULT\}": refers to an action that does not run before/,
        ],
        [
            "a variable of an action that runs at the same time",
            withAction("SelfUpdate", { kind: "step", name: "Beside", step: "verify", variables: { A: "#{SelfUpdate.RESULT}" } }),
            /SelfUpdate\.Beside\.EnvironmentVariables: .* refers to an action that does not run before/,
        ],
        [
            "an entry that asks the stage itself",
            withStage("SelfUpdate", (stage) => ({ ...stage, entry: { variable: "#{SelfUpdate.RESULT}", equals: "unchanged", otherwise: "FAIL" } })),
            /SelfUpdate\.SelfUpdate-entry\.Variable: .* refers to an action that does not run before/,
        ],
        [
            "two actions with one namespace",
            withAction("Verify", { kind: "step", name: "Scan", step: "verify", namespace: "SelfUpdate" }),
            /Verify\.Scan\.namespace: "SelfUpdate": is the namespace of an earlier action/,
        ],
        ["a reference without variable", withAction("Verify", { kind: "step", name: "Scan", step: "verify", variables: { A: "#{COMMIT}" } }), /"#\{COMMIT\}": names a namespace that no action has/],
    ];
    for (const [what, blueprint, expected] of broken) {
        it(`refuses ${what}`, () => assert.throws(() => renderDelivery(optionsOf(BRANCH), blueprint), { name: "InvalidInputError", message: expected }));
    }

    it("may let an action read what an earlier one of its stage exports", () => {
        const blueprint = withAction("SelfUpdate", { kind: "step", name: "Then", step: "verify", after: ["SelfUpdate"], variables: { A: "#{SelfUpdate.RESULT}" } });
        assert.doesNotThrow(() => renderDelivery(optionsOf(BRANCH), blueprint));
    });

    it("reports everything that is wrong with it at once", () => {
        const action: Action = { kind: "step", name: "S can", step: "verify", variables: { A: "#{Nothing.HERE}", B: "x".repeat(1_000) } };
        assert.throws(
            () => renderDelivery(optionsOf(TAG, "prod"), withAction("Verify", action)),
            /Verify\.S can: "S can": holds a character that is not allowed[\s\S]*Verify\.S can\.EnvironmentVariables: has \d+ characters \(limit: 1 to 1000[\s\S]*names a namespace that no action has[\s\S]*3 problems in 1 file; nothing was called or changed\.$/,
        );
    });
});

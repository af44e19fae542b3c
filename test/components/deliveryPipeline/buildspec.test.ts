import assert from "node:assert/strict";
import { parse } from "yaml";
import { STAGES, STEP_EXPORTS } from "../../../components/deliveryPipeline/blueprint";
import { buildspecOf, REPORTING_PROJECTS } from "../../../components/deliveryPipeline/buildspec";
import { deliveryNames, PROJECT_OF, PROJECTS, STEPS } from "../../../components/deliveryPipeline/names";

const names = deliveryNames({ project: "container-lambdas", stack: "dev", accountId: "123456789012", region: "us-east-1" });

interface Buildspec {
    readonly version: number;
    readonly env: { readonly "exported-variables"?: readonly string[] };
    readonly phases: Readonly<Record<string, { readonly commands?: readonly string[] }>>;
    readonly reports?: Readonly<Record<string, { readonly files: readonly string[]; readonly "file-format": string }>>;
}
const read = (project: (typeof PROJECTS)[number]): Buildspec => parse(buildspecOf(project, names)) as Buildspec;

describe("a buildspec", () => {
    it("runs the same two commands in every project", () => {
        for (const project of PROJECTS) {
            const { phases } = read(project);
            assert.deepEqual(Object.values(phases).flatMap(({ commands }) => commands ?? []), ['node delivery/start.mjs "$STEP"', "set -a; . ./.delivery/exports.env; set +a"]);
        }
    });

    it("holds nothing that a shell or the pipeline would replace, and prints no command", () => {
        for (const project of PROJECTS) {
            const text = buildspecOf(project, names);
            for (const [what, pattern] of [["a reference of the pipeline", /#\{/], ["a substitution", /\$\(|`|\$\{/], ["eval", /\beval\b/], ["a trace", /set -[a-z]*x/], ["the environment in the log", /(?:^|[;&|-])\s*(?:env|printenv)\s*(?:$|[;&|])/m]] as const) {
                assert.doesNotMatch(text, pattern, `${project}: ${what}`);
            }
            assert.deepEqual([...text.matchAll(/\$\w+/g)].map(([found]) => found), ["$STEP"]);
        }
    });

    it("exports to the pipeline what the steps of its project may export", () => {
        for (const project of PROJECTS) {
            const wanted = new Set(STEPS.filter((step) => PROJECT_OF[step] === project).flatMap((step) => STEP_EXPORTS[step]));
            assert.deepEqual(new Set(read(project).env["exported-variables"] ?? []), wanted, project);
        }
    });

    it("reports tests where tests run", () => {
        const testing = STAGES.flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "step" && ["test", "verify"].includes(action.step) ? [PROJECT_OF[action.step]] : [])));
        assert.deepEqual(new Set(testing), new Set(REPORTING_PROJECTS));
        for (const project of PROJECTS) {
            const expected = REPORTING_PROJECTS.includes(project)
                ? { [`arn:aws:codebuild:us-east-1:123456789012:report-group/container-lambdas-dev-${project}`]: { files: [".delivery/reports/*.xml"], "file-format": "JUNITXML" } }
                : undefined;
            assert.deepEqual(read(project).reports, expected, project);
        }
    });

    it("reads alike in both versions of YAML", () => {
        for (const project of PROJECTS) {
            const text = buildspecOf(project, names);
            assert.deepEqual(parse(text, { version: "1.1" }), parse(text, { version: "1.2" }));
        }
    });
});

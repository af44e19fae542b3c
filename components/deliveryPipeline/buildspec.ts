import { stringify } from "yaml";
import { STEP_EXPORTS } from "./blueprint";
import { DeliveryNames, PROJECT_OF, ProjectName, STEPS } from "./names";

/** Projects whose steps leave test results. */
export const REPORTING_PROJECTS: readonly ProjectName[] = ["test", "verify"];

/** Where a step leaves results, in JUnit's XML. */
const REPORT_FILES = ".delivery/reports/*.xml";

/**
 * What CodeBuild runs in a project: one constant command, whose argument the action passes as a variable. Nothing of a
 * commit, a function or a stack may stand here: a shell would read it, and every change of it is a change of the pipeline.
 */
export function buildspecOf(project: ProjectName, names: DeliveryNames): string {
    const exported = [...new Set(STEPS.filter((step) => PROJECT_OF[step] === project).flatMap((step) => STEP_EXPORTS[step]))].sort();
    const buildspec = {
        version: 0.2,
        env: {
            shell: "bash",
            // Steps ask git for the branch's newest commit and for tags.
            "git-credential-helper": "yes",
            ...(exported.length === 0 ? {} : { "exported-variables": exported }),
        },
        phases: {
            install: { "runtime-versions": { nodejs: 22 } },
            build: {
                commands: [
                    'node delivery/start.mjs "$STEP"',
                    // Assignments that the step wrote and quoted; a variable is exported to the pipeline from the build's own shell only.
                    "set -a; . ./.delivery/exports.env; set +a",
                ],
            },
        },
        ...(REPORTING_PROJECTS.includes(project)
            ? { reports: { [names.reportGroupArn(project)]: { files: [REPORT_FILES], "file-format": "JUNITXML" } } }
            : {}),
        cache: { paths: ["node_modules/**/*"] },
    };
    // CodeBuild reads YAML 1.1, where a bare `yes` is no text.
    return stringify(buildspec, { version: "1.1", lineWidth: 0 });
}

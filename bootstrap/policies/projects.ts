import { type PipelineKind, stagesOf } from "../../components/deliveryPipeline/blueprint";
import { PROJECT_OF, PROJECTS, type ProjectName } from "../../components/deliveryPipeline/names";

/** The projects that a kind of pipeline has stages for, in the order of `PROJECTS`. */
export function projectsOf(kind: PipelineKind): ProjectName[] {
    const steps = stagesOf(kind).flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "step" ? [PROJECT_OF[action.step]] : [])));
    return PROJECTS.filter((project) => steps.includes(project));
}

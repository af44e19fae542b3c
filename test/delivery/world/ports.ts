import type { Ports } from "../../../delivery/ports";
import { clockPort, gitPort, pipelinePort } from "./pipelinePorts";
import type { Caller } from "./program";
import { lockPort, recordsPort, statePort } from "./stackPorts";
import type { World } from "./world";

/** Everything that a program of one build reaches, in this world. */
export function portsOf(world: World, program: Caller): Ports {
    return {
        pipeline: pipelinePort(world, program),
        git: gitPort(world, program),
        state: statePort(world, program),
        lock: lockPort(world, program),
        records: recordsPort(world, program),
        clock: clockPort(world, program),
        log: { say: (line) => world.note(`  ${program.buildId}: ${line}`) },
    };
}

import type { StepEntry } from "../step";

type Module<Exports> = () => Exports;

// What the others are made of would cost each build a second.
const pipelinePlan: Module<typeof import("./pipelinePlan")> = () => require("./pipelinePlan");
const selfUpdate: Module<typeof import("./selfUpdate")> = () => require("./selfUpdate");
const verify: Module<typeof import("./verify")> = () => require("./verify");
const build: Module<typeof import("./build")> = () => require("./build");
const resolve: Module<typeof import("./resolve")> = () => require("./resolve");
const plan: Module<typeof import("./plan")> = () => require("./plan");
const deploy: Module<typeof import("./deploy")> = () => require("./deploy");
const test: Module<typeof import("./test")> = () => require("./test");
const release: Module<typeof import("./release")> = () => require("./release");
const record: Module<typeof import("./record")> = () => require("./record");
const watchdog: Module<typeof import("./watchdog")> = () => require("./watchdog");
const repair: Module<typeof import("./repair")> = () => require("./repair");

/** Everything that can be run, in the order in which pipelines do; the last two run outside of pipelines. */
export const STEP_PROGRAMS: readonly StepEntry[] = [
    { name: "pipeline-plan", load: () => pipelinePlan().pipelinePlanStep },
    { name: "self-update", load: () => selfUpdate().selfUpdateStep },
    { name: "verify", load: () => verify().verifyStep },
    { name: "build", load: () => build().buildStep },
    { name: "resolve", load: () => resolve().resolveStep },
    { name: "plan", load: () => plan().planStep },
    { name: "deploy", load: () => deploy().deployStep },
    { name: "test", load: () => test().testStep },
    { name: "release", load: () => release().releaseStep },
    { name: "record", load: () => record().recordStep },
    { name: "watchdog", load: () => watchdog().watchdogStep },
    { name: "repair", load: () => repair().repairStep },
];

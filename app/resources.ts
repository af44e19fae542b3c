/**
 * What manifests may refer to: name → kind. Every name here has a resource of that kind in `Infrastructure`. Apart from it,
 * so that manifests can be read without loading the provider.
 */
export const RESOURCES = {
    catalog: "catalog",
    datasets: "table",
    executions: "table",
    objects: "table",
    pipelines: "table",
    raw: "bucket",
    routing: "queue",
    routingDeadLetters: "queue",
    stage: "bucket",
    stageA: "queue",
    stageADeadLetters: "queue",
    stageAMachine: "stateMachine",
    stageB: "queue",
    stageBDeadLetters: "queue",
    stageBMachine: "stateMachine",
} as const;

import declared from "./datasets.json";

/** Types that columns can have, as Glue calls them; sorted. */
export const COLUMN_TYPES = ["double", "int", "string"] as const;

/** Column by which tables are partitioned: the day of the batch, `YYYY-MM-DD`. It is none of a dataset's own. */
export const PARTITION = "date";

export interface Column {
    readonly name: string;
    readonly type: (typeof COLUMN_TYPES)[number];
}

/** A dataset of a team: what its objects are turned into, and how many at a time. */
export interface Dataset {
    /** `<team>-<dataset>`; key of its record. */
    readonly name: string;
    readonly team: string;
    readonly dataset: string;
    /** Pipeline of the team: `<team>-<pipeline>-pre-stage` and `-post-stage` must be declared. */
    readonly pipeline: string;
    /** Objects that have to wait before messages start stage B; its schedule starts it with fewer. At least 1. */
    readonly min_items_process: number;
    /** Objects of one Parquet file at most, up to 1,000. */
    readonly max_items_process: number;
    /** By the names that the common layer knows. */
    readonly transforms: { readonly stage_a_transform: string; readonly stage_b_transform: string };
    /** Of the Parquet files and of the table in the catalogue. */
    readonly columns: readonly Column[];
}

export interface Pipeline {
    readonly name: string;
    readonly status: string;
}

/** Records of the lake, as `datasets.json` declares them. Further members of a record are stored as they are. */
export interface Records {
    readonly datasets: readonly Dataset[];
    readonly pipelines: readonly Pipeline[];
}

/**
 * The declared records, sorted by name.
 * @throws with all problems at once
 */
export function readRecords(given: unknown = declared): Records {
    const { datasets, pipelines } = given as Records;
    const problems = [...repeated(datasets), ...repeated(pipelines), ...datasets.flatMap((dataset) => datasetProblems(dataset, new Set(pipelines.map(({ name }) => name))))];
    if (problems.length > 0) {
        throw new Error(`app/datasets.json:\n${problems.map((problem) => `  ${problem}`).join("\n")}\nCorrect these and start again.`);
    }
    return { datasets: byName(datasets), pipelines: byName(pipelines) };
}

function datasetProblems(dataset: Dataset, pipelines: ReadonlySet<string>): string[] {
    const { name, team, min_items_process: least, max_items_process: most } = dataset;
    const needed = ["pre-stage", "post-stage"].map((stage) => `${team}-${dataset.pipeline}-${stage}`).filter((one) => !pipelines.has(one));
    const odd = dataset.columns.filter(({ type }) => !COLUMN_TYPES.includes(type));
    const taken = dataset.columns.filter((column) => column.name === PARTITION);
    const whole = Number.isInteger(least) && Number.isInteger(most);
    return [
        ...(name === `${team}-${dataset.dataset}` ? [] : [`dataset "${name}": the name must be "${team}-${dataset.dataset}", its team and dataset`]),
        ...(/^[a-z][a-z0-9]*$/.test(team) && /^[a-z][a-z0-9_]*$/.test(dataset.dataset)
            ? []
            : [`dataset "${name}": team and dataset must be lower-case letters and digits, since they are folders, parts of names and of a table's name`]),
        ...(whole && least >= 1 && least <= most && most <= 1_000
            ? []
            : [`dataset "${name}": min_items_process ${least} and max_items_process ${most} must be whole numbers with 1 ≤ minimum ≤ maximum ≤ 1,000`]),
        ...needed.map((pipeline) => `dataset "${name}": its pipeline "${pipeline}" is not declared; declare it under pipelines`),
        ...odd.map((column) => `dataset "${name}", column "${column.name}": type "${column.type}" is not one of ${COLUMN_TYPES.join(", ")}`),
        ...taken.map((column) => `dataset "${name}", column "${column.name}": is the column of the day that every table is partitioned by; call it otherwise`),
    ];
}

function repeated(records: readonly { readonly name: string }[]): string[] {
    const names = records.map(({ name }) => name);
    return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].sort().map((name) => `"${name}" is declared twice; keep one of the two`);
}

function byName<T extends { readonly name: string }>(records: readonly T[]): T[] {
    return [...records].sort((a, b) => (a.name < b.name ? -1 : 1));
}

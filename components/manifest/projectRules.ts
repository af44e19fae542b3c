import { WrittenFunction } from "./functions";
import { BucketTrigger } from "./model";
import { KeyPath } from "./keyPath";
import { Problem } from "./problem";

/** What is wrong between functions: each is right by itself. */
export function projectProblems(functions: readonly WrittenFunction[]): Problem[] {
    return [...overlappingBuckets(functions), ...sharedQueues(functions), ...crowdedStreams(functions), ...reservedSum(functions)];
}

interface Placed<T> {
    readonly trigger: T;
    readonly path: KeyPath;
    readonly owner: WrittenFunction;
}

/** S3 refuses a bucket's notification configuration when two rules could match one object (S3 user guide, event notifications with overlapping filters). */
function overlappingBuckets(functions: readonly WrittenFunction[]): Problem[] {
    const triggers: Placed<BucketTrigger>[] = placed(functions).flatMap(({ trigger, ...rest }) =>
        trigger.kind === "bucket" ? [{ trigger, ...rest }] : [],
    );
    return triggers.flatMap((later, index) => {
        const earlier = triggers.slice(0, index).find((other) => overlap(other.trigger, later.trigger));
        if (earlier === undefined) {
            return [];
        }
        const { prefix, suffix } = earlier.trigger;
        const rule = `overlaps with the trigger of ${earlier.owner.model.name} in ${where(earlier)} (prefix ${JSON.stringify(prefix)}, suffix ${JSON.stringify(suffix)}): S3 refuses two rules that can match one object`;
        return [
            later.owner.document.problem(later.path, rule, "choose prefixes or suffixes of which neither begins (ends) with the other"),
        ];
    });
}

function overlap(a: BucketTrigger, b: BucketTrigger): boolean {
    return (
        a.bucket === b.bucket &&
        a.events.some((event) => b.events.includes(event)) &&
        (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
        (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
    );
}

/** Two consumers of one queue each get some of its messages, which nobody means. */
function sharedQueues(functions: readonly WrittenFunction[]): Problem[] {
    const first = new Map<string, Placed<unknown>>();
    return placed(functions).flatMap((entry) => {
        if (entry.trigger.kind !== "queue") {
            return [];
        }
        const before = first.get(entry.trigger.queue);
        first.set(entry.trigger.queue, before ?? entry);
        // Two triggers of one function are refused where the function is checked.
        return before === undefined || before.owner === entry.owner
            ? []
            : [
                  entry.owner.document.problem(
                      [...entry.path, "queue"],
                      `is read by ${before.owner.model.name} in ${where(before)} already: each message would reach only one of the two`,
                      "give each function a queue of its own",
                  ),
              ];
    });
}

/** DynamoDB throttles a shard with more than two readers (DynamoDB developer guide, streams). */
function crowdedStreams(functions: readonly WrittenFunction[]): Problem[] {
    const readers = new Map<string, number>();
    return placed(functions).flatMap(({ trigger, path, owner }) => {
        if (trigger.kind !== "stream") {
            return [];
        }
        const count = (readers.get(trigger.table) ?? 0) + 1;
        readers.set(trigger.table, count);
        return count <= 2
            ? []
            : [
                  owner.document.problem(
                      [...path, "stream"],
                      `is reader ${count} of the stream (limit: 2; source: DynamoDB developer guide, streams)`,
                      "let one function pass the records on",
                  ),
              ];
    });
}

function reservedSum(functions: readonly WrittenFunction[]): Problem[] {
    const reserving = functions.filter(({ model }) => (model.reservedConcurrency ?? 0) > 0);
    const sum = reserving.reduce((total, { model }) => total + (model.reservedConcurrency ?? 0), 0);
    const largest = [...reserving].sort((a, b) => (b.model.reservedConcurrency ?? 0) - (a.model.reservedConcurrency ?? 0))[0];
    if (sum <= 900 || largest === undefined || reserving.length < 2) {
        return [];
    }
    const rule = `the functions of this project reserve ${sum.toLocaleString("en-US")} of 1,000 together; at least 100 must stay free (source: Lambda quotas)`;
    return [largest.document.problem(largest.place("reservedConcurrency"), rule, "reserve less")];
}

function placed(functions: readonly WrittenFunction[]): Placed<WrittenFunction["triggers"][number]["trigger"]>[] {
    return functions.flatMap((owner) => owner.triggers.map(({ trigger, path }) => ({ trigger, path, owner })));
}

function where({ owner, path }: Placed<unknown>): string {
    const position = owner.document.locate(path);
    return position === undefined ? owner.document.file : `${owner.document.file}:${position.line}`;
}

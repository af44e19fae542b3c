import { count, cut } from "../../automation/text";
import type { ResourceChange } from "../ports";
import { formatChanges } from "../selfUpdate/propertyDiff";
import { describeChange } from "./changes";
import type { Risk } from "./risk";

export interface PlanFacts {
    readonly stack: string;
    readonly commit: string;
    readonly stateVersion: string;
    readonly changes: readonly ResourceChange[];
    readonly risk: Risk;
    /** Line on where the images come from. @default none */
    readonly images?: string;
}

/** Characters of the summary that the approver sees. */
const SUMMARY_LIMIT = 600;

const VERBS: readonly (readonly [ResourceChange["operation"], string])[] = [
    ["create", "to create"],
    ["update", "to update"],
    ["replace", "to replace"],
    ["delete", "to delete"],
    ["import", "to import"],
];

/** One line for the approver: how much, and what is grave about it. */
export function summaryOf({ commit, changes, risk }: Pick<PlanFacts, "commit" | "changes" | "risk">): string {
    const custom = changes.filter(isResource);
    const counts = VERBS.flatMap(([operation, words]) => {
        const number = custom.filter((change) => change.operation === operation).length;
        return number === 0 ? [] : [`${number} ${words}`];
    });
    const parts = [
        `${commit.slice(0, 12)}: ${counts.length === 0 ? "no resource changes" : counts.join(", ")}.`,
        risk.losses.length === 0 ? "" : `${sentenceStart(risk.losses.join("; "))}.`,
        risk.rights.length === 0 ? "" : `New rights (${risk.rights.length}): ${risk.rights.join("; ")}.`,
        `Risk: ${risk.class}.`,
    ];
    const full = parts.filter((part) => part !== "").join(" ");
    // The class must be seen however long the rest is.
    const tail = parts.at(-1) ?? "";
    return full.length <= SUMMARY_LIMIT ? full : `${cut(full, SUMMARY_LIMIT - tail.length - 1)} ${tail}`;
}

/** The whole plan for people, as it is kept. */
export function reportOf(facts: PlanFacts): string {
    const { stack, commit, stateVersion, changes, risk, images } = facts;
    const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)]);
    return [
        `Plan for stack ${stack}`,
        `commit ${commit}`,
        `state version ${stateVersion}`,
        ...(images === undefined ? [] : [images]),
        "",
        summaryOf(facts),
        ...section("What would be lost", risk.losses),
        ...section("New rights", risk.rights),
        ...section(`Changes (${count(changes.filter(isResource).length, "resource")})`, [...changes.filter(isResource)].map((change) => `${change.operation} ${describeChange(change)}`).sort()),
        ...section("Property by property", formatChanges(changes)),
        "",
    ].join("\n");
}

function isResource({ type }: ResourceChange): boolean {
    return !type.startsWith("container-lambdas:") && !type.startsWith("pulumi:");
}

function sentenceStart(text: string): string {
    return text.slice(0, 1).toUpperCase() + text.slice(1);
}

import { environmentProblems } from "./environment";
import { grantProblems } from "./grants";
import { KeyPath } from "./keyPath";
import { Problem } from "./problem";
import { SectionInput } from "./schema";
import { secretProblems } from "./secretReferences";
import { statementProblems } from "./statements";
import { TriggerContext, triggerProblems } from "./triggers";

/** What is wrong with the keys of one section (the top of a file, or a handler) beyond their form. */
export function sectionProblems(section: SectionInput, path: KeyPath, context: TriggerContext): Problem[] {
    const { document, resources } = context;
    const { environment, secrets, triggers, grants, statements } = section;
    return [
        ...(environment === undefined ? [] : environmentProblems(environment, [...path, "environment"], document, resources)),
        ...(secrets === undefined ? [] : secretProblems(secrets, [...path, "secrets"], document)),
        ...(triggers ?? []).flatMap((trigger, index) => triggerProblems(trigger, [...path, "triggers", index], context)),
        ...repeatedSources(section, path, context),
        ...(grants === undefined ? [] : grantProblems(grants, [...path, "grants"], document, resources)),
        ...(statements === undefined ? [] : statementProblems(statements, [...path, "statements"], document, resources)),
    ];
}

/** A function can have one mapping for a queue or stream only. */
function repeatedSources({ triggers }: SectionInput, path: KeyPath, { document }: TriggerContext): Problem[] {
    const first = new Map<string, number>();
    return (triggers ?? []).flatMap((trigger, index) => {
        const key = "queue" in trigger ? "queue" : "stream" in trigger ? "stream" : undefined;
        const id = "queue" in trigger ? `queue ${trigger.queue}` : "stream" in trigger ? `stream ${trigger.stream}` : undefined;
        if (key === undefined || id === undefined) {
            return [];
        }
        const before = first.get(id);
        first.set(id, before ?? index);
        return before === undefined
            ? []
            : [
                  document.problem(
                      [...path, "triggers", index, key],
                      `is read by triggers[${before}] already; Lambda allows one mapping`,
                      "keep one of the two",
                  ),
              ];
    });
}

import type { ActionDeclaration } from "./declaration";

/** Actions in groups that start together, in the order in which the groups start. */
export function byRunOrder(actions: readonly ActionDeclaration[]): readonly (readonly ActionDeclaration[])[] {
    const groups = new Map<number, ActionDeclaration[]>();
    for (const action of actions) {
        const order = action.runOrder ?? 1;
        const group = groups.get(order);
        if (group === undefined) {
            groups.set(order, [action]);
        } else {
            group.push(action);
        }
    }
    return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

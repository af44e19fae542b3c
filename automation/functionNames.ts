import { quote } from "../components/manifest/problem";
import type { Aws } from "./aws";
import { badInput, didYouMean } from "./failure";

/** Physical name of a function in a stack. */
export function physicalName(project: string, stack: string, name: string): string {
    return `${project}-${stack}-${name}`;
}

/**
 * The deployed function that a person means: its short name in the project, or its physical name as AWS shows it.
 * Throws a failure with exit status 2 that names the nearest one.
 */
export async function resolveFunction(aws: Aws, project: string, stack: string, given: string): Promise<string> {
    const deployed = await aws.listFunctions();
    const wanted = physicalName(project, stack, given);
    const found = [wanted, given].find((name) => deployed.includes(name));
    if (found !== undefined) {
        return found;
    }
    const prefix = physicalName(project, stack, "");
    const short = deployed.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
    throw badInput({
        given: `No function ${quote(given)} is deployed in stack ${quote(stack)}.${didYouMean(given, short)}`,
        allowed: short.length > 0 ? `Deployed: ${short.join(", ")}.` : "No function is deployed there yet.",
        next: short.length > 0 ? "use one of these names." : 'run "npm run local" first.',
    });
}

import { Alias } from "@pulumi/aws/lambda/alias";
import { orIfFailed } from "../orIfFailed";
import { Place } from "./executionPolicy";

/** Every function's one stable address; triggers, URLs and callers use nothing else. */
export const ALIAS = "live";

/** What callers need to know of an alias. */
export type AliasAddress = Pick<Alias, "arn" | "functionName" | "name">;

/** The alias as others name it; of a function that failed in this update, what it is going to be. */
export function addressOf(alias: Alias, functionName: string, { accountId, region }: Place): AliasAddress {
    return {
        arn: orIfFailed(alias.arn, `arn:aws:lambda:${region}:${accountId}:function:${functionName}:${ALIAS}`),
        functionName: orIfFailed(alias.functionName, functionName),
        name: orIfFailed(alias.name, ALIAS),
    };
}

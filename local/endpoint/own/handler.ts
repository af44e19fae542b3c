import type { JsonObject } from "../call";
import type { ConditionKeys } from "./rights";

/** Who calls, as the emulator's policy engine found it from the signature. */
export interface Caller {
    /** `arn:aws:iam::…:root`, `…:user/…` or `arn:aws:sts::…:assumed-role/ROLE/SESSION`. */
    readonly principalArn: string;
    /**
     * Asks the emulator's policy engine, and records the answer.
     *
     * @param context Condition keys of the request, `iam:PassedToService` for one.
     * @throws AwsError `AccessDeniedException` in AWS's words when the caller may not.
     */
    authorise(action: string, resource: string, context?: ConditionKeys): Promise<void>;
}

/** A service that the endpoint plays itself, in the JSON 1.1 protocol. */
export interface OwnService {
    /** Names in the scope of a signature that mean this service. */
    readonly signingNames: readonly string[];
    /**
     * Answers one call. The service says which action on which resource the caller must be allowed, and asks before it does anything.
     *
     * @param action Operation, the part of `X-Amz-Target` after the last dot.
     * @throws AwsError for everything that the caller is told.
     */
    handle(action: string, input: JsonObject, caller: Caller): Promise<unknown>;
}

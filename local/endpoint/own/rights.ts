import { call, parseJson, type Answer, type Call, type JsonObject } from "../call";
import type { Emulator } from "../emulator";
import { without, type RawHeaders, type Upstream } from "../forward";
import { AwsError } from "./error";

/** Condition keys of a request, `{"iam:PassedToService": "codebuild.amazonaws.com"}`. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

export interface Identity {
    readonly accessKeyId: string;
    readonly principalArn: string;
}

/** Temporary credentials of a role. */
export interface Session {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** Seconds since 1970. */
    readonly expiration: number;
}

export interface RecordedCall {
    /** ARN of the role, without session, or of the user. */
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly allowed: boolean;
    readonly count: number;
}

/** MiniStack's signature check and policy engine (`ministack/amendments/authorisation.py`), asked for the endpoint's own services. */
export class Rights {
    constructor(
        private readonly ministack: Upstream,
        private readonly emulator: Emulator,
        private readonly region: string,
    ) {}

    /**
     * Has the signature of a call checked.
     *
     * @param request The call as it came, byte for byte.
     * @returns the caller, or MiniStack's refusal to be passed on
     */
    async identify(request: Call): Promise<Identity | Answer> {
        const answer = await call(this.ministack, { ...request, headers: marked(request.headers) });
        return answer.status === 200 ? (parseJson(answer.body) as unknown as Identity) : answer;
    }

    /** @throws AwsError when the owner of the key may not */
    authorise(accessKeyId: string, action: string, resource: string, context: ConditionKeys = {}): Promise<void> {
        return this.demand("authorise", { accessKeyId, action, resource, context });
    }

    /**
     * For what a service does in the name of a role that it was given, as CodePipeline does.
     *
     * @throws AwsError when the role may not
     */
    authoriseRole(roleArn: string, sessionName: string, action: string, resource: string, context: ConditionKeys = {}): Promise<void> {
        return this.demand("authorise-role", { roleArn, sessionName, action, resource, context });
    }

    /**
     * For what a service does in its own name: the resource's policy must let it.
     *
     * @throws AwsError when it does not
     */
    authoriseService(service: string, sourceArn: string, action: string, resource: string): Promise<void> {
        return this.demand("service-may", { service, sourceArn, action, resource });
    }

    /**
     * A session of a role, for a service that its trust policy names. The source ARN and its account are condition keys.
     *
     * @throws AwsError when the role does not exist or does not trust the service
     */
    async assume(request: { roleArn: string; service: string; sourceArn: string; sessionName: string; seconds: number }): Promise<Session> {
        const answer = await this.ask("assume", request);
        if (answer.allowed !== true) {
            throw new AwsError("AccessDeniedException", String(answer.message));
        }
        return answer as unknown as Session;
    }

    /** Every combination of principal, action, resource and decision since the start or the last `forgetCalls`. */
    async calls(): Promise<{ readonly calls: readonly RecordedCall[]; readonly leftOut: number }> {
        return (await this.ask("calls", {})) as unknown as { calls: RecordedCall[]; leftOut: number };
    }

    async forgetCalls(): Promise<void> {
        await this.ask("calls/reset", {});
    }

    /** Runs the schedules of a function as EventBridge Scheduler would; the answer also names the functions that have one. */
    fire(functionName: string): Promise<JsonObject> {
        return this.ask("fire", { function: functionName });
    }

    private async demand(question: string, payload: JsonObject): Promise<void> {
        const answer = await this.ask(question, payload);
        if (answer.allowed !== true) {
            throw new AwsError("AccessDeniedException", String(answer.message));
        }
    }

    private async ask(question: string, payload: JsonObject): Promise<JsonObject> {
        const answer = await this.emulator.internal(question, { ...payload, region: this.region });
        if (answer.status !== 200) {
            throw new AwsError("InternalFailure", `MiniStack answered ${answer.status} when it was asked "${question}": ${answer.body.toString("utf8").slice(0, 500)}`, 500);
        }
        return parseJson(answer.body);
    }
}

/** Makes MiniStack answer with the caller's name. Not among the signed headers, so the signature still holds. */
const IDENTIFY = "x-container-lambdas-identify";

function marked(headers: RawHeaders): RawHeaders {
    return [...without(headers, new Set([IDENTIFY])), IDENTIFY, "1"];
}

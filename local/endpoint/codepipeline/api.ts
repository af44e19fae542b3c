import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Caller, OwnService } from "../own/handler";
import { checkShape } from "./model/constraints";
import type { PipelineDeclaration } from "./model/declaration";
import type { CodePipelineService } from "./model/service";
import { INPUTS, type OperationName } from "./model/shapes";
import { OPERATIONS } from "./operations";

/** The principal that uses the roles of pipelines. */
export const SERVICE = "codepipeline.amazonaws.com";

export interface ApiContext {
    readonly service: CodePipelineService;
    readonly account: string;
    readonly region: string;
    /** Called after anything may have changed. */
    changed(): void;
    /** Whether a role lets CodePipeline use it. @throws AwsError when not */
    trusts(roleArn: string, sourceArn: string): Promise<void>;
}

/** CodePipeline's API over the model: shapes, then rights, then the call. */
export class CodePipelineApi implements OwnService {
    readonly signingNames = ["codepipeline"];

    constructor(private readonly context: ApiContext) {}

    async handle(action: string, input: JsonObject, caller: Caller): Promise<unknown> {
        if (!isOperation(action)) {
            throw new AwsError("UnknownOperationException", `codepipeline:${action} is not emulated here. Emulated are ${Object.keys(OPERATIONS).toSorted().join(", ")}.`);
        }
        const { service, changed } = this.context;
        const operation = OPERATIONS[action];
        checkShape(INPUTS[action], input);
        await caller.authorise(`codepipeline:${action}`, operation.resource(input, (path) => this.arn(path)));
        if (action === "CreatePipeline" || action === "UpdatePipeline") {
            await this.passRoles(input, caller);
        }
        const output = operation.call(service, input, caller.principalArn);
        if (operation.changes) {
            changed();
        }
        return output ?? {};
    }

    /** The caller must be allowed to hand every role to CodePipeline, and the pipeline's role must let it be used. Tags are a right of their own. */
    private async passRoles(input: JsonObject, caller: Caller): Promise<void> {
        // Its shape has been checked.
        const declaration = input.pipeline as PipelineDeclaration;
        if (Array.isArray(input.tags) && input.tags.length > 0) {
            await caller.authorise("codepipeline:TagResource", this.arn(declaration.name));
        }
        const own = declaration.stages.flatMap((stage) => stage.actions.flatMap((action) => action.roleArn ?? []));
        for (const role of [...new Set([declaration.roleArn, ...own])]) {
            await caller.authorise("iam:PassRole", role, { "iam:PassedToService": SERVICE });
        }
        await this.context.trusts(declaration.roleArn, this.arn(declaration.name)).catch(() => {
            throw new AwsError("InvalidStructureException", `CodePipeline is not authorized to perform AssumeRole on role ${declaration.roleArn}`);
        });
    }

    private arn(path: string): string {
        return `arn:aws:codepipeline:${this.context.region}:${this.context.account}:${path}`;
    }
}

function isOperation(action: string): action is OperationName {
    return Object.hasOwn(OPERATIONS, action);
}

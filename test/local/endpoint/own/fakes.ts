import { Emulator } from "../../../../local/endpoint/emulator";
import { upstream } from "../../../../local/endpoint/forward";
import { AwsError } from "../../../../local/endpoint/own/error";
import type { Caller } from "../../../../local/endpoint/own/handler";
import type { ObjectPlace, ObjectsOf } from "../../../../local/endpoint/own/objects";
import { Rights, type Session } from "../../../../local/endpoint/own/rights";

const NOWHERE = upstream("nobody", { host: "127.0.0.1", port: 1 });

/** Rights without MiniStack: everything is allowed but what `refused` names, `ACTION` or `ACTION RESOURCE`. */
export class FakeRights extends Rights {
    readonly refused = new Set<string>();
    readonly asked: string[] = [];

    constructor() {
        super(NOWHERE, new Emulator(NOWHERE, "us-east-1", "root"), "us-east-1");
    }

    override authorise(_key: string, action: string, resource: string): Promise<void> {
        this.asked.push(`${action} ${resource}`);
        return this.refused.has(action) || this.refused.has(`${action} ${resource}`)
            ? Promise.reject(new AwsError("AccessDeniedException", `User: somebody is not authorized to perform: ${action} on resource: ${resource}`))
            : Promise.resolve();
    }

    override assume(request: { readonly roleArn: string; readonly sourceArn: string }): Promise<Session> {
        this.asked.push(`assume ${request.roleArn} for ${request.sourceArn}`);
        return this.refused.has(`assume ${request.roleArn}`)
            ? Promise.reject(new AwsError("AccessDeniedException", "codebuild.amazonaws.com is not authorized to perform: sts:AssumeRole"))
            : Promise.resolve({ accessKeyId: "ASIAROLE", secretAccessKey: "role-secret", sessionToken: "role-token", expiration: 0 });
    }

    override authoriseService(service: string, _sourceArn: string, action: string, resource: string): Promise<void> {
        return this.authorise(service, action, resource);
    }

    caller(): Caller {
        return { principalArn: "arn:aws:iam::000000000000:user/tester", authorise: (action, resource) => this.authorise("AKIATESTER", action, resource) };
    }
}

/** S3 in memory, for every session; what it was asked is in `asked`. */
export class FakeObjects {
    readonly content = new Map<string, string>();
    readonly asked: string[] = [];
    /** Reads and writes that are refused, by key. */
    readonly refused = new Set<string>();

    readonly of: ObjectsOf = (session) => {
        const ask = (what: string, key = ""): void => {
            this.asked.push(`${session.accessKeyId} ${what}`);
            if (this.refused.has(key)) {
                throw Object.assign(new Error("Access Denied"), { name: "AccessDenied" });
            }
        };
        return Promise.resolve({
            inspect: async (bucket: string) => ask(`inspect ${bucket}`),
            read: async ({ bucket, key, versionId }: ObjectPlace) => {
                ask(`read ${bucket}/${key}@${versionId ?? ""}`, key);
                return Buffer.from(this.content.get(key) ?? "");
            },
            write: async (bucket: string, key: string, body: Buffer, keyId?: string) => {
                ask(`write ${bucket}/${key} with ${keyId ?? "the bucket's key"}`, key);
                this.content.set(key, body.toString("utf8"));
                return { bucket, key, versionId: `v${this.content.size}` };
            },
        });
    };
}

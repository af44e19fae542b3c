import { z } from "zod";
import { readCloneReference } from "../codepipeline/artifacts";
import type { ObjectPlace, ObjectsOf } from "../own/objects";
import type { Rights, Session } from "../own/rights";
import type { Build } from "./types";

interface SourceQuestions {
    readonly rights: Pick<Rights, "authorise">;
    readonly objects: ObjectsOf;
    readonly session: Session;
    readonly account: string;
    readonly region: string;
    /** Input artifact of a pipeline's build. */
    readonly artifact?: ObjectPlace;
}

const connectionAuth = z.object({ auth: z.object({ type: z.literal("CODECONNECTIONS"), resource: z.string() }) });

/**
 * What the build's role needs to get its source: the pipeline's artifact and, where that is a reference, the right to clone;
 * or the repository that the project names.
 *
 * @throws the refusal
 */
export async function askForSource({ rights, objects, session, account, region, artifact }: SourceQuestions, source: Build["source"]): Promise<void> {
    const may = (action: string, resource: string, context?: Readonly<Record<string, string>>): Promise<void> => rights.authorise(session.accessKeyId, action, resource, context);
    const mayPull = (repository: string): Promise<void> => may("codecommit:GitPull", `arn:aws:codecommit:${region}:${account}:${repository}`);
    if (artifact !== undefined) {
        const reference = readCloneReference(await (await objects(session)).read(artifact));
        if (reference?.connectionArn !== undefined) {
            const service = reference.connectionArn.split(":")[2] ?? "";
            await may(`${service}:UseConnection`, reference.connectionArn, { [`${service}:FullRepositoryId`]: reference.repository });
        } else if (reference !== undefined) {
            await mayPull(reference.repository);
        }
        return;
    }
    if (source.type === "CODECOMMIT") {
        return mayPull(source.location?.split("/").at(-1) ?? "");
    }
    const { data } = connectionAuth.safeParse(source);
    if (data !== undefined) {
        const service = data.auth.resource.split(":")[2] ?? "";
        await may(`${service}:GetConnection`, data.auth.resource);
        await may(`${service}:GetConnectionToken`, data.auth.resource);
    }
}

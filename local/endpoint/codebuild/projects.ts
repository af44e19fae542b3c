import { AwsError } from "../own/error";
import type { Caller } from "../own/handler";
import { page, strings } from "../own/paging";
import type { JsonObject } from "../call";
import { projectFields, projectUpdate, read } from "./schema";
import type { Store } from "./store";
import type { Project } from "./types";

/** Who a role must trust, and be passed to. */
export const SERVICE = "codebuild.amazonaws.com";

/** @throws AwsError when the role may not be used for builds of the project */
export type TrustCheck = (roleArn: string, projectArn: string) => Promise<void>;

export async function createProject(store: Store, input: JsonObject, caller: Caller, trust: TrustCheck, now: number): Promise<unknown> {
    const { badgeEnabled: _badge, ...fields } = read(projectFields, input);
    await caller.authorise("codebuild:CreateProject", store.arn("project", fields.name));
    await caller.authorise("iam:PassRole", fields.serviceRole, { "iam:PassedToService": SERVICE });
    if (store.projects[fields.name] !== undefined) {
        throw new AwsError("ResourceAlreadyExistsException", `Project already exists: ${store.arn("project", fields.name)}`);
    }
    await trust(fields.serviceRole, store.arn("project", fields.name));
    const project: Project = {
        ...fields,
        arn: store.arn("project", fields.name),
        cache: fields.cache ?? { type: "NO_CACHE" },
        timeoutInMinutes: fields.timeoutInMinutes ?? 60,
        queuedTimeoutInMinutes: fields.queuedTimeoutInMinutes ?? 480,
        encryptionKey: fields.encryptionKey ?? `arn:aws:kms:${store.region}:${store.account}:alias/aws/s3`,
        tags: fields.tags ?? [],
        created: now,
        lastModified: now,
    };
    store.projects[fields.name] = project;
    store.save();
    return { project: shown(project) };
}

export async function updateProject(store: Store, input: JsonObject, caller: Caller, trust: TrustCheck, now: number): Promise<unknown> {
    const { badgeEnabled: _badge, concurrentBuildLimit, ...fields } = read(projectUpdate, input);
    await caller.authorise("codebuild:UpdateProject", store.arn("project", fields.name));
    const project = existing(store, fields.name);
    if (fields.serviceRole !== undefined) {
        await caller.authorise("iam:PassRole", fields.serviceRole, { "iam:PassedToService": SERVICE });
        await trust(fields.serviceRole, project.arn);
    }
    // What is not given stays; an empty or negative value takes an optional setting away.
    const { concurrentBuildLimit: before, ...rest } = { ...project, ...fields, lastModified: now };
    const limit = concurrentBuildLimit ?? before;
    const updated: Project = { ...rest, ...(limit === undefined || limit <= 0 ? {} : { concurrentBuildLimit: limit }) };
    store.projects[fields.name] = updated;
    store.save();
    return { project: shown(updated) };
}

export async function deleteProject(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const name = nameOf(input.name);
    await caller.authorise("codebuild:DeleteProject", store.arn("project", name));
    // As on AWS, deleting what is not there is no error, and builds outlive their project.
    delete store.projects[name];
    store.save();
    return {};
}

export async function batchGetProjects(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const names = strings(input.names, "names").map(nameOf);
    for (const name of names) {
        await caller.authorise("codebuild:BatchGetProjects", store.arn("project", name));
    }
    return {
        projects: names.flatMap((name) => (store.projects[name] === undefined ? [] : [shown(store.projects[name])])),
        projectsNotFound: names.filter((name) => store.projects[name] === undefined),
    };
}

export async function listProjects(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    await caller.authorise("codebuild:ListProjects", "*");
    const names = Object.keys(store.projects).sort();
    const { items, nextToken } = page(input.sortOrder === "DESCENDING" ? names.reverse() : names, input.nextToken, 100);
    return { projects: items, ...nextToken };
}

/** @throws AwsError */
export function existing(store: Store, name: string): Project {
    const project = store.projects[name];
    if (project === undefined) {
        throw new AwsError("ResourceNotFoundException", `Project cannot be found: ${store.arn("project", name)}`);
    }
    return project;
}

/** A name, also where the whole ARN was given. */
export function nameOf(value: unknown): string {
    if (typeof value !== "string" || value === "") {
        throw new AwsError("InvalidInputException", `Invalid project name: ${JSON.stringify(value)} was given, a name is needed`);
    }
    return value.startsWith("arn:") ? value.slice(value.indexOf("/") + 1) : value;
}

function shown(project: Project): object {
    return { ...project, badge: { badgeEnabled: false }, projectVisibility: "PRIVATE" };
}

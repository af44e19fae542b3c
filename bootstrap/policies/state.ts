import { objects, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";

/** What the engine keeps of one stack (backend for S3, project-scoped layout), without other stacks'. */
function stateKeys({ place: { project }, environment: { stack } }: Scope): string[] {
    return [
        `.pulumi/stacks/${project}/${stack}.json*`,
        `.pulumi/stacks/${project}/${stack}.pulumi-tags*`,
        `.pulumi/history/${project}/${stack}/*`,
        `.pulumi/backups/${project}/${stack}/*`,
        `.pulumi/locks/organization/${project}/${stack}/*`,
    ];
}

/** Reading the state. A preview takes no lock, so this is all that a plan needs. */
export function readState(scope: Scope): PolicyStatement[] {
    const { engineBucket } = scope;
    return [allow("ReadState", ["s3:GetObject"], objects(engineBucket, ".pulumi/meta.yaml", ...stateKeys(scope))), ...bucketUse(scope)];
}

/** Everything that an update does with the state of its own stack. */
export function writeState(scope: Scope): PolicyStatement[] {
    const { engineBucket } = scope;
    return [
        allow("Backend", ["s3:GetObject"], objects(engineBucket, ".pulumi/meta.yaml")),
        allow("State", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], objects(engineBucket, ...stateKeys(scope))),
        ...bucketUse(scope),
    ];
}

/** The key of the stack's secrets, which only who runs the program has to open. */
export function openSecrets({ seed }: Scope): PolicyStatement[] {
    return [allow("OpenSecrets", ["kms:Decrypt"], [seed.secretsKeyArn])];
}

/** What reading and writing any object of the bucket needs beside the right on the object. */
function bucketUse({ engineBucket, recordsBucket, seed, place: { region } }: Scope): PolicyStatement[] {
    return [
        // The engine asks whether the bucket answers by a listing without prefix, so names of keys of other stacks can be
        // seen; what they hold cannot.
        allow("ListState", ["s3:ListBucket"], [engineBucket, recordsBucket].map((bucket) => `arn:aws:s3:::${bucket}`)),
        // The bucket's key, but only where S3 uses it in the role's name: secrets inside the state stay closed.
        allow("StateKey", ["kms:Decrypt", "kms:GenerateDataKey"], [seed.secretsKeyArn], {
            StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        }),
    ];
}

/**
 * Delivery records of the own stack; see `delivery/keys.ts`.
 * @param written keys below `delivery/<stack>/`, with `*` where a name follows
 */
export function records(scope: Scope, written: readonly string[]): PolicyStatement[] {
    const { recordsBucket, environment } = scope;
    const folder = `delivery/${environment.stack}`;
    return [
        allow("ReadRecords", ["s3:GetObject"], objects(recordsBucket, `${folder}/*`)),
        ...(written.length === 0 ? [] : [allow("WriteRecords", ["s3:PutObject"], objects(recordsBucket, ...written.map((key) => `${folder}/${key}`)))]),
        ...bucketUse(scope),
    ];
}

/** Notes of which build runs on which machine, by which a lock that was left is told from one that is held; old ones are cleared away. */
export function lockNotes({ recordsBucket, environment }: Scope): PolicyStatement[] {
    return [allow("LockNotes", ["s3:DeleteObject", "s3:PutObject"], objects(recordsBucket, `delivery/${environment.stack}/locks-owners/*`))];
}

/** Adding to the delivery records of the own stack without reading any. */
export function writeRecords({ recordsBucket, environment, seed, place: { region } }: Scope, written: readonly string[]): PolicyStatement[] {
    return [
        allow("WriteRecords", ["s3:PutObject"], objects(recordsBucket, ...written.map((key) => `delivery/${environment.stack}/${key}`))),
        allow("StateKeyToWrite", ["kms:GenerateDataKey"], [seed.secretsKeyArn], { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } }),
    ];
}

/** Manifests of what the stack that owns the images built and tested. */
export function readReleases(scope: Scope): PolicyStatement[] {
    const { recordsBucket, environment } = scope;
    return [allow("ReadReleases", ["s3:GetObject"], objects(recordsBucket, `releases/${environment.releasesFrom ?? environment.stack}/*`))];
}

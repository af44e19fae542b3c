import { archiveIn, gitIn, HostedRepository, type PushedReference } from "../hostedRepository";

export interface Commit {
    readonly id: string;
    /** ISO 8601, UTC. */
    readonly authorDate: string;
    readonly committerDate: string;
    readonly authorName: string;
    readonly authorEmail: string;
    readonly message: string;
}

/** The repository that pipelines fetch from. */
export interface Repository {
    /** A commit by its id. @returns `undefined` when there is none */
    commit(id: string): Promise<Commit | undefined>;
    /** The head of a branch. @returns `undefined` when there is none */
    head(branch: string): Promise<Commit | undefined>;
    /** The content of a commit as a zip. */
    archive(id: string): Promise<Buffer>;
    /** Puts a branch or tag where a push puts it. */
    push(pushed: PushedReference): Promise<void>;
}

/** What was pushed to the emulated Git host, described as a source action needs it. */
export class CheckoutRepository implements Repository {
    private readonly hosted: HostedRepository;

    constructor(private readonly root: string) {
        this.hosted = new HostedRepository(root);
    }

    push(pushed: PushedReference): Promise<void> {
        return this.hosted.push(pushed);
    }

    async commit(id: string): Promise<Commit | undefined> {
        const found = await this.hosted.commit(id);
        return found === undefined ? undefined : this.describe(found);
    }

    async head(branch: string): Promise<Commit | undefined> {
        const found = await this.hosted.head(branch);
        return found === undefined ? undefined : this.describe(found);
    }

    archive(id: string): Promise<Buffer> {
        return archiveIn(this.root, id);
    }

    private async describe(id: string): Promise<Commit> {
        const output = await gitIn(this.root, ["log", "--max-count=1", "--format=%aI%n%cI%n%an%n%ae%n%B", "--end-of-options", id]);
        const [authorDate = "", committerDate = "", authorName = "", authorEmail = "", ...message] = output.split("\n");
        return { id, authorDate: utc(authorDate), committerDate: utc(committerDate), authorName, authorEmail, message: message.join("\n").trim() };
    }
}

function utc(date: string): string {
    return new Date(date).toISOString().replace(".000Z", "Z");
}

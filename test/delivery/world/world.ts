import { TWELVE_STEPS, type SelfUpdateSteps } from "../../../delivery/selfUpdate/steps";
import { isOpen } from "../../../delivery/selfUpdate/intent";
import type { Follows } from "../../../delivery/selfUpdate/run";
import { CodePipelineService } from "../../../local/endpoint/codepipeline/model/service";
import type { ActionJob } from "../../../local/endpoint/codepipeline/model/results";
import { BRANCH, declarationOf, definitionIn, PIPELINE, REPOSITORY } from "./declaration";
import { Journal } from "./journal";
import type { Program } from "./program";
import { Chance, type Schedule, type Setting } from "./schedule";
import { commitId, historyOf, indexOf, Records, Stack, type CommitFacts } from "./stack";

/** What a test may take away or turn off, to see that something fails then. */
export interface Policy {
    readonly steps: SelfUpdateSteps;
    /** Whether something looks after self-updates that were killed. */
    readonly watchdog: boolean;
    /** Whether the stage after SelfUpdate asks for its result. */
    readonly entryRule: boolean;
    /** Whether the Deploy step refuses commits that are older than what was applied. */
    readonly deployGuard: boolean;
}

export const FULL: Policy = { steps: TWELVE_STEPS, watchdog: true, entryRule: true, deployGuard: true };

/** Everything around the programs: CodePipeline, the stack, the records, the repository, and the time. */
export class World {
    readonly service: CodePipelineService;
    readonly stack = new Stack();
    readonly records = new Records();
    readonly journal = new Journal();
    readonly history: readonly CommitFacts[];
    readonly follows: Follows;
    now = 1_700_000_000_000;
    /** Number of the newest commit that was pushed. */
    head = 0;
    /** Counts up in unstable definitions. */
    nonce = 0;
    readonly finishedBuilds = new Set<string>();
    /** Commits whose half-failed update has failed already. */
    readonly partlyFailed = new Set<string>();
    #ids = 0;

    constructor(
        readonly schedule: Schedule,
        readonly setting: Setting,
        readonly policy: Policy,
        readonly chance: Pick<Chance, "below" | "once"> = new Chance(schedule.seed),
    ) {
        this.history = historyOf(schedule.commits);
        this.follows = setting.kind === "tag" ? { kind: "tag", pattern: "v*" } : { kind: "branch", branch: BRANCH };
        this.service = new CodePipelineService({
            now: () => this.now,
            newId: () => `e${++this.#ids}`,
            cancelled: setting.cancelled,
            clientTokens: this.chance.once(2) ? "ignored" : "idempotent",
        });
        this.service.createPipeline({ pipeline: this.declaration("0") });
    }

    declaration(definition: string): ReturnType<typeof declarationOf> {
        return declarationOf(definition, this.setting, this.policy.entryRule);
    }

    facts(commit: string): CommitFacts {
        return this.history[indexOf(commit)] as CommitFacts;
    }

    /** What the program of this commit declares now. */
    desired(commit: string): string {
        const { definition, fault } = this.facts(commit);
        return fault === "unstable" ? `${definition}~${++this.nonce}` : definition;
    }

    version(): number {
        return this.service.getPipeline({ name: PIPELINE }).pipeline.version ?? 0;
    }

    /** The definition of a version without what an unstable program adds. */
    definitionAt(version: number): string {
        return stable(definitionIn(this.service.getPipeline({ name: PIPELINE, version }).pipeline));
    }

    pushNext(): void {
        const commit = commitId(++this.head);
        const ref = this.setting.kind === "tag" ? { tag: `v${this.head}` } : { branch: BRANCH };
        this.service.push({ repository: REPOSITORY, commit, paths: ["index.ts"], ...ref });
        this.note(`push ${commit}`);
    }

    /** Commit of a job's input, or the one that a source action has to fetch. */
    commitOf(job: ActionJob): string {
        return job.inputArtifacts[0]?.revision?.revisionId ?? job.sourceRevision?.revisionValue ?? commitId(this.head);
    }

    /** Writes down that a program was killed, and for whom that matters. */
    noteKill(program: Program): void {
        const intent = this.records.intent?.value;
        const open = isOpen(intent) ? intent : undefined;
        if (program.kind === "self-update" && open?.executionId !== program.executionId) {
            this.journal.plainlyFailed.add(program.executionId);
        }
        for (const commit of new Set([...(program.commit === "" ? [] : [program.commit]), ...(open === undefined ? [] : [open.commit])])) {
            this.journal.cut(commit);
        }
    }

    note(line: string): void {
        this.journal.lines.push(line);
    }
}

export function stable(definition: string): string {
    return definition.split("~")[0] ?? "";
}

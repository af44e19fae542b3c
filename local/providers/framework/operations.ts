/** Create, read, update and delete over a table entry, in plain values; `service.ts` speaks the protocol. */
import { align, isEmpty, liveInputs, meaningOf } from "./equal";
import { diffResource } from "./diff";
import { type AnyResourceType, type Context, Incomplete } from "./resource";
import { patience, retry, waitFor } from "./retry";
import { properties, type ProviderSchema } from "./schema";
import { DEFAULTS, isObject, type Plain, plainProperties, type Properties, UNKNOWN } from "./values";

/** Seconds for an operation without `customTimeouts`. */
const DEFAULT_TIMEOUT = 300;

/** Seconds until something that was just made must be readable. */
const READABLE_WITHIN = 20;

export interface Account<Services> {
    readonly region: string;
    readonly defaultTags: Readonly<Record<string, string>>;
    servicesFor(region: string): Services;
}

export interface Operation {
    readonly name: string;
    /** Seconds; 0 means the default. */
    readonly timeout: number;
    readonly signal: AbortSignal;
}

export interface ReadResult {
    /** May differ from the one asked for, where an import accepts another notation. */
    readonly id: string;
    readonly state: Properties;
    readonly inputs: Properties;
}

export class Operations<Services> {
    constructor(
        private readonly schema: ProviderSchema,
        private readonly account: Account<Services>,
    ) {}

    /** What a creation will show as far as it is known before. */
    previewCreate(type: AnyResourceType<Services>, inputs: Properties): Properties {
        const state: Record<string, Plain> = {};
        const given = this.inputNames(type);
        for (const output of this.outputNames(type)) {
            if (inputs[output] !== undefined) {
                state[output] = inputs[output];
            } else if (output === "region") {
                state[output] = this.account.region;
            } else if (!given.has(output) || type.computed?.includes(output) === true) {
                state[output] = UNKNOWN;
            }
        }
        return state;
    }

    previewUpdate(type: AnyResourceType<Services>, old: Properties, inputs: Properties, state: Properties): Properties {
        const changed = new Set(diffResource(type, old, inputs, [], state).changed);
        const unknown = new Set(type.changes?.({ changed, inputs }) ?? []);
        const given = this.inputNames(type);
        const result: Record<string, Plain> = {};
        for (const output of this.outputNames(type)) {
            const keeps = !given.has(output) || output === "region" || type.computed?.includes(output) === true;
            const value = inputs[output] ?? (unknown.has(output) ? UNKNOWN : keeps ? state[output] : undefined);
            if (value !== undefined) {
                result[output] = value;
            }
        }
        return result;
    }

    async create(type: AnyResourceType<Services>, inputs: Properties, operation: Operation): Promise<{ readonly id: string; readonly state: Properties }> {
        const context = this.context(type, inputs, operation);
        try {
            const id = await type.create(inputs, context);
            return { id, state: await this.readNew(type, id, inputs, {}, context) };
        } catch (error) {
            throw error instanceof Incomplete ? await this.withState(error, type, inputs, context) : error;
        }
    }

    async update(type: AnyResourceType<Services>, id: string, old: Properties, inputs: Properties, state: Properties, operation: Operation): Promise<Properties> {
        const context = this.context(type, inputs, operation);
        const changed = new Set(diffResource(type, old, inputs, [], state).changed);
        await type.update?.(id, inputs, context, { old, state, changed });
        return await this.readNew(type, id, inputs, state, context);
    }

    /** Undefined when it does not exist. `known` are the recorded inputs; empty for an import. */
    async read(type: AnyResourceType<Services>, id: string, known: Properties, state: Properties, operation: Operation): Promise<ReadResult | undefined> {
        const imported = isEmpty(known);
        const context = this.context(type, imported ? state : known, operation);
        const live = await type.read(id, context, imported ? state : known);
        if (live === undefined) {
            return undefined;
        }
        const shown = this.show(type, known, { region: context.region, ...live }, state);
        const inputs: Record<string, Plain> = { ...liveInputs(this.schema, type, known, shown) };
        const defaulted = Array.isArray(known[DEFAULTS]) ? [...(known[DEFAULTS] as readonly Plain[])] : [];
        for (const [property, value] of Object.entries(type.defaults ?? {})) {
            if (imported && inputs[property] === undefined) {
                inputs[property] = value;
                shown[property] ??= value;
                defaulted.push(property);
            }
        }
        if (shown["tagsAll"] !== undefined) {
            inputs["tagsAll"] = shown["tagsAll"];
        }
        return { id: type.idOf?.(shown) ?? id, state: shown, inputs: { [DEFAULTS]: defaulted.sort(), ...inputs } };
    }

    async delete(type: AnyResourceType<Services>, id: string, state: Properties, operation: Operation): Promise<void> {
        await type.delete(id, state, this.context(type, state, operation));
    }

    context(type: { readonly token: string }, inputs: Properties, operation: Operation): Context<Services> {
        const wish = inputs["region"];
        const region = typeof wish === "string" && wish !== UNKNOWN ? wish : this.account.region;
        const limits = patience(operation.timeout > 0 ? operation.timeout : DEFAULT_TIMEOUT, operation.signal);
        return {
            type: type.token,
            name: operation.name,
            region,
            services: this.account.servicesFor(region),
            retry: (attempt, again) => retry(limits, attempt, again),
            waitFor: (what, ask) => waitFor(limits, what, ask),
        };
    }

    /** What can be said about something that exists and is not in order. */
    private async withState(error: Incomplete, type: AnyResourceType<Services>, inputs: Properties, context: Context<Services>): Promise<Incomplete> {
        const live = await type.read(error.id, context, inputs).catch(() => undefined);
        return live === undefined ? error : new Incomplete(error.id, error.reason, this.show(type, inputs, { region: context.region, ...live }, {}));
    }

    private async readNew(type: AnyResourceType<Services>, id: string, inputs: Properties, state: Properties, context: Context<Services>): Promise<Properties> {
        try {
            const limits = patience(READABLE_WITHIN, new AbortController().signal);
            const live = await waitFor(limits, `${type.token} "${id}" to be readable`, () => type.read(id, context, inputs));
            return this.show(type, inputs, { region: context.region, ...live }, state);
        } catch (error) {
            throw error instanceof Incomplete ? error : new Incomplete(id, error instanceof Error ? error : new Error(String(error)), { ...state, ...inputs });
        }
    }

    /** The live state in the words of the inputs, with what only the program knows. */
    private show(type: AnyResourceType<Services>, inputs: Properties, live: Properties, previous: Properties): Record<string, Plain> {
        const meaning = meaningOf(type);
        const given = this.inputNames(type);
        const local = new Set(type.local);
        const retained = new Set(type.retained);
        const answer = this.withTags(type, inputs, plainProperties(live));
        const shown: Record<string, Plain> = {};
        for (const output of this.outputNames(type)) {
            const wished = given.has(output) ? inputs[output] : undefined;
            const before = retained.has(output) || local.has(output) ? previous[output] : undefined;
            const value = align(wished, answer[output] ?? (local.has(output) ? (wished ?? before) : before), output, meaning);
            if (value !== undefined) {
                shown[output] = value;
            }
        }
        return shown;
    }

    /** `tags` are the resource's own, `tagsAll` those and the provider's default ones. Tags of AWS itself are left out. */
    private withTags(type: AnyResourceType<Services>, inputs: Properties, live: Record<string, Plain>): Record<string, Plain> {
        if (!this.outputNames(type).includes("tagsAll")) {
            return live;
        }
        const all = Object.fromEntries(
            Object.entries(isObject(live["tags"]) ? live["tags"] : {})
                .filter(([key]) => !key.startsWith("aws:"))
                .sort(([a], [b]) => (a < b ? -1 : 1)),
        );
        const wished = isObject(inputs["tags"]) ? inputs["tags"] : {};
        const own = Object.entries(all).filter(([key, value]) => wished[key] !== undefined || this.account.defaultTags[key] !== value);
        const { tags: _, ...rest } = live;
        const keepsTags = own.length > 0 || inputs["tags"] !== undefined;
        return { ...rest, ...(keepsTags ? { tags: Object.fromEntries(own) } : {}), tagsAll: all };
    }

    private inputNames(type: AnyResourceType<Services>): ReadonlySet<string> {
        return new Set([...properties(this.schema.resources[type.token]?.inputs ?? {}).keys(), "tagsAll"]);
    }

    private outputNames(type: AnyResourceType<Services>): readonly string[] {
        return this.schema.resources[type.token]?.outputs ?? [];
    }
}

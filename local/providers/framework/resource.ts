import type { Plain, Properties } from "./values";

/** What one operation on one resource can use besides its values. */
export interface Context<Services> {
    readonly type: string;
    /** The resource's name in the program. */
    readonly name: string;
    readonly region: string;
    readonly services: Services;
    /** Runs an attempt again, with growing pauses, while `again` accepts its error and the time is not used up. */
    retry<T>(attempt: () => Promise<T>, again: (error: unknown) => boolean): Promise<T>;
    /** Asks until the answer is not undefined; `what` names it when the time is used up. */
    waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T>;
}

export interface Change<Inputs> {
    readonly old: Inputs;
    /** Everything the resource showed before the change. */
    readonly state: Properties;
    /** Top-level input properties that differ. */
    readonly changed: ReadonlySet<string>;
}

/** How a resource gets its physical name when the program gives none. */
export interface AutoName {
    readonly property: string;
    /** Longest legal name. */
    readonly maximum: number;
    readonly lowerCase?: boolean;
    /** The property that, given instead, makes the name begin with it. */
    readonly prefixProperty?: string;
    /** What the name must begin with or end in, like `.fifo`. */
    readonly decorate?: (name: string, inputs: Properties) => string;
}

/** A resource type: what it does with the API and how its properties behave. Everything else is shared. */
export interface ResourceType<Services, Inputs = Properties, State = Properties> {
    readonly token: string;
    /** Where the rules below were taken from. */
    readonly source: string;
    readonly autoName?: AutoName;
    /** A change of these top-level inputs makes a new resource. */
    readonly replaceOn: readonly string[];
    /** Values that the real provider's schema fills in. */
    readonly defaults?: Properties;
    /** Optional inputs that the service fills in itself, so that a value without a wish is no difference. */
    readonly computed?: readonly string[];
    /** Inputs of the SDK that this stand-in does not carry out; giving one is an error. */
    readonly unsupported?: readonly string[];
    /** JSON texts, compared by meaning. */
    readonly json?: readonly string[];
    /** Arrays without an order, like `lambdaFunctions.events`. */
    readonly sets?: readonly string[];
    /** Inputs, or members of nested objects, that live only in the program and that the API does not return. */
    readonly local?: readonly string[];
    /** Outputs that the API cannot be asked for again and that therefore keep their last value. */
    readonly retained?: readonly string[];
    /** Properties that must not stand in a state in the clear, whether the program marked them or not. */
    readonly secrets?: readonly string[];
    /** Outputs that a change of these inputs makes unknown until it is done. */
    readonly changes?: (change: { readonly changed: ReadonlySet<string>; readonly inputs: Inputs }) => readonly string[];
    /** Replacing creates the new one under the same key as the old one: the old one must go first. */
    readonly deleteBeforeReplace?: boolean;
    /** Problems that the shape alone does not show; only called when everything is known. */
    readonly problems?: (inputs: Inputs) => readonly { readonly property: string; readonly reason: string }[];
    /** The id that a read reports, where an import accepts another notation. */
    idOf?(state: Readonly<Record<string, Plain | undefined>>): string | undefined;
    /** Returns the id. Throw `Incomplete` when the thing exists but is not usable. */
    create(inputs: Inputs, context: Context<Services>): Promise<string>;
    /** Everything the resource shows, or undefined when it does not exist. */
    read(id: string, context: Context<Services>, known: Partial<Inputs>): Promise<State | undefined>;
    /** Absent when every change is a replacement. */
    update?(id: string, inputs: Inputs, context: Context<Services>, change: Change<Inputs>): Promise<void>;
    /** Must succeed when it is gone already. */
    delete(id: string, state: Readonly<Record<string, Plain | undefined>>, context: Context<Services>): Promise<void>;
}

/** A function of the provider, like `aws.ecr.getImage`. */
export interface InvokeType<Services> {
    readonly token: string;
    readonly source: string;
    /** Outputs that must not stand in a state in the clear. */
    readonly secrets?: readonly string[];
    invoke(inputs: Properties, context: Context<Services>): Promise<Properties>;
}

/** The thing was created, and something about it failed: the engine records it, so that the next run mends or deletes it. */
export class Incomplete extends Error {
    constructor(
        readonly id: string,
        readonly reason: Error,
        /** What it shows, as far as known. */
        readonly state?: Properties,
    ) {
        super(reason.message);
        this.name = "Incomplete";
    }
}

/** Types of one provider are kept in one list, whatever their inputs are. */
export type AnyResourceType<Services> = ResourceType<Services, Properties, Properties>;

/**
 * Forgets the precise types of inputs and outputs, which the framework has checked against the schema by the time
 * it calls the entry.
 */
export function resourceType<Services, Inputs extends object, State extends object>(
    entry: ResourceType<Services, Inputs, State>,
): AnyResourceType<Services> {
    return entry as unknown as AnyResourceType<Services>;
}

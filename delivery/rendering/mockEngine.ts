import * as pulumi from "@pulumi/pulumi";
import { computedOutputs } from "./computedOutputs";

/** A resource as the program registered it. */
export interface Registration {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
}

export interface MockOptions {
    /** @default "container-lambdas" */
    readonly project?: string;
    /** @default "local" */
    readonly stack?: string;
    /** Outputs that no mock supplies stay unknown, as in `pulumi preview`. @default false */
    readonly preview?: boolean;
    /** Answers of provider functions by token; a function that is not listed fails the call. */
    readonly calls?: Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>>;
    /** Outputs of a resource, instead of those of the common table. */
    readonly outputs?: (registration: Registration) => Record<string, unknown> | undefined;
    /** What a resource's creation waits for: whoever depends on it may not be registered before. @default nothing */
    readonly until?: (registration: Registration) => Promise<void> | undefined;
}

let registrations: Registration[] = [];

/** Starts a program under mocks and forgets what an earlier one registered. Call it before the first resource. */
export async function startMockEngine(options: MockOptions = {}): Promise<void> {
    registrations = [];
    await pulumi.runtime.setMocks(
        {
            newResource: async ({ type, name, inputs, custom }) => {
                const registration = { type, name, inputs };
                registrations.push(registration);
                await options.until?.(registration);
                return { id: custom === false ? undefined : `${name}-id`, state: { ...inputs, ...(options.outputs?.(registration) ?? computedOutputs(registration)) } };
            },
            call: ({ token, inputs }) => {
                const answer = options.calls?.[token];
                if (answer === undefined) {
                    throw callError(`The program called "${token}", which nobody gives an answer for.`);
                }
                return answer(inputs);
            },
        },
        options.project ?? "container-lambdas",
        options.stack ?? "local",
        options.preview ?? false,
        "organization",
    );
}

/** An error as the engine hands it over: the SDK shows the user `details`, not the message. */
export function callError(details: string): Error {
    return Object.assign(new Error(details), { details });
}

/** Everything registered since the engine was started, in the order of registration. */
export function registered(): readonly Registration[] {
    return registrations;
}

/** The one registration of a type and name; fails if there is none. */
export function registrationOf(type: string, name: string): Registration {
    const found = registrations.find((registration) => registration.type === type && registration.name === name);
    if (found === undefined) {
        throw new Error(`No ${type} "${name}" was registered; registered: ${registrations.map((one) => `${one.type} ${one.name}`).sort().join(", ")}`);
    }
    return found;
}

/** Sorted `type name` lines: the identity of everything that a program declares. */
export function urnTails(): string[] {
    return registrations.map(({ type, name }) => `${type} ${name}`).sort();
}

/** `type name` of what was registered more than once. */
export function duplicateRegistrations(): string[] {
    const tails = urnTails();
    return [...new Set(tails.filter((tail, index) => tails.indexOf(tail) !== index))];
}

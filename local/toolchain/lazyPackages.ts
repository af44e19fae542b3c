import Module from "node:module";

/** Node's own loading of a module, which tools that hook into it replace. */
interface Loader {
    _load: (this: unknown, request: string, parent: { readonly filename?: string } | undefined, isMain: boolean) => unknown;
}

/** For turning JavaScript functions into Lambda code, which a program of container images never does. */
const lazyPackages = new Set(["typescript", "@npmcli/arborist"]);

/**
 * Makes packages that the SDK loads at its start, and does not use before it is asked for what they are for, load when
 * they are first used: half the time of loading the SDK. Everything else loads as ever.
 */
export function loadLazily(loader: Loader = Module as unknown as Loader): void {
    const load = loader._load;
    loader._load = function (request, parent, isMain) {
        const real = (): unknown => load.call(this, request, parent, isMain);
        return lazyPackages.has(request) && isOfSdk(parent?.filename) ? atFirstUse(real) : real();
    };
}

function isOfSdk(file = ""): boolean {
    return /[\\/]@pulumi[\\/]pulumi[\\/](?!.*node_modules)/.test(file);
}

function atFirstUse(load: () => unknown): object {
    let loaded: object | undefined;
    const module = (): object => (loaded ??= load() as object);
    return new Proxy(
        {},
        {
            // Import helpers of compiled code ask for this mark, and copy every member of a module that lacks it.
            get: (_, name) => (name === "__esModule" ? true : Reflect.get(module(), name)),
            has: (_, name) => Reflect.has(module(), name),
            ownKeys: () => Reflect.ownKeys(module()),
            getOwnPropertyDescriptor: (_, name) => {
                const found = Reflect.getOwnPropertyDescriptor(module(), name);
                return found && { ...found, configurable: true };
            },
        },
    );
}

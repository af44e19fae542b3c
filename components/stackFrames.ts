type Prepare = NonNullable<typeof Error.prepareStackTrace>;

const installed = new WeakSet<Prepare>();

/** The SDK marks each promise with a stack that it prints only if the promise never ends. */
const markOfPromises = "debuggablePromise";

/**
 * Leaves the source maps of Pulumi's TypeScript loader to the frames of this project. The SDK takes dozens of stacks for
 * each resource, to say later where it was declared; mapping the frames of packages in them was a fifth of the time of a
 * program of a hundred resources, and writing out those of promises, which are put off until they are read, another
 * tenth. Where no loader maps stacks, nothing is done.
 */
export function mapOwnFramesOnly(): void {
    const map = Error.prepareStackTrace;
    if (map === undefined || installed.has(map)) {
        return;
    }
    const known = new Map<string, string>();
    const write = (error: Error, frames: readonly NodeJS.CallSite[]): string => {
        const head = String(map(error, []));
        const lineOf = (frame: NodeJS.CallSite): string => {
            const file = frame.getFileName() ?? "";
            if (file === "" || file.startsWith("node:") || file.includes("node_modules")) {
                return `\n    at ${String(frame)}`;
            }
            const place = String(frame);
            const line = known.get(place) ?? String(map(error, [frame])).slice(head.length);
            known.set(place, line);
            return line;
        };
        return head + frames.map(lineOf).join("");
    };
    const prepare: Prepare = (error, frames) => (frames[0]?.getFunctionName() === markOfPromises ? { toString: () => write(error, frames) } : write(error, frames));
    installed.add(prepare);
    Error.prepareStackTrace = prepare;
}

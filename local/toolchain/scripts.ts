import { readIfPresent, writeAtomically } from "./files";

/** A shell script that becomes the given command. */
export function placeScript(file: string, command: readonly string[]): void {
    const script = `#!/bin/sh\nexec ${command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ")} "$@"\n`;
    if (readIfPresent(file) !== script) {
        writeAtomically(file, script, 0o755);
    }
}

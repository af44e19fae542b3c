import type { Log } from "../../../delivery/ports";

/** A log that keeps what was said. */
export class Lines implements Log {
    readonly said: string[] = [];

    readonly say = (line: string): void => void this.said.push(line);
}

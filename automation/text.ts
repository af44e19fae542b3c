const ansiSequence = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
// Tabs and line breaks are kept for the caller; everything else could move the cursor or retitle the terminal.
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text from outside (build output, payloads, resource names) without anything that steers a terminal. */
export function cleanText(text: string): string {
    return text.replace(ansiSequence, "").replace(/\r\n?/g, "\n").replace(controlCharacter, "");
}

/** Lines of cleaned text, without trailing blanks and without empty lines at the end. */
export function cleanLines(text: string): string[] {
    return cleanText(text)
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
}

/** At most `width` characters on one line; what was cut is shown by `…`. */
export function cut(text: string, width: number): string {
    const single = text.replace(/\s+/g, " ").trim();
    return clip(single, width);
}

/** The first `width` characters of a line, blanks as they are; what was cut is shown by `…`. */
export function clip(line: string, width: number): string {
    return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** `1 function`, `3 functions`. */
export function count(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

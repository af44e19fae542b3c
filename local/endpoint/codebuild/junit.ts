import type { TestCase } from "./types";

export type ParsedCase = Omit<TestCase, "reportArn" | "testRawDataPath" | "prefix">;

/**
 * Test cases of a JUnit XML file, as mocha's and pytest's reporters write it.
 *
 * @throws Error when the text is not such a file.
 */
export function parseJUnit(xml: string): ParsedCase[] {
    const cases: ParsedCase[] = [];
    const suites: string[] = [];
    let open: { attributes: Record<string, string>; status: ParsedCase["status"]; message?: string; takesText: boolean } | undefined;
    let roots = 0;
    const finish = (): void => {
        if (open !== undefined) {
            const { attributes, status, message } = open;
            const name = [attributes.classname, attributes.name].filter((part) => part !== undefined && part !== "").join(" ");
            const durationInNanoSeconds = Math.round(Number(attributes.time ?? 0) * 1e9) || 0;
            cases.push({ name, status, durationInNanoSeconds, testSuiteName: suites.at(-1) ?? "", ...(message === undefined ? {} : { message: message.slice(0, 5000) }) });
        }
        open = undefined;
    };
    // Comments, declarations and CDATA first, so that a tag inside them is none.
    const token = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>]*>|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)|</g;
    for (const [, cdata, closing, opening, attributeText = "", selfClosing, text] of xml.matchAll(token)) {
        const content = cdata ?? (text === undefined ? undefined : decode(text));
        if (content !== undefined) {
            if (open?.takesText === true && content.trim() !== "") {
                open.message = [open.message, content.trim()].filter((part) => part !== undefined).join("\n");
            }
            continue;
        }
        if (opening !== undefined) {
            const attributes = readAttributes(attributeText);
            if (opening === "testsuites" || opening === "testsuite") {
                roots++;
                suites.push(attributes.name ?? "");
            } else if (opening === "testcase") {
                finish();
                open = { attributes, status: "SUCCEEDED", takesText: false };
            } else if (open !== undefined) {
                const status = ({ failure: "FAILED", error: "ERROR", skipped: "SKIPPED" } as const)[opening];
                if (status !== undefined) {
                    open.status = status;
                    open.message = attributes.message;
                    open.takesText = selfClosing !== "/";
                }
            }
        }
        const ended = closing ?? (selfClosing === "/" ? opening : undefined);
        if (ended === "testcase") {
            finish();
        } else if (ended === "testsuites" || ended === "testsuite") {
            suites.pop();
        } else if (ended !== undefined && open !== undefined) {
            open.takesText = false;
        }
    }
    if (roots === 0 || suites.length > 0) {
        throw new Error("it is no whole JUnit XML: an element <testsuites> or <testsuite> is needed, and its end");
    }
    return cases;
}

function readAttributes(text: string): Record<string, string> {
    return Object.fromEntries([...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name = "", double, single]) => [name, decode(double ?? single ?? "")]));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decode(text: string): string {
    return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
        if (!name.startsWith("#")) {
            return ENTITIES[name] ?? whole;
        }
        const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}

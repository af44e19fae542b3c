/**
 * Where an answer differs from what was expected. Members of objects that are not expected are ignored, so that an
 * answer may grow; lists and plain values must be equal.
 */
export function differences(expected: unknown, actual: unknown, path = "answer"): string[] {
    if (isObject(expected)) {
        if (!isObject(actual)) {
            return [`${path}: expected an object, got ${JSON.stringify(actual)}`];
        }
        return Object.keys(expected)
            .sort()
            .flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`));
    }
    if (Array.isArray(expected)) {
        if (!Array.isArray(actual) || actual.length !== expected.length) {
            return [`${path}: expected a list of ${expected.length}, got ${JSON.stringify(actual)}`];
        }
        return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
    }
    return Object.is(expected, actual) ? [] : [`${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

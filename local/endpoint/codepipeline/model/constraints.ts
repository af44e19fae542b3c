import { AwsError } from "../../own/error";

/** Constraints of one shape of the API's model. */
export type Shape = StringShape | IntegerShape | BooleanShape | ListShape | MapShape | StructureShape;

export interface Bounds {
    readonly min?: number;
    readonly max?: number;
}

export interface StringShape extends Bounds {
    readonly type: "string";
    /** As in the model; the whole value must match. */
    readonly pattern?: string;
    readonly compiled?: RegExp;
    readonly enum?: readonly string[];
}

export interface IntegerShape extends Bounds {
    readonly type: "integer";
}

export interface BooleanShape {
    readonly type: "boolean";
}

export interface ListShape extends Bounds {
    readonly type: "list";
    readonly member: Shape;
}

export interface MapShape extends Bounds {
    readonly type: "map";
    readonly key: StringShape;
    readonly value: Shape;
}

export interface StructureShape {
    readonly type: "structure";
    readonly required: readonly string[];
    readonly members: Readonly<Record<string, Shape>>;
}

/** Refuses a request that breaks a constraint, with all its problems and in AWS's words. */
export function checkShape(shape: Shape, value: unknown, path = ""): void {
    const problems: string[] = [];
    check(shape, value, path, problems);
    if (problems.length > 0) {
        throw new AwsError("ValidationException", `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`);
    }
}

function check(shape: Shape, value: unknown, path: string, problems: string[]): void {
    switch (shape.type) {
        case "string":
            return typeof value === "string" ? checkString(shape, value, path, problems) : wrongType(path, "a string");
        case "integer":
            return Number.isSafeInteger(value) ? checkSize(shape, Number(value), String(value), path, "value", problems) : wrongType(path, "an integer");
        case "boolean":
            return typeof value === "boolean" ? undefined : wrongType(path, "a boolean");
        case "list":
            return Array.isArray(value) ? checkList(shape, value, path, problems) : wrongType(path, "a list");
        case "map":
            return isObject(value) ? checkMap(shape, value, path, problems) : wrongType(path, "an object");
        case "structure":
            return isObject(value) ? checkStructure(shape, value, path, problems) : wrongType(path, "an object");
    }
}

function checkString(shape: StringShape, value: string, path: string, problems: string[]): void {
    for (const constraint of stringConstraints(shape, value)) {
        problems.push(violation(path, value, constraint));
    }
}

function* stringConstraints(shape: StringShape, value: string): Generator<string> {
    if (shape.enum !== undefined && !shape.enum.includes(value)) {
        yield `Member must satisfy enum value set: [${shape.enum.join(", ")}]`;
    }
    if (shape.max !== undefined && value.length > shape.max) {
        yield `Member must have length less than or equal to ${shape.max}`;
    }
    if (shape.min !== undefined && value.length < shape.min) {
        yield `Member must have length greater than or equal to ${shape.min}`;
    }
    if (shape.compiled !== undefined && !shape.compiled.test(value)) {
        yield `Member must satisfy regular expression pattern: ${shape.pattern}`;
    }
}

function checkSize(bounds: Bounds, size: number, shown: string, path: string, what: "length" | "value", problems: string[]): void {
    if (bounds.max !== undefined && size > bounds.max) {
        problems.push(violation(path, shown, `Member must have ${what} less than or equal to ${bounds.max}`));
    }
    if (bounds.min !== undefined && size < bounds.min) {
        problems.push(violation(path, shown, `Member must have ${what} greater than or equal to ${bounds.min}`));
    }
}

function checkList(shape: ListShape, value: readonly unknown[], path: string, problems: string[]): void {
    checkSize(shape, value.length, JSON.stringify(value), path, "length", problems);
    value.forEach((member, index) => check(shape.member, member, `${path}.${index + 1}.member`, problems));
}

function checkMap(shape: MapShape, value: Readonly<Record<string, unknown>>, path: string, problems: string[]): void {
    checkSize(shape, Object.keys(value).length, JSON.stringify(value), path, "length", problems);
    for (const [key, member] of Object.entries(value)) {
        const inKey = [...stringConstraints(shape.key, key)];
        if (inKey.length > 0) {
            problems.push(violation(path, JSON.stringify(value), `Map keys must satisfy constraint: [${inKey.join(", ")}]`));
        }
        if (shape.value.type !== "string") {
            check(shape.value, member, `${path}.${key}.member`, problems);
        } else if (typeof member !== "string") {
            wrongType(`${path}.${key}`, "a string");
        } else {
            const inValue = [...stringConstraints(shape.value, member)];
            if (inValue.length > 0) {
                problems.push(violation(path, JSON.stringify(value), `Map value must satisfy constraint: [${inValue.join(", ")}]`));
            }
        }
    }
}

function checkStructure(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: string, problems: string[]): void {
    for (const name of shape.required) {
        if (value[name] === undefined || value[name] === null) {
            problems.push(`Value null at '${at(path, name)}' failed to satisfy constraint: Member must not be null`);
        }
    }
    for (const name in value) {
        const member = shape.members[name];
        if (member !== undefined && value[name] !== undefined && value[name] !== null) {
            check(member, value[name], at(path, name), problems);
        }
    }
}

function violation(path: string, value: string, constraint: string): string {
    return `Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

function at(path: string, name: string): string {
    return path === "" ? name : `${path}.${name}`;
}

function wrongType(path: string, wanted: string): never {
    throw new AwsError("SerializationException", `The value at '${path}' is not ${wanted}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Writes `schema.json`: names and types of what the stand-in supports, read from the declarations of the installed
 * `@pulumi/aws`, so that a property the SDK does not have is refused and one that it has is known.
 *
 * Usage: `node --import tsx local/providers/aws/generateSchema.ts`.
 */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as ts from "typescript";
import type { FunctionSchema, ObjectSchema, ProviderSchema, ResourceSchema } from "../framework/schema";
import { functionFiles, resourceFiles } from "./supported";

type Members = ts.NodeArray<ts.TypeElement>;

/** Interfaces by qualified name, like `lambda.FunctionEnvironment`. */
type Interfaces = ReadonlyMap<string, Members>;

/** Builds the schema from the SDK in `folder`. */
export function generateSchema(folder: string): ProviderSchema {
    const inputTypes = namespaceInterfaces(parse(path.join(folder, "types", "input.d.ts")));
    const needed = new Set<string>();
    const convert = (members: Members): ObjectSchema => convertMembers(members, needed);

    const resources: Record<string, ResourceSchema> = {};
    for (const file of resourceFiles) {
        const source = parse(path.join(folder, `${file}.d.ts`));
        const className = upperFirst(path.basename(file));
        const inputs = sorted(convert(required(interfaces(source), `${className}Args`, file)));
        resources[`aws:${file}:${className}`] = { inputs, outputs: classOutputs(source, className) };
    }

    const functions: Record<string, FunctionSchema> = {};
    for (const file of functionFiles) {
        const source = parse(path.join(folder, `${file}.d.ts`));
        const name = path.basename(file);
        const found = interfaces(source);
        const module = file.includes("/") ? file : `index/${file}`;
        const outputs = required(found, `${upperFirst(name)}Result`, file);
        functions[`aws:${module}:${name}`] = {
            inputs: sorted(convert(found.get(`${upperFirst(name)}Args`) ?? ts.factory.createNodeArray())),
            outputs: Object.keys(convertMembers(outputs, new Set())).map((key) => key.replace("!", "")).sort(),
        };
    }

    const provider = parse(path.join(folder, "provider.d.ts"));
    const config = sorted(convert(required(interfaces(provider), "ProviderArgs", "provider")));
    return {
        version: (JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string }).version,
        config,
        resources: sorted(resources),
        functions: sorted(functions),
        types: sorted(closure(needed, inputTypes)),
    };
}

/** One resource, function or nested type a line: readable diffs at a small size. */
export function formatSchema(schema: ProviderSchema): string {
    const section = (entries: object): string =>
        Object.entries(entries)
            .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
            .join(",\n");
    const { version, config, resources, functions, types } = schema;
    return `${[
        "{",
        `  "version": ${JSON.stringify(version)},`,
        `  "config": ${JSON.stringify(config)},`,
        `  "resources": {\n${section(resources)}\n  },`,
        `  "functions": {\n${section(functions)}\n  },`,
        `  "types": {\n${section(types)}\n  }`,
        "}",
    ].join("\n")}\n`;
}

/** Folder of the installed SDK. */
export function sdkFolder(): string {
    return path.dirname(createRequire(__filename).resolve("@pulumi/aws/package.json"));
}

function closure(needed: Set<string>, inputTypes: Interfaces): Record<string, ObjectSchema> {
    const types: Record<string, ObjectSchema> = {};
    const queue = [...needed];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
        if (types[name] === undefined) {
            const nested = new Set<string>();
            types[name] = sorted(convertMembers(required(inputTypes, name, "types/input"), nested));
            queue.push(...nested);
        }
    }
    return types;
}

function convertMembers(members: Members, needed: Set<string>): ObjectSchema {
    const result: Record<string, string> = {};
    for (const member of members) {
        if (ts.isPropertySignature(member) && member.type !== undefined) {
            const name = (member.name as ts.Identifier | ts.StringLiteral).text;
            result[member.questionToken === undefined ? `${name}!` : name] = convertType(member.type, needed);
        }
    }
    return result;
}

function convertType(type: ts.TypeNode, needed: Set<string>): string {
    switch (type.kind) {
        case ts.SyntaxKind.StringKeyword:
            return "string";
        case ts.SyntaxKind.NumberKeyword:
            return "number";
        case ts.SyntaxKind.BooleanKeyword:
            return "boolean";
        case ts.SyntaxKind.AnyKeyword:
            return "any";
        default:
            break;
    }
    if (ts.isUnionTypeNode(type)) {
        return convertUnion(type.types, needed);
    }
    if (ts.isArrayTypeNode(type)) {
        return `[${convertType(type.elementType, needed)}]`;
    }
    if (ts.isTypeLiteralNode(type)) {
        const index = type.members.find(ts.isIndexSignatureDeclaration);
        return `{${index === undefined ? "any" : convertType(index.type, needed)}}`;
    }
    if (ts.isTypeReferenceNode(type)) {
        return convertReference(type, needed);
    }
    throw new Error(`${type.getText()}: a declaration of @pulumi/aws has a form this generator does not know: extend convertType`);
}

function convertReference(type: ts.TypeReferenceNode, needed: Set<string>): string {
    const name = type.typeName.getText();
    const [argument] = type.typeArguments ?? [];
    if (name === "pulumi.Input" && argument !== undefined) {
        return convertType(argument, needed);
    }
    if (name.startsWith("pulumi.asset.")) {
        return "asset";
    }
    if (name.startsWith("enums.")) {
        return "string";
    }
    if (name.startsWith("inputs.")) {
        const nested = name.slice("inputs.".length);
        needed.add(nested);
        return `#${nested}`;
    }
    // A resource class where an ARN or name is meant (`string | Role`): the SDK sends its id.
    return "string";
}

/** `X | undefined` is X; `string | Enum` and `string | Resource` are strings; `string | PolicyDocument` is JSON. */
function convertUnion(types: readonly ts.TypeNode[], needed: Set<string>): string {
    const own = new Set<string>();
    const converted = types
        .filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword)
        .map((type) => convertType(type, own));
    const distinct = new Set(converted);
    if (distinct.size === 2 && distinct.has("string") && [...distinct].some((type) => type.startsWith("#"))) {
        return "json"; // the document's own shape is IAM's business
    }
    own.forEach((name) => needed.add(name));
    const [only] = distinct;
    return distinct.size === 1 && only !== undefined ? only : "any";
}

function classOutputs(source: ts.SourceFile, className: string): string[] {
    const names = new Set<string>();
    source.forEachChild((node) => {
        if (ts.isClassDeclaration(node) && node.name?.text === className) {
            for (const member of node.members) {
                if (ts.isPropertyDeclaration(member) && member.type?.getText(source).startsWith("pulumi.Output<") === true) {
                    names.add(member.name.getText(source));
                }
            }
        }
    });
    return [...names].sort();
}

function interfaces(source: ts.SourceFile): Interfaces {
    const found = new Map<string, Members>();
    source.forEachChild((node) => {
        if (ts.isInterfaceDeclaration(node)) {
            found.set(node.name.text, node.members);
        }
    });
    return found;
}

/** `export interface X` at the top and `export declare namespace lambda { interface X }`. */
function namespaceInterfaces(source: ts.SourceFile): Interfaces {
    const found = new Map(interfaces(source));
    source.forEachChild((node) => {
        if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body)) {
            for (const statement of node.body.statements) {
                if (ts.isInterfaceDeclaration(statement)) {
                    found.set(`${node.name.text}.${statement.name.text}`, statement.members);
                }
            }
        }
    });
    return found;
}

function required(found: Interfaces, name: string, file: string): Members {
    const members = found.get(name);
    if (members === undefined) {
        throw new Error(`interface "${name}" is not in ${file}.d.ts of @pulumi/aws: correct local/providers/aws/supported.ts`);
    }
    return members;
}

function parse(file: string): ts.SourceFile {
    return ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
    return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function upperFirst(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

if (require.main === module) {
    fs.writeFileSync(path.join(__dirname, "schema.json"), formatSchema(generateSchema(sdkFolder())));
}

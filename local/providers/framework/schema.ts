/** The shapes of resources, functions and nested types, as generated from the declarations of a Pulumi SDK. */

/**
 * `string`, `number`, `boolean`, `asset` (an asset or archive), `any`; `[T]` an array, `{T}` a map with any keys;
 * `#name` a nested type; `json` a JSON text that may also be given as an object.
 */
export type TypeName = string;

export interface ObjectSchema {
    /** Property → type; a name that ends in `!` is required. */
    readonly [property: string]: TypeName;
}

export interface ResourceSchema {
    readonly inputs: ObjectSchema;
    /** Names of everything the resource shows, inputs included. */
    readonly outputs: readonly string[];
}

export interface FunctionSchema {
    readonly inputs: ObjectSchema;
    readonly outputs: readonly string[];
}

export interface ProviderSchema {
    /** Version of the SDK that it was generated from. */
    readonly version: string;
    readonly config: ObjectSchema;
    readonly resources: Readonly<Record<string, ResourceSchema>>;
    readonly functions: Readonly<Record<string, FunctionSchema>>;
    readonly types: Readonly<Record<string, ObjectSchema>>;
}

export interface Property {
    readonly name: string;
    readonly type: TypeName;
    readonly required: boolean;
}

export function properties(schema: ObjectSchema): Map<string, Property> {
    const result = new Map<string, Property>();
    for (const [key, type] of Object.entries(schema)) {
        const required = key.endsWith("!");
        const name = required ? key.slice(0, -1) : key;
        result.set(name, { name, type, required });
    }
    return result;
}

export function elementType(type: TypeName): TypeName | undefined {
    return type.startsWith("[") || type.startsWith("{") ? type.slice(1, -1) : undefined;
}

export function isArrayType(type: TypeName): boolean {
    return type.startsWith("[");
}

export function isMapType(type: TypeName): boolean {
    return type.startsWith("{");
}

export function referencedType(schema: ProviderSchema, type: TypeName): ObjectSchema | undefined {
    return type.startsWith("#") ? schema.types[type.slice(1)] : undefined;
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestJsonSchema } from "./schema";

/** The published schema, from which editors complete `function.yaml`. */
export const SCHEMA_FILE = join(__dirname, "function.schema.json");

/** The text of the published schema. */
export function schemaText(): string {
    return `${JSON.stringify(manifestJsonSchema(), undefined, 4)}\n`;
}

// Run after a change of the schema: node --import tsx components/manifest/writeSchema.ts
if (require.main === module) {
    writeFileSync(SCHEMA_FILE, schemaText());
}

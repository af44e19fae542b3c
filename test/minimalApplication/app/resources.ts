import type { ResourceDeclarations } from "../components/manifest/model";

/** What manifests may refer to: name → kind, for instance `{ raw: "bucket" } as const`. Every name needs a handle in `Infrastructure`. */
export const RESOURCES = {} as const satisfies ResourceDeclarations;

/**
 * What manifests may refer to: name → kind. Every name here has a resource of that kind in `Infrastructure`. Apart from it,
 * so that manifests can be read without loading the provider.
 */
export const RESOURCES = {
    conversions: "queue",
    raw: "bucket",
    stage: "bucket",
} as const;

import type * as pulumi from "@pulumi/pulumi";

/**
 * Inputs as an entry gets them: plain values, checked. `Text` names those that are texts by then although the SDK lets
 * them be left out (generated names) or be objects (policies).
 */
export type Inputs<Args, Text extends keyof Args = never> = Omit<pulumi.Unwrap<Args>, Text> & { readonly [Name in Text]: string } & {
    /** Own tags and the provider's default tags. */
    readonly tagsAll?: Readonly<Record<string, string>>;
};

/** What a resource shows; the compiler refuses names that the SDK does not have. */
export type State<SdkState> = Partial<pulumi.Unwrap<SdkState>>;

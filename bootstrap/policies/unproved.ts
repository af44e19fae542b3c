/** Rights that no delivery on the embedded AWS makes use of. */
export interface Unproved {
    /** Roles: the last part of their names. */
    readonly roles: readonly string[];
    readonly actions: readonly string[];
    /** Why they are granted all the same. */
    readonly reason: string;
}

/**
 * The whole list. A test compares it with the calls that deliveries make under the steps' own roles, and finds a grant that
 * is missing here as well as one that some delivery does use. At most ten entries: what needs no reason is taken away.
 */
export const UNPROVED: readonly Unproved[] = [];

/**
 * The kinds of thing that the bucket has prices of.
 *
 * @module
 */

/** The kinds of thing that the bucket has prices of. */
export type Asset = "stock" | "crypto" | "forex" | "index" | "option";

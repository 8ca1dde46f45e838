/**
 * Distances between words, of the Deno standard library.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { closestString } from "npm:deno-std@1.4.0/text/closest_string.js";
// @ts-types="./deno_std.d.ts"
export { levenshteinDistance } from "npm:deno-std@1.4.0/text/levenshtein_distance.js";

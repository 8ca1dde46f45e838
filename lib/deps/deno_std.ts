/**
 * The Deno standard library: it comes from npm as one package, so that one registry
 * serves everything.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
// @ts-types="./deno_std.d.ts"
export { format as formatBytes } from "npm:deno-std@1.4.0/fmt/bytes.js";
// @ts-types="./deno_std.d.ts"
export { closestString } from "npm:deno-std@1.4.0/text/closest_string.js";
// @ts-types="./deno_std.d.ts"
export { levenshteinDistance } from "npm:deno-std@1.4.0/text/levenshtein_distance.js";
// @ts-types="./deno_std.d.ts"
export { delay } from "npm:deno-std@1.4.0/async/delay.js";

/**
 * Numbers for people, of the Deno standard library.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { format as formatBytes } from "npm:deno-std@1.4.0/fmt/bytes.js";

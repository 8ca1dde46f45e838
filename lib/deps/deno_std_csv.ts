/**
 * The Deno standard library's reader of CSV, by itself: no command line needs it.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { parse as parseCsv } from "npm:deno-std@1.4.0/csv/parse.js";

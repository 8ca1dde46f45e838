/**
 * Reading of CSV, of the Deno standard library.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { parse as parseCsv } from "npm:deno-std@1.4.0/csv/parse.js";

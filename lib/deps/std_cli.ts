/**
 * Reading of arguments, of the Deno standard library: it comes from npm as one package, so that one
 * registry serves everything. A file for each of its parts lets a command load no other.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";

/**
 * The arguments of the tasks and benchmarks; the program reads its own by the table of commands.
 *
 * @module
 */

// @ts-types="./parse_args.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";

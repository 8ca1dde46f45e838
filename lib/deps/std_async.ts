/**
 * Waiting, of the Deno standard library.
 *
 * @module
 */

// @ts-types="./deno_std.d.ts"
export { delay } from "npm:deno-std@1.4.0/async/delay.js";

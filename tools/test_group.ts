/**
 * Registers the tests of the files that it is given, as one module: what they share is loaded and
 * compiled once, and not for each file.
 *
 * @module
 */

import { pathToFileURL } from "node:url";

for (const path of Deno.args) await import(pathToFileURL(path).href);

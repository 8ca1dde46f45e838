/**
 * Writes a line to the output that is named, and says how that went.
 *
 * @module
 */
// deno-lint-ignore-file no-console

import { OutputFile } from "../../lib/cache/output_file.ts";

try {
  using file = await OutputFile.open(Deno.args[0]!);
  await file.write([new TextEncoder().encode("written\n")]);
  console.log("written");
} catch (error) {
  console.log((error as Error).message.split(": ").at(-1));
}

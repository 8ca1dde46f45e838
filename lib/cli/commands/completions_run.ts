/**
 * Runs `flatfetch completions`.
 *
 * @module
 */

import { SCRIPTS } from "../completions/scripts.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import type { CompletionsArgs } from "./completions.ts";

/** Prints the script of a shell. */
export async function runCompletions(
  { shell }: CompletionsArgs,
  { terminal }: Context,
): Promise<number> {
  await terminal.data(SCRIPTS[shell]);
  return EXIT.complete;
}

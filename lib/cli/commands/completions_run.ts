/**
 * Runs `flatfetch completions`.
 *
 * @module
 */

import { SCRIPTS, type Shell } from "../completions/scripts.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";

/** The arguments of `completions`. */
export interface CompletionsArgs {
  readonly shell: Shell;
}

/** Prints the script of a shell. */
export async function runCompletions(
  { shell }: CompletionsArgs,
  { terminal }: Context,
): Promise<number> {
  await terminal.data(SCRIPTS[shell]);
  return EXIT.complete;
}

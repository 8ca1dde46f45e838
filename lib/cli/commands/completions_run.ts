/**
 * Runs `flatfetch completions`.
 *
 * @module
 */

import type { CommandDoc } from "../command_doc.ts";
import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { powershellCompletions } from "../completions/powershell.ts";
import { zshCompletions } from "../completions/zsh.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain.ts";
import type { CompletionsArgs, Shell } from "./completions.ts";

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandDoc[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
  powershell: powershellCompletions,
};

/** Prints the script of a shell. */
export async function runCompletions(
  { shell }: CompletionsArgs,
  { commands, terminal }: Context,
): Promise<number> {
  await terminal.data(SCRIPTS[shell](commands));
  return EXIT.complete;
}

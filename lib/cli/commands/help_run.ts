/**
 * Runs `flatfetch help`.
 *
 * @module
 */

import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { renderHelp, renderOverview } from "../render/help.ts";
import { nearestCommand, refuseCommand } from "../arguments/misspelt.ts";
import type { HelpArgs } from "./help.ts";

/**
 * Shows the help of a command, or the list of them all.
 *
 * @throws {UsageError} when there is no such command.
 */
export async function runHelp({ of }: HelpArgs, context: Context): Promise<number> {
  const { commands, terminal } = context;
  const style = { ...context.style, color: context.style.color && terminal.dataIsTerminal };
  const command = commands.find(({ name }) => name === of);
  if (command === undefined && of !== undefined) {
    refuseCommand(of, nearestCommand(of, commands.map(({ name }) => name)));
  }
  await terminal.data(command ? renderHelp(command, style) : renderOverview(commands, style));
  return EXIT.complete;
}

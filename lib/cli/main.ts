/**
 * The program without the process: argv in, exit code out.
 *
 * @module
 */

import { type Command, parseCommand } from "./args.ts";
import { runClear, runList, runProgress } from "./cache_commands.ts";
import { type Context, Interruption } from "./context.ts";
import type { Environment } from "./environment.ts";
import { EXIT, explain } from "./explain.ts";
import { helpText } from "./options.ts";
import { runPreload } from "./preload_command.ts";
import { chooseStyle, paint, signed, type Style } from "./style.ts";
import { Terminal } from "./terminal.ts";
import manifest from "../../deno.json" with { type: "json" };

/** What the program was started with. */
export interface Surroundings {
  readonly env: Environment;
  /** Aborts with an {@linkcode Interruption}. */
  readonly signal: AbortSignal;
}

/** Runs one command line and returns its exit code. Never throws. */
export async function main(argv: readonly string[], around: Surroundings): Promise<number> {
  const command = parsed(argv);
  const { quiet, noColor, debug } = { ...SHOWN, ...command };
  const { env, signal } = around;
  using terminal = new Terminal({ term: env.TERM, quiet });
  const style = styleOf(env, { isTerminal: terminal.isTerminal, noColor });
  try {
    if (command instanceof Error) throw command;
    return await run(command, { terminal, style, env, signal });
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Interruption) return signal.reason.exitCode;
    return showError(error, { terminal, style, debug });
  }
}

/** How a command shows itself that does not say how. */
const SHOWN = { quiet: false, noColor: false, debug: false };

function parsed(argv: readonly string[]): Command | Error {
  try {
    return parseCommand(argv);
  } catch (error) {
    return error as Error;
  }
}

async function run(command: Command, context: Context): Promise<number> {
  const { terminal } = context;
  switch (command.name) {
    case "help":
      terminal.data(helpText(command.of));
      return EXIT.complete;
    case "version":
      terminal.data(`flatfetch ${manifest.version}\n`);
      return EXIT.complete;
    case "progress":
      return await runProgress(command, context);
    case "list":
      return await runList(command, context);
    case "clear":
      return await runClear(command, context);
    case "preload":
      return await runPreload(command, context);
  }
}

function styleOf(env: Environment, facts: { isTerminal: boolean; noColor: boolean }): Style {
  return chooseStyle({
    isTerminal: facts.isTerminal,
    noColor: facts.noColor || Boolean(env.NO_COLOR),
    term: env.TERM,
    locale: env.LC_ALL || env.LC_CTYPE || env.LANG,
    windows: Deno.build.os === "windows",
  });
}

function showError(
  error: unknown,
  { terminal, style, debug }: { terminal: Terminal; style: Style; debug: boolean },
): number {
  const { message, hint, exitCode } = explain(error);
  terminal.error(paint(signed("❌", message, style), "bad", style));
  if (hint !== undefined) terminal.error(`   ${hint}`);
  if (debug && error instanceof Error) terminal.error(error.stack ?? "");
  return exitCode;
}

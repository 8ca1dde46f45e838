/**
 * The program without the process: argv in, exit code out.
 *
 * @module
 */

import { parseCommand } from "./arguments/args.ts";
import type { Run } from "./arguments/command_spec.ts";
import { type Command, COMMANDS, COMPLETE } from "./commands.ts";
import { type Context, Interruption } from "./context.ts";
import { type Environment, requestUnlessNamed } from "./access/environment.ts";
import { EXIT } from "./explain/exits.ts";
import { explain } from "./explain/explain.ts";
import { chooseStyle, isAsciiOnly, paint, type ScreenFacts, signed } from "./render/style.ts";
import { Terminal, type TerminalOptions } from "./terminal/terminal.ts";
import manifest from "../../deno.json" with { type: "json" };

/** What the program was started with. */
export interface Surroundings {
  readonly env: Environment;
  /** Aborts with an {@linkcode Interruption}. */
  readonly signal: AbortSignal;
  /** Is called before a command works, which may take long enough to be told to end. */
  readonly listen?: () => void;
  /** Lets the program work on for so many milliseconds after that, before it has to end. */
  readonly giveGrace: (ms: number) => void;
  /** The standard streams. @default {the process's own} */
  readonly streams?: Pick<TerminalOptions, "stdin" | "stdout" | "stderr">;
  /** Numbers from 0 up to 1, for the jitter of what is tried again. @default {Math.random} */
  readonly random?: () => number;
}

/** Runs one command line and returns its exit code. Never throws. */
export async function main(argv: readonly string[], around: Surroundings): Promise<number> {
  const { signal, giveGrace, random } = around;
  const env = needsNothing(argv) ? around.env : requestUnlessNamed(around.env);
  const command = parsed(argv, env);
  const { quiet, noColor, debug } = { ...SHOWN, ...command };
  const factsOf = (isTerminal: boolean) => screenFacts(env, { isTerminal, noColor });
  await using terminal = new Terminal({
    ...around.streams,
    term: env.TERM,
    quiet,
    isAsciiOnly: (isTerminal) => isAsciiOnly(factsOf(isTerminal)),
  });
  const style = chooseStyle(factsOf(terminal.isTerminal));
  try {
    if (command instanceof Error) throw command;
    const dataStyle = chooseStyle(factsOf(terminal.dataIsTerminal));
    const { version } = manifest;
    const shown = { terminal, style, dataStyle, debug };
    const context = { ...shown, env, signal, giveGrace, random, version, commands: COMMANDS };
    if (command.name !== "version" && !TELLING.includes(command.name)) around.listen?.();
    return await run(command, context);
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Interruption) return signal.reason.exitCode;
    return showError(error, { terminal, style, debug, env });
  }
}

/** The commands that tell of the program itself, and do no work. */
const TELLING: readonly string[] = ["help", "completions", COMPLETE];

/** Whether a command line asks for nothing but words of the program's own. */
function needsNothing(argv: readonly string[]): boolean {
  const words = [...TELLING, "--help", "-h", "--version"];
  return argv.length === 0 || argv.some((arg) => words.includes(arg));
}

/** How a command shows itself that does not say how. */
const SHOWN = { quiet: false, noColor: false, debug: false };

function parsed(argv: readonly string[], env: Environment): Command | Error {
  try {
    return parseCommand(argv, env);
  } catch (error) {
    return error as Error;
  }
}

async function run(command: Command, context: Context): Promise<number> {
  if (command.name === "version") return await showVersion(context);
  if (command.name === COMPLETE) return await showOffers(command.words, context);
  // The arguments are what this same command has read.
  const run = await COMMANDS.find(({ name }) => name === command.name)!.load() as Run<Command>;
  return await run(command, context);
}

async function showVersion({ terminal, version }: Context): Promise<number> {
  await terminal.data(`flatfetch ${version}\n`);
  return EXIT.complete;
}

async function showOffers(words: readonly string[], { terminal }: Context): Promise<number> {
  const { offersFor } = await import("./arguments/offers.ts");
  const today = new Date().toISOString().slice(0, 10);
  await terminal.data(offersFor(words, { commands: COMMANDS, today }));
  return EXIT.complete;
}

function screenFacts(
  env: Environment,
  { isTerminal, noColor }: Pick<ScreenFacts, "isTerminal" | "noColor">,
): ScreenFacts {
  return {
    isTerminal,
    noColor: noColor || Boolean(env.NO_COLOR),
    term: env.TERM,
    locale: env.LC_ALL || env.LC_CTYPE || env.LANG,
    windows: Deno.build.os === "windows",
  };
}

function showError(
  error: unknown,
  { terminal, style, debug, env }: Pick<Context, "terminal" | "style" | "debug" | "env">,
): number {
  const { message, hint, exitCode } = explain(error, env);
  terminal.error(paint(signed("❌", message, style), "bad", style));
  if (hint !== undefined) terminal.error(`   ${hint}`);
  if (debug && error instanceof Error) terminal.error(error.stack ?? "");
  return exitCode;
}

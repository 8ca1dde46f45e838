/**
 * What every command works with.
 *
 * @module
 */

import type { CommandDoc } from "./arguments/command_doc.ts";
import type { Environment } from "./access/environment.ts";
import type { Style } from "./render/style.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** The program's surroundings, for one command. */
export interface Context {
  readonly terminal: Terminal;
  /** How what is said on stderr looks. */
  readonly style: Style;
  /** How what is drawn on stdout looks. */
  readonly dataStyle: Style;
  /** Whether what matters only to whoever looks for a cause is shown, too. */
  readonly debug: boolean;
  readonly env: Environment;
  /** The version of this program. */
  readonly version: string;
  /** Every command, for those that tell of the others. */
  readonly commands: readonly CommandDoc[];
  /** Aborts with the {@linkcode Interruption} when the program is told to end. */
  readonly signal: AbortSignal;
  /** Lets it work on for so many milliseconds then, before it has to end within two seconds. */
  readonly giveGrace: (ms: number) => void;
  /** Numbers from 0 up to 1, for the jitter of what is tried again. @default {Math.random} */
  readonly random: (() => number) | undefined;
}

/** The program was told to end. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** The exit code that says so. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("Interrupted");
    this.exitCode = exitCode;
  }
}

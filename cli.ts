/**
 * Connects the process to `main()`: argv, environment, signals and exit code.
 *
 * @module
 */

import { Interruption } from "./lib/cli/context.ts";
import { type Environment, readEnvironment } from "./lib/cli/environment.ts";
import { EXIT } from "./lib/cli/explain.ts";
import { main } from "./lib/cli/main.ts";

/** How long what is under way may take to end after a signal. */
const DRAIN_MS = 2_000;

/** Runs a command line in this process, whose exit code it sets. */
export async function connect(argv: readonly string[], env: Environment): Promise<void> {
  const signal = interruptOn({
    SIGINT: EXIT.interrupted,
    ...(Deno.build.os !== "windows" && { SIGTERM: EXIT.terminated }),
  });
  Deno.exitCode = await main(argv, { env, signal });
}

/** The first signal asks the program to end; the second, or too long a wait, ends it. */
function interruptOn(exitCodes: Readonly<Record<string, number>>): AbortSignal {
  const controller = new AbortController();
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    Deno.addSignalListener(signal as Deno.Signal, () => {
      if (controller.signal.aborted) Deno.exit(exitCode);
      Deno.unrefTimer(setTimeout(() => Deno.exit(exitCode), DRAIN_MS));
      controller.abort(new Interruption(exitCode));
    });
  }
  return controller.signal;
}

if (import.meta.main) await connect(Deno.args, readEnvironment());

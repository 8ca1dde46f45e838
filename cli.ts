/**
 * Connects the process to `main()`: argv, environment, signals and exit code.
 *
 * @module
 */

import { Interruption } from "./lib/cli/context.ts";
import { type Environment, readEnvironment } from "./lib/cli/access/environment.ts";
import { EXIT } from "./lib/cli/explain/exits.ts";
import { main, type Surroundings } from "./lib/cli/main.ts";

/** How long what is under way may take to end after a signal, and after the grace of a command that has one. */
const DRAIN_MS = 2_000;

/**
 * How long the same signal counts as the first one: what a terminal sends to all of a
 * pipeline, a launcher such as `deno task` passes on once more.
 */
const SAME_SIGNAL_MS = 500;

/** Runs a command line in this process, whose exit code it sets. */
export async function connect(
  argv: readonly string[],
  env: Environment,
  options: Pick<Surroundings, "random"> = {},
): Promise<void> {
  const interruption = interruptOn({
    SIGINT: EXIT.interrupted,
    ...(Deno.build.os !== "windows" && { SIGTERM: EXIT.terminated }),
  });
  Deno.exitCode = await main(argv, { env, ...interruption, ...options });
}

/** The first signal asks the program to end; the second, or too long a wait, ends it. */
function interruptOn(
  exitCodes: Readonly<Record<string, number>>,
): Pick<Surroundings, "signal" | "listen" | "giveGrace"> {
  const controller = new AbortController();
  let graceMs = 0;
  let first: { signal: string; atMs: number } | undefined;
  const onSignal = (signal: string, exitCode: number) => {
    const atMs = performance.now();
    if (first?.signal === signal && atMs - first.atMs < SAME_SIGNAL_MS) return;
    if (first !== undefined) Deno.exit(exitCode);
    first = { signal, atMs };
    Deno.unrefTimer(setTimeout(() => Deno.exit(exitCode), graceMs + DRAIN_MS));
    controller.abort(new Interruption(exitCode));
  };
  const listen = () => {
    for (const [signal, exitCode] of Object.entries(exitCodes)) {
      Deno.addSignalListener(signal as Deno.Signal, () => onSignal(signal, exitCode));
    }
  };
  return { signal: controller.signal, listen, giveGrace: (ms) => graceMs = ms };
}

if (import.meta.main) {
  await connect(Deno.args, readEnvironment());
  // All is written. To free what the run had in memory would take longer than many commands.
  Deno.exit();
}

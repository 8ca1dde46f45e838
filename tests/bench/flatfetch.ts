/**
 * The program's own command lines, from this checkout, and what its summary says.
 *
 * @module
 */

import type { Invocation } from "./measure.ts";
import { checkCount, type Ended, type Place } from "./scenario.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A script of this checkout under Deno. */
export function deno(script: string, ...args: readonly string[]): Invocation {
  return { command: Deno.execPath(), args: ["run", "-A", `${ROOT}${script}`, ...args] };
}

/** The program on a place's server, with its cache in the place's folder. */
export function flatfetch(
  { url, folder }: Place,
  args: readonly string[],
  { command, args: start }: Invocation = deno("cli.ts"),
): Invocation {
  const env = {
    FLATFETCH_ENDPOINT: url,
    FLATFETCH_CACHE_DIR: `${folder}/cache`,
    MASSIVE_S3_ACCESS_KEY_ID: "a",
    MASSIVE_S3_SECRET_ACCESS_KEY: "b",
  };
  return { command, args: [...start, ...args, "--json"], env };
}

/** Checks that a run was complete and has so many bars. */
export function hasBars(wanted: () => number): (ended: Ended) => void {
  return ({ stdout }) => {
    const { symbols, complete } = JSON.parse(stdout) as Summary;
    if (!complete) throw new Error(`The run is not complete: ${stdout}`);
    const bars = Object.values(symbols).reduce((sum, symbol) => sum + symbol.bars, 0);
    checkCount(bars, wanted(), "bars");
  };
}

interface Summary {
  readonly symbols: Readonly<Record<string, { readonly bars: number }>>;
  readonly complete: boolean;
}

/** Runs the program until so many files are done, and interrupts it. */
export async function interruptAfter(files: number, invocation: Invocation): Promise<void> {
  const { command, args, env = {} } = invocation;
  const child = new Deno.Command(command, {
    args: [...args],
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let text = "";
  let isInterrupted = false;
  for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const done = Number(/.* (\d+)\/\d+ files/s.exec(text)?.[1] ?? 0);
    if (done < files || isInterrupted) continue;
    child.kill("SIGINT");
    isInterrupted = true;
  }
  checkCount((await child.status).code, 130, "as its exit code");
}

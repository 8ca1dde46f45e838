/**
 * How fast cold runs are with fixed limits and with `auto`, behind servers of several kinds.
 *
 *     deno run -A tests/bench/concurrency.ts [--rounds 5] [--folder DIR] [--server "--latency 100"] [LIMIT…]
 *
 * `--server` are the options of `server.ts`. Each run has a new cache directory in the folder;
 * none is removed, because removing files slows down what a file system makes next.
 *
 * @module
 */

import { parseArgs } from "../../lib/deps/deno_std.ts";
import { BenchServer } from "./bench_server.ts";
import { makeData } from "./data.ts";
import type { OneRun } from "./preload_once.ts";

/** After so long the start phase of `auto` is over. */
const START_MS = 1_000;

interface TimedRun extends OneRun {
  /** From outside, the start of the program included. */
  readonly wallMs: number;
}

if (import.meta.main) {
  const { rounds, folder, server, _: limits } = parseArgs(Deno.args, {
    string: ["rounds", "folder", "server", "_"],
    default: { rounds: "5", server: "" },
  }) as { rounds: string; folder?: string; server: string; _: string[] };
  await makeData();
  const parent = folder ?? await Deno.makeTempDir();
  await Deno.mkdir(parent, { recursive: true });
  await using bench = await BenchServer.start(...server.split(" ").filter(Boolean));
  const runs = new Map<string, TimedRun[]>(limits.map((limit) => [limit, []]));
  for (let round = 0; round < Number(rounds); round++) {
    for (const limit of limits) runs.get(limit)!.push(await run(bench.url, parent, limit));
  }
  say(`| -j (server: ${server || "no options"}) | wall | spread | throttled | after the start |`);
  say("|---|---|---|---|---|");
  for (const [limit, taken] of runs) say(row(limit, taken));
}

async function run(endpoint: string, parent: string, limit: string): Promise<TimedRun> {
  const cache = await Deno.makeTempDir({ dir: parent });
  const script = new URL("./preload_once.ts", import.meta.url).pathname;
  const began = performance.now();
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, endpoint, `${cache}/cache`, limit],
    stderr: "inherit",
  }).output();
  const wallMs = performance.now() - began;
  const one: OneRun = JSON.parse(new TextDecoder().decode(stdout));
  if (!success || !one.complete) throw new Error(`-j ${limit} was not complete`);
  return { ...one, wallMs };
}

function row(limit: string, runs: readonly TimedRun[]): string {
  const walls = runs.map(({ wallMs }) => wallMs);
  const spread = (Math.max(...walls) - Math.min(...walls)) / median(walls);
  const throttled = median(runs.map(({ retriesAtMs }) => retriesAtMs.length));
  const later = median(runs.map(({ requests, retriesAtMs }) => {
    return retriesAtMs.filter((atMs) => atMs > START_MS).length / requests;
  }));
  return `| ${limit} | ${(median(walls) / 1_000).toFixed(2)} s | ${
    percent(spread)
  } | ${throttled} | ${percent(later)} |`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

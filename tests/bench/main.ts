/**
 * `deno task bench`: whole runs of the program and of its peers on the same server, in turn.
 *
 * Prints a table of medians. `--rounds N` (default 5) sets how often each is run.
 *
 * @module
 */

import { parseArgs } from "../../lib/deps/deno_std.ts";
import { makeData, STOCK_DAYS } from "./data.ts";
import { type Invocation, type Measure, measure, type Measures, summarize } from "./measure.ts";
import { PEERS } from "./peers.ts";
import { BenchServer } from "./bench_server.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const TO = STOCK_DAYS.dates.at(-1)!;
const BEFORE = STOCK_DAYS.dates.at(-2)!;

/** One line of the table. */
interface Scenario {
  readonly name: string;
  /** What each round needs beforehand, in a folder of its own; not measured. */
  readonly prepare?: (place: Place) => Promise<unknown>;
  readonly run: (place: Place) => Invocation;
}

interface Place {
  readonly url: string;
  readonly folder: string;
}

const ours: readonly Scenario[] = [
  { name: "one symbol, cold", run: flatfetch("TSLA") },
  {
    name: "second symbol, from kept files",
    prepare: before(flatfetch("AAPL")),
    run: flatfetch("TSLA"),
  },
  { name: "hit", prepare: before(flatfetch("TSLA")), run: flatfetch("TSLA") },
  {
    name: "top-up by one day",
    prepare: before(flatfetch("TSLA", "--to", BEFORE)),
    run: flatfetch("TSLA", "--max-age", "0"),
  },
  { name: "--help", run: flatfetch("--help") },
  {
    name: "the same files downloaded alone",
    run: ({ url }) => deno(`${ROOT}tests/bench/download_alone.ts`, url, `${STOCK_DAYS.dataset}/`),
  },
  { name: "an empty program", run: () => deno(`${ROOT}tests/bench/empty.ts`) },
];

if (import.meta.main) {
  const { rounds = "5" } = parseArgs(Deno.args, { string: ["rounds"] }) as { rounds?: string };
  say(
    `${await makeData()} files made; ${STOCK_DAYS.dates.length} files, each scenario ${rounds} ×`,
  );
  await bench(Number(rounds));
}

async function bench(rounds: number): Promise<void> {
  await using server = await BenchServer.start();
  const scenarios = [...ours, ...await peersHere()];
  const measures = new Map<string, Measure[]>();
  for (let round = 0; round < rounds; round++) {
    for (const scenario of scenarios) {
      const taken = await once(scenario, server.url);
      measures.set(scenario.name, [...measures.get(scenario.name) ?? [], taken]);
    }
  }
  await server.requests();
  const table = [...measures].map(([name, of]) => ({ name, ...summarize(of) }));
  const cold = table[0]!;
  say(`| | wall | CPU | peak | spread | wall against cold |\n|---|---|---|---|---|---|`);
  for (const line of table) say(row(line, cold));
}

async function peersHere(): Promise<Scenario[]> {
  const here: Scenario[] = [];
  for (const { name, isHere, run } of PEERS) {
    if (await isHere()) here.push({ name, run: ({ url, folder }) => run(url, folder) });
    else say(`skipped, not installed: ${name}`);
  }
  return here;
}

async function once(scenario: Scenario, url: string): Promise<Measure> {
  const folder = await Deno.makeTempDir();
  try {
    await scenario.prepare?.({ url, folder });
    return await measure(scenario.run({ url, folder }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function flatfetch(...args: readonly string[]): Scenario["run"] {
  return ({ url, folder }) => {
    const to = args.includes("--to") || args.includes("--help") ? [] : ["--to", TO];
    const { command, args: run } = deno(`${ROOT}cli.ts`, ...args, ...to);
    const env = {
      FLATFETCH_ENDPOINT: url,
      FLATFETCH_CACHE_DIR: `${folder}/cache`,
      MASSIVE_S3_ACCESS_KEY_ID: "a",
      MASSIVE_S3_SECRET_ACCESS_KEY: "b",
    };
    return { command, args: run, env };
  };
}

function before(run: Scenario["run"]): (place: Place) => Promise<unknown> {
  return (place) => measure(run(place));
}

function deno(script: string, ...args: readonly string[]): Invocation {
  return { command: Deno.execPath(), args: ["run", "-A", script, ...args] };
}

function row({ name, wallS, cpuS, peakMb, spread }: Measures & { name: string }, cold: Measures) {
  const ratio = (wallS / cold.wallS).toFixed(2);
  const percent = Math.round(100 * spread);
  return `| ${name} | ${wallS.toFixed(2)} s | ${cpuS.toFixed(2)} s | ${
    Math.round(peakMb)
  } MB | ${percent} % | ${ratio} |`;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

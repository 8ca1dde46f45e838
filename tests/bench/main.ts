/**
 * `deno task bench`: whole runs of the program and of its peers on the same server, in turn.
 *
 * Prints what was measured, and then what must be reached, as two tables in Markdown.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import { readTask } from "../../tools/task.ts";
import { BenchServers } from "./bench_server.ts";
import { DATA, makeData } from "./data.ts";
import { goalTable } from "./goals.ts";
import { EXPORT_PEERS, EXPORTS } from "./exports.ts";
import { PEERS } from "./peers.ts";
import { playRounds } from "./rounds.ts";
import type { Scenario } from "./scenario.ts";
import { OURS } from "./scenarios.ts";
import { resultTable, summarize } from "./table.ts";

const RUNS = new URL("runs/", DATA);

const SCENARIOS = [...OURS, ...EXPORTS, ...PEERS, ...EXPORT_PEERS];

const wrapped = (words: readonly string[]) =>
  words.join(" ").replaceAll(/(.{1,80})( |$)/g, "                 $1\n").trimEnd();

const HELP = `
deno task bench [NAME…] [--rounds N] [--json FILE]

Plays whole runs of the program and of its peers in turn, and prints what was measured and which
goals are reached. Everything takes about 40 minutes, and 30 GB of disk meanwhile.

  NAME           only the scenarios whose names begin so, of
${wrapped(SCENARIOS.map(({ id }) => id))}
  --rounds N     how often each scenario counts, after one round that does not (default 5)
  --json FILE    write every run to a file
`;

if (import.meta.main) {
  const ids = SCENARIOS.map(({ id }) => id);
  const options = { counts: ["rounds"], values: ["json"], names: ids };
  const { names, counts: { rounds = 5 }, values: { json } } = readTask({ help: HELP, ...options });
  const scenarios = SCENARIOS.filter(({ id }) => names.includes(id));
  await bench(scenarios, { rounds, json });
}

async function bench(
  scenarios: readonly Scenario[],
  { rounds, json }: { rounds: number; json: string | undefined },
): Promise<void> {
  progress(`${await makeData()} files made`);
  const roundBytes = scenarios.reduce((sum, { leavesBytes }) => sum + leavesBytes, 0);
  requireSpace((rounds + 1) * roundBytes);
  await using servers = new BenchServers();
  await Deno.mkdir(RUNS, { recursive: true });
  await using _runs = { [Symbol.asyncDispose]: () => Deno.remove(RUNS, { recursive: true }) };
  const folder = decodeURIComponent(new URL(String(Date.now()), RUNS).pathname);
  const runs = await playRounds(scenarios, { rounds, servers, folder, say: progress });
  const results = summarize(runs);
  for (const line of [machine(rounds), "", ...resultTable(scenarios, results)]) say(line);
  for (const line of ["", ...goalTable(results)]) say(line);
  if (json === undefined) return;
  const byId = Object.fromEntries([...runs].map(([{ id }, played]) => [id, played]));
  await Deno.writeTextFile(json, JSON.stringify({ machine: machine(rounds), runs: byId }, null, 2));
}

/** @throws {Error} when the disk has too little room for the runs, which stay to the end. */
function requireSpace(bytes: number): void {
  const { bavail, bsize } = statfsSync(DATA);
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  progress(`up to ${gigabytes(bytes)} of disk needed, ${gigabytes(bavail * bsize)} free`);
  if (bavail * bsize >= bytes) return;
  throw new Error("Cannot run: the disk has too little room, want fewer --rounds or --only some");
}

function machine(rounds: number): string {
  const date = new Date().toISOString().slice(0, 10);
  const { deno } = Deno.version;
  const memory = (Deno.systemMemoryInfo().total / 1e9).toFixed(0);
  return `${navigator.hardwareConcurrency} cores, ${memory} GB of memory, ${Deno.build.os}, ` +
    `Deno ${deno}, ${date}; medians of ${rounds} rounds after a warm-up`;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function progress(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

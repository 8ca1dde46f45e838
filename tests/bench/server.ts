/**
 * The benchmarks' server, a process of its own: S3 over `bench-data/`, held in memory.
 *
 * It prints its endpoint as its first line; then `requests` on standard input is answered
 * with what came since the last time, as one line of JSON.
 *
 * @module
 */

import { parseArgs } from "../../lib/deps/deno_std.ts";
import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { DATA, STOCK_DAYS } from "./data.ts";

if (import.meta.main) {
  const options = ["latency", "copies", "throttle-above"];
  const { latency, copies, ...more } = parseArgs(Deno.args, { string: options });
  const throttleAbove = Number(more["throttle-above"] ?? Infinity);
  const s3 = new FakeS3({ latencyMs: Number(latency ?? 0), throttleAbove });
  await fill(s3, Number(copies ?? 1));
  await using server = serveS3(s3);
  say(server.url);
  await answer(s3);
}

/** Puts every file; further copies stand ten years earlier each, under other dates. */
async function fill(s3: FakeS3, copies: number): Promise<void> {
  for (const date of STOCK_DAYS.dates) {
    const bytes = await Deno.readFile(new URL(STOCK_DAYS.keyOf(date), DATA));
    for (let copy = 0; copy < copies; copy++) {
      const year = Number(date.slice(0, 4)) - 6 * copy;
      s3.objects.put(keyOf(`${year}${date.slice(4)}`), bytes);
    }
  }
}

function keyOf(date: string): string {
  return `${STOCK_DAYS.dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

async function answer(s3: FakeS3): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of Deno.stdin.readable) {
    if (!decoder.decode(chunk).includes("requests")) continue;
    const gets = s3.requests.filter(({ key }) => key !== undefined);
    say(JSON.stringify({ requests: s3.requests.length, gets: gets.length }));
    s3.clearRequests();
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

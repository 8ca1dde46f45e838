/**
 * The benchmarks' server, a process of its own: S3 over `bench-data/`, held in memory.
 *
 * It prints its endpoint as its first line; then `requests` on standard input is answered
 * with what came since the last time, as one line of JSON.
 *
 * Deno on plain sockets takes as little as nginx does: bringing the 1,255 files once costs
 * this process 0.08 s of processor time when it is warm and nginx 0.07 s, where the client
 * needs 0.45 s and more. nginx (1.22, sendfile, open files cached) knows no MD5 as an ETag,
 * and with ETags from a map it refuses every `If-Match`.
 *
 * @module
 */

import { parseArgs } from "../../lib/deps/std_cli.ts";
import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { DATA, keyOf, STOCK_DAYS, STOCK_MINUTES } from "./data.ts";

/** What came since the last time that it was asked. */
export interface Traffic {
  readonly requests: number;
  /** Requests for an object. */
  readonly gets: number;
  /** Bytes of the objects that were sent; one of these is asked for whole, or as one range. */
  readonly bytes: number;
  /** Of the requests for an object after the first second, the share that was throttled. */
  readonly throttled: number;
}

/** How long a client may take to find out how much the server bears. */
const START_MS = 1_000;

if (import.meta.main) {
  const { latency, copies, ...more } = parseArgs(Deno.args, {
    string: ["latency", "copies", "throttle-above"],
    unknown: refuse,
  });
  const throttleAbove = Number(more["throttle-above"] ?? Infinity);
  const s3 = new FakeS3({ latencyMs: Number(latency ?? 0), throttleAbove });
  await putDays(s3, Number(copies ?? 1));
  await putMinutes(s3);
  await using server = serveS3(s3);
  say(server.url);
  await answer(s3);
}

function refuse(arg: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`The server has no option ${arg}\n`));
  Deno.exit(2);
}

/** Puts every day; further copies stand eight years later each, so that leap days agree. */
export async function putDays(s3: FakeS3, copies: number): Promise<void> {
  for (const date of STOCK_DAYS.dates) {
    const bytes = await Deno.readFile(new URL(STOCK_DAYS.keyOf(date), DATA));
    const { etag } = s3.objects.put(STOCK_DAYS.keyOf(date), bytes);
    for (let copy = 1; copy < copies; copy++) {
      const year = Number(date.slice(0, 4)) + 8 * copy;
      s3.objects.put(keyOf(STOCK_DAYS.dataset, `${year}${date.slice(4)}`), bytes, { etag });
    }
  }
}

async function putMinutes(s3: FakeS3): Promise<void> {
  for (const key of STOCK_MINUTES.dates.map(STOCK_MINUTES.keyOf)) {
    s3.objects.put(key, await Deno.readFile(new URL(key, DATA)));
  }
}

async function answer(s3: FakeS3): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of Deno.stdin.readable) {
    if (decoder.decode(chunk).includes("requests")) say(JSON.stringify(trafficOf(s3)));
    s3.clearRequests();
  }
}

function trafficOf({ requests, objects }: FakeS3): Traffic {
  const gets = requests.filter(({ key }) => key !== undefined);
  const later = gets.filter(({ atMs }) => atMs >= gets[0]!.atMs + START_MS);
  return {
    requests: requests.length,
    gets: gets.length,
    bytes: gets.filter(({ status }) => status === 200 || status === 206)
      .reduce((sum, { key }) => sum + objects.get(key!)!.bytes.length, 0),
    throttled: later.filter(({ status }) => status === 503).length / Math.max(1, later.length),
  };
}

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

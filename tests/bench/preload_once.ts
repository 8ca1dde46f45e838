/**
 * One cold run of the library, and what it had to say: for `concurrency.ts`.
 *
 *     deno run -A preload_once.ts ENDPOINT CACHE_DIRECTORY CONCURRENCY
 *
 * @module
 */

import { preload } from "../../mod.ts";
import { STOCK_DAYS } from "./data.ts";

/** What it prints, as one line of JSON. */
export interface OneRun {
  readonly elapsedMs: number;
  readonly complete: boolean;
  readonly requests: number;
  /** When attempts failed, in milliseconds after the plan was known. */
  readonly retriesAtMs: readonly number[];
}

const [endpoint = "", cacheDirectory = "", concurrency = "20"] = Deno.args;

if (import.meta.main) {
  const retriesAtMs: number[] = [];
  let plannedMs = performance.now();
  const { summary } = await preload(["TSLA"], {
    from: STOCK_DAYS.dates[0]!,
    to: STOCK_DAYS.dates.at(-1)!,
    cacheDirectory,
    endpoint,
    concurrency: concurrency === "auto" ? "auto" : Number(concurrency),
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    reporter: ({ type }) => {
      if (type === "plan") plannedMs = performance.now();
      if (type === "retry") retriesAtMs.push(Math.round(performance.now() - plannedMs));
    },
  });
  const { elapsedMs, complete, requests } = summary;
  const run: OneRun = { elapsedMs, complete, requests, retriesAtMs };
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(run)));
}

/** Promise 4, against a server that answers slowly or not at all: it ends. */

import { assert, assertEquals, assertInstanceOf, assertLess } from "@std/assert";
import type { Fault } from "../../fixtures/s3_server.ts";
import { explain } from "../../lib/cli/explain/explain.ts";
import { TemporaryError } from "../../mod.ts";
import { CountedServer } from "./counted_server.ts";
import { QUARTER, stockFiles, World } from "../program/harness.ts";
import { MOST_ATTEMPTS, QUICK } from "./weather.ts";

/** What a slow server does, for ever, with one object. */
const SLOW: Readonly<Record<string, Fault>> = {
  "no headers": { name: "stall-headers" },
  "a stall before the body": { name: "stall-body", afterBytes: 0 },
  "a stall after 100 bytes": { name: "stall-body", afterBytes: 100 },
  "a stall before the last byte": { name: "stall-body", afterBytes: -1 },
  "a byte a second": { name: "drip", intervalMs: 1_000 },
  "a byte in 40 ms": { name: "drip", intervalMs: 40 },
};

/** An attempt is given up by its limit; the rest is for a machine that is busy. */
const GENEROUS_MS = 10_000;

const LIMITS = { ...QUICK, firstHeadersMs: 300, headersMs: 300, idleMs: 300, windowMs: 300 };

Deno.test("preload() gives up what answers late, stalls or drips, closes each socket and names the files", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await using server = new CountedServer(world.s3);
  const faults = Object.entries(SLOW);
  const dates = files.dates.slice(10, 10 + faults.length);
  faults.forEach(([, fault], i) => world.s3.faults.add(fault, { key: files.keyOf(dates[i]!) }));
  const { bars, summary } = await world.load(["TSLA"], {
    ...QUARTER,
    endpoint: server.url,
    limits: LIMITS,
  });
  await server.closed();
  assertEquals(server.open, 0);
  assertEquals(bars.TSLA, files.truth("TSLA").filter(({ date }) => !dates.includes(date)));
  assertEquals(
    summary.failures.map(({ date, cause }) => [date, cause]),
    dates.map((date) => [date, "the connection was too slow"]),
  );
  const gets = Map.groupBy(server.unfinished, ({ key }) => key);
  faults.forEach(([what], i) => {
    const ofKey = gets.get(files.keyOf(dates[i]!)) ?? [];
    assertEquals(ofKey.length, MOST_ATTEMPTS, what);
    for (const { heldMs } of ofKey) assertLess(heldMs, GENEROUS_MS, what);
  });
});

Deno.test("preload() (nothing arrives any more) ends after patienceMs: exit 5 and what to do", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await using server = new CountedServer(world.s3);
  world.s3.faults.add("stall-headers", { key: /[02468].csv.gz$/ });
  world.s3.faults.add("stall-body", { key: /[13579].csv.gz$/ });
  const error = await world.load(["TSLA"], {
    ...QUARTER,
    endpoint: server.url,
    patienceMs: 1_000,
  }).catch((error) => error);
  await server.closed();
  assertInstanceOf(error, TemporaryError);
  assertEquals(explain(error), {
    message: "Cannot go on: nothing has arrived for 1 seconds",
    hint: "Run the same command again later; what is finished is kept.",
    exitCode: 5,
  });
  assert(server.unfinished.length > 0);
  world.s3.faults.clear();
  const next = await world.load(["TSLA"], QUARTER);
  assertEquals(next.bars.TSLA, files.truth("TSLA"));
});

Deno.test("preload() (the listing stalls) ends after patienceMs", async () => {
  await using world = await World.open([stockFiles()]);
  await using server = new CountedServer(world.s3);
  world.s3.faults.add("stall-headers", { listing: "" });
  const error = await world.load(["TSLA"], {
    ...QUARTER,
    endpoint: server.url,
    patienceMs: 300,
  }).catch((error) => error);
  await server.closed();
  assertInstanceOf(error, TemporaryError);
});

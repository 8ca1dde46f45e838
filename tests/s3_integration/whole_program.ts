/**
 * What the whole program does with a real S3 server.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { FileCounts, Summary } from "../../mod.ts";
import type { FlatFiles } from "../../fixtures/flat_files.ts";
import { ask, type S3Target } from "../fixtures/s3_client.ts";
import { IN_QUARTER, stockFiles } from "../program/harness.ts";
import { Home } from "../program/home.ts";
import { interrupted } from "../program/interrupted.ts";

/** After how many files the first run ends. */
const INTERRUPTED_AFTER = 20;

/** Fills the target's bucket with a quarter of stock days, then runs the program, a step each. */
export async function testProgram(t: Deno.TestContext, target: S3Target): Promise<void> {
  const files = stockFiles();
  await putFiles(target, files);
  await using home = new Home(target, await Deno.makeTempDir({ prefix: "flatfetch_" }));

  const load = (symbol: string) => loaded(home, files, symbol);

  await t.step(
    "flatfetch TSLA fetches what an interrupted run has not, and then nothing",
    async () => {
      const done = (await interrupted(home, { after: INTERRUPTED_AFTER })).length;
      const { recorded, downloaded } = await load("TSLA");
      assertEquals({ recorded, downloaded }, { recorded: done, downloaded: 60 - done });
      assertEquals((await load("TSLA")).downloaded, 0);
    },
  );

  await t.step("flatfetch AAPL fetches what is not kept, and flatfetch MSFT nothing", async () => {
    const { fromStore, downloaded } = await load("AAPL");
    assertEquals(fromStore + downloaded, 60);
    assertEquals((await load("MSFT")).fromStore, 60);
  });

  await t.step("flatfetch check finds nothing wrong", async () => {
    const { code, stdout, stderr } = await home.run([
      "check",
      "TSLA",
      "AAPL",
      ...IN_QUARTER,
      "--refresh",
    ]);
    assertEquals(code, 0, stdout + stderr);
  });

  await t.step("flatfetch doctor says that everything works", async () => {
    const { code, stdout, stderr } = await home.run(["doctor"]);
    assertEquals(code, 0, stdout + stderr);
    assertMatch(
      stdout,
      /^✅ plan: stocks, day: served from 2025-01-02 to 2025-03-31 \(60 files\)/m,
    );
    assertMatch(stdout, /^✅ download: "us_stocks_sip\/day_aggs_v1\/.*its length, MD5 and gzip/m);
  });
}

/** Runs the program for a symbol, whose bars must be the true ones; where its files were had. */
async function loaded(home: Home, files: FlatFiles, symbol: string): Promise<FileCounts> {
  const path = `${home.home}/${symbol}.ndjson`;
  const { code, stdout, stderr } = await home.run([symbol, ...IN_QUARTER, "--json", "-o", path]);
  assertEquals(code, 0, stderr);
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const bars = lines.map((line) => JSON.parse(line)).map(({ symbol: _, timestamp, ...bar }) => {
    return { ...bar, timestamp: Date.parse(timestamp) };
  });
  assertEquals(bars, files.truth(symbol));
  return (JSON.parse(stdout) as Summary).files;
}

async function putFiles(target: S3Target, files: FlatFiles): Promise<void> {
  await (await ask(target, { method: "PUT" })).body?.cancel();
  for (const { key, bytes } of files) {
    const response = await ask(target, { method: "PUT", key, body: bytes });
    assertEquals(response.status, 200, await response.text());
  }
}

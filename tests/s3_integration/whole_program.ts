/**
 * What the whole program does with a real S3 server.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { FileCounts } from "../../lib/load/summary.ts";
import type { Summary } from "../../mod.ts";
import type { FlatFiles } from "../../fixtures/flat_files.ts";
import type { GeneratedFile } from "../../fixtures/flat_file_set.ts";
import { ask, type S3Ask, type S3Target } from "../fixtures/s3_client.ts";
import { IN_QUARTER, stockFiles } from "../program/harness.ts";
import { Home } from "../program/home.ts";
import { interrupted } from "../program/interrupted.ts";

/** After how many files the first run ends. */
const INTERRUPTED_AFTER = 20;

/** What stands among the files and is none. */
const STRAYS = ["us_stocks_sip/day_aggs_v1/2025/tab\t", "us_stocks_sip/day_aggs_v1/2025/u1\u0001"];

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
    assertMatch(stderr, /Passed over 2 objects that are no flat files/);
  });

  await t.step("flatfetch doctor says that everything works", async () => {
    const { code, stdout, stderr } = await home.run(["doctor"]);
    assertEquals(code, 0, stdout + stderr);
    assertMatch(
      stdout,
      /^✅ plan: stocks, day: served from 2025-01-02 to 2025-03-31 \(60 files\)/m,
    );
    assertMatch(stdout, /^✅ download: "us_stocks_sip\/day_aggs_v1\/.*its length.* and gzip/m);
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

/** The first file is put in parts: most servers give it an ETag that is no MD5. */
async function putFiles(target: S3Target, files: FlatFiles): Promise<void> {
  await send(target, { method: "PUT" });
  const [first, ...others] = files;
  await putInParts(target, first!);
  for (const { key, bytes } of others) await send(target, { method: "PUT", key, body: bytes });
  for (const key of STRAYS) await send(target, { method: "PUT", key, body: "no flat file" });
}

/** Puts an object as one part. */
async function putInParts(target: S3Target, { key, bytes }: GeneratedFile): Promise<void> {
  const headers = { "content-type": "application/xml" };
  const begun = await send(target, { method: "POST", key, query: { uploads: "" }, headers });
  const uploadId = /<UploadId>([^<]+)</.exec(begun.text)![1]!;
  const query = { partNumber: "1", uploadId };
  const { etag } = await send(target, { method: "PUT", key, query, body: bytes });
  const part = `<Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part>`;
  const body = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`;
  await send(target, { method: "POST", key, query: { uploadId }, headers, body });
}

async function send(target: S3Target, it: S3Ask): Promise<{ text: string; etag: string | null }> {
  const response = await ask(target, it);
  const text = await response.text();
  assertEquals(response.status, 200, text);
  return { text, etag: response.headers.get("etag") };
}

/** Promise: what a user or a server names never leads out of the cache, nor steers a terminal. */

import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { explain } from "../../lib/cli/explain/explain.ts";
import { filesUnder, IN_QUARTER, QUARTER, stockFiles, World } from "../program/harness.ts";

/** Symbols that would be paths, commands to a terminal, or names that systems keep for themselves. */
const SYMBOLS = [
  "../../evil",
  "..",
  ".",
  "/etc/evil",
  "C:\\evil",
  "a/b",
  "a\\b",
  "%2e%2e%2fevil",
  "A\u001b[2J",
  "A\u0007",
  "A\u202eB",
  "A\nB",
  "A\0B",
  "ıNTC",
  "I:../../evil",
  "X:../../USD",
  "O:../SPY251219C00650000",
  "CON",
  "NUL.txt",
  "aux",
  "__proto__",
  "constructor",
  "A".repeat(300),
  "-rf",
  "*",
  "~",
  "$HOME",
  "`id`",
];

/** Every control character but line ends. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

Deno.test("preload() of a hostile symbol writes nothing outside the cache and says nothing that steers a terminal", async () => {
  await using world = await World.open([stockFiles()]);
  let refused = 0;
  for (const symbol of SYMBOLS) {
    const ended = await world.load([symbol], { ...QUARTER, keepLimitBytes: 0 })
      .then(() => undefined, explain);
    if (ended === undefined) continue;
    refused++;
    assertEquals(ended.exitCode, 2, symbol);
    assertNotMatch(ended.message, CONTROL);
  }
  assert(refused > 15 && refused < SYMBOLS.length, `${refused} refused`);
  const outside: string[] = [];
  for await (const path of filesUnder(world.home)) {
    if (!path.startsWith(`${world.cache}/`)) outside.push(path);
  }
  assertEquals(outside, []);
});

/** Keys that are no flat files, though they try to look like ones. */
const KEYS = [
  "../../../../evil.csv.gz",
  "2025/01/../../../../../evil.csv.gz",
  "2025/01/../02/2025-01-03.csv.gz",
  "2025/01/2025-01-03.csv.gz/../../../../../evil.csv.gz",
  "2025/01/2025-01-03.csv.gz%00",
  "2025/01/2025-01-99.csv.gz",
  "2025//01/2025-01-03.csv.gz",
  "2025/01/\u202e2025-01-03.csv.gz",
  "2025/01\\..\\..\\evil\\2025-01-03.csv.gz",
];

Deno.test("flatfetch TSLA (hostile keys in the listing) asks for none of them and writes none", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const bytes = gzipText("ticker,open,close,high,low,volume,window_start,transactions\n");
  for (const key of KEYS) world.s3.objects.put(`${files.dataset}/${key}`, bytes);
  const { stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertNotMatch(stdout + stderr, CONTROL);
  const asked = world.takeGets();
  assert(asked.every((key) => /\/2025-\d\d-\d\d\.csv\.gz$/.test(key) && !key.includes("..")));
  for await (const path of filesUnder(world.home)) {
    assert(path.startsWith(`${world.cache}/`) && !path.includes("evil"), path);
  }
});

Deno.test("flatfetch TSLX (hostile tickers in the file) suggests none that steers a terminal", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const date = files.dates.at(-1)!;
  const [header] = files.file(date).text.split("\n");
  const tickers = ["TSL\u001b[2J", "TSL\u0007", "TSL\u009b31m", "TSL\u202e", "../TSLX", "TSL\r"];
  const lines = tickers.map((ticker) => `${ticker},1,1,1,1,1,1743393600000000000,1`);
  world.s3.objects.put(files.keyOf(date), gzipText([header, ...lines, ""].join("\n")));
  const { code, stdout, stderr } = await world.run(["TSLX", ...IN_QUARTER]);
  assertNotMatch(stdout + stderr, CONTROL);
  assertEquals(code, 7);
});

Deno.test("flatfetch TSLA (a server's words that steer a terminal) repeats none of them", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      new Response(
        "<Error><Code>Evil\u009b31mCode</Code><Message>\u202e\u009b2J</Message></Error>",
        { status: 400, headers: { "x-amz-request-id": "a\tb" } },
      ),
  );
  await using world = await World.open([]);
  const env = { FLATFETCH_ENDPOINT: `http://127.0.0.1:${server.addr.port}` };
  const { code, stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--debug"], { env });
  assertNotMatch((stdout + stderr).replaceAll("\t", ""), CONTROL);
  assertEquals(code, 4);
});

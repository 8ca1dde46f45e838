/** Whether one pass over the files serves any number of symbols. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { openCache } from "../../mod.ts";
import { keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const files = stockFiles();
/** Those of the generator's 40 that are traded in the quarter. */
const SYMBOLS = files.tickers
  .filter((ticker) => /^[A-Z]+$/.test(ticker) && files.truth(ticker).length > 0);

/** Loads them all, and is interrupted after some files. */
async function interrupt(world: World, after: number, keepLimitBytes: number): Promise<string[]> {
  const controller = new AbortController();
  const reported: string[] = [];
  const load = world.load(SYMBOLS, {
    ...QUARTER,
    keepLimitBytes,
    concurrency: 4,
    signal: controller.signal,
    reporter: (event) => {
      if (event.type === "file") reported.push(event.key);
      if (reported.length === after) controller.abort(new Error("Enough"));
    },
  });
  await assertRejects(() => load, Error, "Enough");
  return reported;
}

async function assertWhole(world: World): Promise<void> {
  const { bars, summary } = await world.load(SYMBOLS, QUARTER);
  assertEquals([summary.complete, summary.files.failed], [true, 0]);
  for (const symbol of SYMBOLS) assertEquals(bars[symbol], files.truth(symbol), symbol);
}

Deno.test("flatfetch --symbols FILE brings every symbol's bars with one GET a file", async () => {
  await using world = await World.open([files]);
  const list = `${world.home}/list.txt`;
  await Deno.writeTextFile(list, `# all of them\n${SYMBOLS.slice(1).join("\n")}\n`);
  const span = ["--from", QUARTER.from, "--to", QUARTER.to];
  const args = [SYMBOLS[0]!, "--symbols", list, ...span, "-f", "ndjson", "-o", "-"];
  const { code, stdout } = await world.run(args);
  assertEquals(code, 0);
  assertEquals(world.takeGets(), keysOf(files));
  const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const bySymbol = Map.groupBy(rows, ({ symbol }) => symbol);
  assertEquals([...bySymbol.keys()], SYMBOLS);
  for (const symbol of SYMBOLS) {
    const closes = bySymbol.get(symbol)!.map(({ date, close }) => [date, close]);
    assertEquals(closes, files.truth(symbol).map(({ date, close }) => [date, close]), symbol);
  }
});

Deno.test("flatfetch AAPL --symbols - reads more of them from standard input", async () => {
  await using world = await World.open([files]);
  const args = ["AAPL", "--symbols", "-", "--from", QUARTER.to, "--to", QUARTER.to, "-o", "-"];
  const { code, stdout } = await world.run(args, { stdin: "# two\nMSFT, TSLA\n" });
  const symbols = stdout.trimEnd().split("\n").slice(1).map((line) => line.split(",")[0]);
  assertEquals([code, symbols], [0, ["AAPL", "MSFT", "TSLA"]]);
  const check = await world.run(["check", ...args.slice(0, -2)], { stdin: "MSFT" });
  assertMatch(check.stderr, /MSFT: clean/);
  const none = await world.run(args);
  assertEquals(none.code, 2);
  assertMatch(none.stderr, /Cannot read symbols from "-": it has none/);
});

Deno.test("flatfetch --symbols FILE exits 2 for a file that is missing, empty or has no symbol", async () => {
  await using world = await World.open([]);
  const list = `${world.home}/list.txt`;
  const missing = await world.run(["--symbols", list]);
  assertEquals(missing.code, 2);
  assertStringIncludes(missing.stderr, `Cannot read symbols from ${JSON.stringify(list)}`);
  await Deno.writeTextFile(list, "TSLA\nA/B/C/D\n");
  const wrong = await world.run(["--symbols", list]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "line 2");
});

Deno.test("preload() of many symbols fetches no file again after an interruption", async () => {
  for (const keepLimitBytes of [2 ** 30, 0]) {
    await using world = await World.open([files]);
    const done = await interrupt(world, 25, keepLimitBytes);
    assert(done.length >= 25);
    world.takeGets();
    await assertWhole(world);
    const again = world.takeGets().filter((key) => done.includes(key));
    assertEquals(again, [], `keeping ${keepLimitBytes} bytes`);
  }
});

Deno.test("preload() of many symbols leaves no journal, and an entry for each", async () => {
  await using world = await World.open([files]);
  await assertWhole(world);
  const cache = await openCache(world.cache);
  assertEquals(await cache.listProgress(), []);
  assertEquals((await cache.list()).length, SYMBOLS.length);
  world.takeGets();
  const { summary } = await world.load(SYMBOLS, QUARTER);
  assert(Object.values(summary.symbols).every(({ cached }) => cached));
  assertEquals(world.takeGets(), []);
});

Deno.test("preload() looks for tickers that are near for the first hundred unknown symbols alone", async () => {
  await using world = await World.open([stockFiles()]);
  // Each is two letters away from a ticker that there is.
  const symbols = Array.from(
    { length: 130 },
    (_, i) => `TSLA${String.fromCharCode(65 + i % 26)}${"ABCDE"[Math.floor(i / 26)]}`,
  );
  const unknown: number[] = [];
  await world.load(symbols, {
    ...QUARTER,
    reporter: (event) => {
      if (event.type === "unknown-ticker") unknown.push(event.suggestions.length);
    },
  });
  assertEquals([unknown.length, unknown.filter((count) => count > 0).length], [130, 100]);
});

/** What a check finds, in a cache that `preload()` has filled and in the bucket as it is then. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { generateForexDays, generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import { generateStockMinutes } from "../../fixtures/minute_files.ts";
import type { CheckOptions } from "../../lib/check/check.ts";
import {
  type CheckResult,
  checkSymbols,
  ConfigurationError,
  OfflineError,
  S3Error,
} from "../../mod.ts";
import { filesUnder, KEYS, QUARTER, stockFiles, World } from "../program/harness.ts";

const files = stockFiles();

/** Past the time that a listing serves. */
const LATER: Partial<CheckOptions> = { nowMs: Date.now() + 2 * 3_600_000 };

function check(
  world: World,
  options: Partial<CheckOptions> = {},
  symbols: readonly string[] = ["TSLA"],
): Promise<CheckResult> {
  return checkSymbols(symbols, {
    cacheDirectory: world.cache,
    endpoint: world.url,
    credentials: KEYS,
    ...QUARTER,
    ...options,
  });
}

async function loaded(): Promise<World> {
  const world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  return world;
}

/** Kind → dates, of one symbol. */
function found({ symbols }: CheckResult, symbol = "TSLA"): Record<string, readonly string[]> {
  const byKind = Map.groupBy(symbols[symbol]!.findings, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].map(([kind, of]) => [kind, of.flatMap(({ dates }) => dates)]),
  );
}

Deno.test("checkSymbols() finds nothing in what was just loaded, and asks nothing", async () => {
  await using world = await loaded();
  const credentials = () => Promise.reject(new Error("Nobody needs keys"));
  const { symbols, clean, probed } = await check(world, { credentials });
  assertEquals([clean, probed, world.s3.requests], [true, 0, []]);
  assertEquals(symbols, {
    TSLA: {
      dataset: files.dataset,
      ticker: "TSLA",
      period: QUARTER,
      dates: files.dates,
      cached: 60,
      bars: 60,
      from: "2025-01-02",
      to: "2025-03-31",
      findings: [],
    },
  });
});

Deno.test("checkSymbols() of a young listing finds nothing new, with refresh or later what has changed", async () => {
  await using world = await loaded();
  const [replaced, removed] = [files.dates[10]!, files.dates[20]!];
  world.s3.objects.put(files.keyOf(replaced), files.file(files.dates[11]!).bytes);
  world.s3.objects.delete(files.keyOf(removed));
  assertEquals((await check(world)).clean, true);
  assertEquals((await check(world, { offline: true, ...LATER })).clean, true);
  assertEquals(world.s3.requests, []);
  for (const options of [{ refresh: true }, LATER]) {
    const result = await check(world, options);
    assertEquals(found(result), { replaced: [replaced], "not-listed": [removed] });
    assertEquals([result.clean, result.symbols.TSLA?.dates.length], [false, 59]);
  }
  assert(world.s3.requests.every(({ key }) => key === undefined), "no file is asked for");
});

Deno.test("checkSymbols() finds the files that are not cached, and probes without downloading", async () => {
  await using world = await World.open([stockFiles({ ...QUARTER, to: "2025-03-14" })]);
  await world.load(["TSLA"], { ...QUARTER, to: "2025-03-14" });
  world.fill(files);
  const result = await check(world, { refresh: true });
  const missing = files.dates.filter((date) => date > "2025-03-14");
  assertEquals(found(result), { "not-cached": missing });
  const [first] = result.symbols.TSLA!.findings;
  assertEquals([first?.severity, first?.key], ["problem", files.keyOf(missing[0]!)]);
  const downloaded = world.s3.requests.filter(({ key, status }) => key && status === 200);
  assert(result.probed > 0 && result.probed < missing.length + 1);
  assertEquals(downloaded.length, files.dates.length - missing.length, "those of the run before");
});

/** Which of the 60 files the plan excludes. */
const REFUSED: Readonly<Record<string, (index: number) => boolean>> = {
  "the old side": (i) => i < 17,
  "the new side": (i) => i >= 51,
  "the middle": (i) => 25 <= i && i < 40,
  none: () => false,
  all: () => true,
};

for (const [where, isRefused] of Object.entries(REFUSED)) {
  Deno.test(`checkSymbols() (nothing cached, ${where} refused) tells refused from not cached`, async () => {
    await using world = await World.open([files]);
    const refused = files.dates.filter((_, i) => isRefused(i));
    for (const date of refused) world.s3.faults.add("access-denied", { key: files.keyOf(date) });
    const result = await check(world);
    const cacheable = files.dates.filter((date) => !refused.includes(date));
    assertEquals(found(result), {
      ...(refused.length > 0 && { refused }),
      ...(cacheable.length > 0 && { "not-cached": cacheable }),
    });
    assertEquals(world.s3.requests.filter(({ key }) => key).length, result.probed);
    assert(result.probed < 30, `${result.probed} were asked for`);
  });
}

Deno.test("checkSymbols() offline says not cached of what the plan may exclude", async () => {
  await using world = await loaded();
  const result = await check(world, { offline: true }, ["AAPL"]);
  assertEquals(found(result, "AAPL"), { "not-cached": files.dates });
  assertEquals([result.probed, result.symbols.AAPL?.from], [0, null]);
});

Deno.test("checkSymbols() offline without a listing is an OfflineError, and makes no directory", async () => {
  await using world = await World.open([files]);
  await assertRejects(() => check(world, { offline: true }), OfflineError, "not listed");
  await assertRejects(() => Deno.lstat(world.cache), Deno.errors.NotFound);
});

Deno.test("checkSymbols() without keys, where it needs them, is a ConfigurationError", async () => {
  await using world = await World.open([files]);
  await assertRejects(() => check(world, { credentials: undefined }), ConfigurationError);
});

Deno.test("checkSymbols() looks for keys once, for the listing and for what the plan excludes", async () => {
  await using world = await World.open([files]);
  let looks = 0;
  const credentials = () => Promise.resolve((looks++, KEYS));
  const { probed } = await check(world, { credentials });
  assertEquals([looks, probed > 0], [1, true]);
});

Deno.test("checkSymbols() with wrong keys is the server's refusal and no plan's", async () => {
  await using world = await loaded();
  const credentials = { ...KEYS, secretAccessKey: "wrong" };
  await assertRejects(() => check(world, { credentials }, ["AAPL"]), S3Error, "SignatureDoesNot");
});

Deno.test("checkSymbols() counts the progress marker of any period as cached", async () => {
  await using world = await World.open([files]);
  const stop = new AbortController();
  let done = 0;
  await world.load(["TSLA"], {
    ...QUARTER,
    concurrency: 1,
    signal: stop.signal,
    reporter: ({ type }) => void (type === "file" && ++done === 20 && stop.abort()),
  }).catch(() => {});
  assertEquals((await check(world)).symbols.TSLA?.cached, 20);
  const other = await check(world, { to: "2025-03-28" });
  assertEquals(other.symbols.TSLA?.cached, 19);
});

/** The row of a ticker as fields, made into others; `undefined` takes it away. */
type Edit = (fields: readonly string[]) => readonly string[] | undefined;

/** A world whose files have another row of TSLA on some dates, loaded. */
async function loadedWith(
  edits: Readonly<Record<string, Edit>>,
  span: { from: string; to: string } = QUARTER,
): Promise<World> {
  const of = generateStockDays({ tickers: 40, ...span });
  const world = await World.open([of]);
  for (const [date, edit] of Object.entries(edits)) {
    const text = of.file(date).text.replace(/^TSLA,.*\n/m, (line) => {
      const fields = edit(line.trimEnd().split(","));
      return fields === undefined ? "" : `${fields.join(",")}\n`;
    });
    world.s3.objects.put(of.keyOf(date), gzipText(text));
  }
  await world.load(["TSLA"], span);
  return world;
}

const absent: Edit = () => undefined;

/** Puts a value in the place of a column: volume, open, close, high, low, start, transactions. */
const put = (column: number, value: string): Edit => (fields) => fields.with(column, value);

Deno.test("checkSymbols() finds each bar that cannot be true, with the key of its file", async () => {
  const [a, b, c] = [files.dates[3]!, files.dates[30]!, files.dates[59]!];
  const later = String(BigInt(Date.parse(`${c}T04:00:00Z`) + 86_400_000) * 1_000_000n);
  await using world = await loadedWith({
    [a]: put(4, "0.01"),
    [b]: put(1, "-1"),
    [c]: put(6, later),
  });
  const { symbols, clean } = await check(world);
  const findings = symbols.TSLA!.findings.filter(({ kind }) => kind !== "high-below-low");
  assertEquals(
    findings.map(({ kind, severity, dates, key }) => [kind, severity, dates, key]),
    [
      ["high-below-open-or-close", "problem", [a], files.keyOf(a)],
      ["volume-negative", "problem", [b], files.keyOf(b)],
      ["stamp-outside-date", "warning", [c], files.keyOf(c)],
    ],
  );
  assertEquals([clean, symbols.TSLA?.bars], [false, 60]);
});

Deno.test("checkSymbols() finds a gap, and knows the habit from what is cached of other periods", async () => {
  const years = { from: "2024-01-02", to: "2025-03-31" };
  const of = generateStockDays({ tickers: 40, ...years });
  const gone = of.dates.filter((date) => date >= "2025-01-06" && date <= "2025-01-15");
  await using world = await loadedWith(
    Object.fromEntries(gone.map((date) => [date, absent])),
    years,
  );
  assertEquals(found(await check(world, years)), { gap: gone });
  const inside = { from: "2025-01-10", to: "2025-01-31" };
  const result = await check(world, inside);
  assertEquals(found(result), { gap: gone.filter((date) => date >= inside.from) });
  assertEquals(result.clean, false);
});

Deno.test("checkSymbols() notes a ticker that was listed late or delisted, and is clean", async () => {
  const early = files.dates.slice(0, 12);
  const late = files.dates.slice(-5);
  await using world = await loadedWith(
    Object.fromEntries([...early, ...late].map((date) => [date, absent])),
  );
  const result = await check(world);
  assertEquals(found(result), { "before-first-bar": early, "after-last-bar": late });
  const { bars, from, to } = result.symbols.TSLA!;
  assertEquals([result.clean, bars, from, to], [true, 43, files.dates[12]!, files.dates[54]!]);
});

Deno.test("checkSymbols() warns of a symbol that is in none of the cached files", async () => {
  await using world = await World.open([files]);
  await world.load(["TSLX"], QUARTER);
  const result = await check(world, {}, ["TSLX"]);
  assertEquals(found(result, "TSLX"), { never: files.dates });
  assertEquals(result.clean, false);
});

Deno.test("checkSymbols() of several symbols has each by the name that is cached", async () => {
  await using world = await loaded();
  const result = await check(world, {}, ["tsla", "AAPL"]);
  assertEquals(Object.keys(result.symbols), ["TSLA", "AAPL"]);
  assertEquals([found(result), found(result, "AAPL")], [{}, { "not-cached": files.dates }]);
});

Deno.test("checkSymbols() takes no lock and writes nothing when the listing is kept", async () => {
  await using world = await loaded();
  const before = await snapshot(world.cache);
  await check(world);
  assertEquals(await snapshot(world.cache), before);
});

Deno.test("checkSymbols() notes a jump as at a split of a stock, and is clean", async () => {
  const from = files.dates[30]!;
  const thirds: Edit = (fields) =>
    fields.map((field, i) => 2 <= i && i <= 5 ? String(Number(field) / 3) : field);
  await using world = await loadedWith(
    Object.fromEntries(files.dates.filter((date) => date >= from).map((date) => [date, thirds])),
  );
  const { symbols, clean } = await check(world);
  const truth = files.truth("TSLA");
  assertEquals([clean, symbols.TSLA?.findings], [true, [{
    kind: "split-like-jump",
    severity: "note",
    dates: [from],
    ratio: "3:1",
    priceRatio: truth[30]!.open / 3 / truth[29]!.close,
    text: "the price jumps as at a split of 3:1",
    key: files.keyOf(from),
  }]]);
});

Deno.test("checkSymbols() of an interval checks the files that its bars are made from", async () => {
  const span = { from: "2025-10-06", to: "2025-10-10" };
  const minutes = generateStockMinutes({ ...span, tickers: ["TSLA"] });
  await using world = await World.open([minutes]);
  await world.load(["TSLA"], { ...span, interval: "5m" });
  const { symbols, clean } = await check(world, { ...span, interval: "5m" });
  const { dataset, bars, cached, findings } = symbols.TSLA!;
  assertEquals([clean, dataset, cached, findings], [true, "us_stocks_sip/minute_aggs_v1", 5, []]);
  assertEquals(bars, minutes.truth("TSLA").length);
});

Deno.test("checkSymbols() finds a symbol that was loaded as another asset than its form says", async () => {
  const forex = generateForexDays(QUARTER);
  await using world = await World.open([forex]);
  const options = { ...QUARTER, asset: "forex" };
  await world.load(["EURUSD"], options);
  const result = await check(world, options, ["EURUSD"]);
  assertEquals([result.clean, result.symbols.EURUSD?.cached], [true, forex.dates.length]);
});

async function snapshot(directory: string): Promise<[string, number | undefined][]> {
  const paths = (await Array.fromAsync(filesUnder(directory))).sort();
  return await Promise.all(paths.map(async (path) => {
    return [path, (await Deno.lstat(path)).mtime?.getTime()] as [string, number | undefined];
  }));
}

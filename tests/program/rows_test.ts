/** What a run, the runs after it, `check` and the library's readers make of odd rows. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  type FlatFiles,
  generateCryptoDays,
  generateForexDays,
  generateOptionDays,
  generateStockDays,
  gzipText,
  type TrueBar,
} from "../../fixtures/flat_files.ts";
import { generateStockMinutes } from "../../fixtures/minute_files.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeEntry } from "../../lib/cache/entry.ts";
import { KeptRecord } from "../../lib/cache/record.ts";
import { type Bar, openCache, readBars } from "../../mod.ts";
import { type Ended, IN_QUARTER, QUARTER, stockFiles, World } from "./harness.ts";
import { readEntry } from "../cache/samples.ts";

const files = stockFiles();

/** A world whose files of some dates are edited, as text. */
async function worldWith(
  edits: Readonly<Record<string, (text: string) => string>>,
  of: FlatFiles = files,
): Promise<World> {
  const world = await World.open([of]);
  for (const [date, edit] of Object.entries(edits)) {
    world.s3.objects.put(of.keyOf(date), gzipText(edit(of.file(date).text)));
  }
  return world;
}

/** Puts lines behind a ticker's, or in their place. */
const editLines = (ticker: string, edit: (line: string) => string) => (text: string) =>
  text.replace(new RegExp(`^${ticker},.*$`, "gm"), edit);

/** Puts a value in the place of a column: volume, open, close, high, low, start, transactions. */
const put = (column: number, value: string) => (line: string) =>
  line.split(",").with(column, value).join(",");

/** Every bar of a symbol in the cache, as `readBars()` gives them. */
async function barsIn(world: World, symbol: string, interval = "1d"): Promise<Bar[]> {
  const request = { symbols: [symbol], from: "2000-01-01", to: "2030-01-01", interval };
  const batches = await Array.fromAsync(readBars(await openCache(world.cache), request));
  return batches.flatMap(({ bars }) => bars);
}

/** The lines of a run that are no progress. */
const said = ({ stderr }: Ended) =>
  stderr.trimEnd().split("\n").filter((line) => /^(❌|❗|🔶|✅|⚡|❓|🔒| {3}\S)/u.test(line));

const without = (bars: readonly TrueBar[], date: string) => bars.filter((bar) => bar.date !== date);

Deno.test("flatfetch TSLA AAPL (a volume of TSLA is empty on a day) exits 3 and has all of AAPL", async () => {
  const date = files.dates[30]!;
  await using world = await worldWith({ [date]: editLines("TSLA", put(1, "")) });
  const line = files.file(date).text.split("\n").findIndex((line) => line.startsWith("TSLA,")) + 1;
  const message = `Cannot read "TSLA" in "${files.keyOf(date)}", line ${line}: ` +
    'column "volume" is "", want a number';
  const argv = ["TSLA", "AAPL", ...IN_QUARTER];
  const first = await world.run([...argv, "--json"]);
  assertEquals(said(first), [
    `❌ ${message}`,
    "✅ SUCCESS: Cached 60 days of AAPL data",
    "   Date range: 2025-01-02 to 2025-03-31",
    "🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
    "   Date range: 2025-01-02 to 2025-03-31",
  ]);
  const failures = [{
    symbol: "TSLA",
    key: files.keyOf(date),
    date,
    cause: "a row of it cannot be read",
    message,
  }];
  assertEquals(JSON.parse(first.stdout).failures, failures);
  world.s3.clearRequests();
  const second = await world.run([...argv, "-o", "-"]);
  assertEquals(said(second), [
    `❌ ${message}`,
    "⚡ Cache hit - AAPL: 60 days, 2025-01-02 to 2025-03-31 (checked just now)",
    "🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
    "   Date range: 2025-01-02 to 2025-03-31",
  ]);
  assertEquals(second.stdout.trimEnd().split("\n").length, 1 + 60 + 59);
  const { bars, summary } = await world.load(["TSLA", "AAPL"], QUARTER);
  assertEquals([bars.TSLA, bars.AAPL], [
    without(files.truth("TSLA"), date),
    files.truth("AAPL"),
  ]);
  assertEquals([summary.complete, summary.failures], [false, failures]);
  assertEquals([summary.symbols.TSLA?.missing, summary.symbols.AAPL?.missing], [1, 0]);
  assertEquals(await barsIn(world, "TSLA"), without(files.truth("TSLA"), date));
  const checked = await world.run(["check", ...argv]);
  assertEquals(checked.stdout.split("\n").slice(1), [
    `TSLA    problem   ${message}     1  ${date}`,
    "",
  ]);
  const [list] = (await (await openCache(world.cache)).list()).filter(({ ticker }) =>
    ticker === "TSLA"
  );
  assertEquals([list?.bars, list?.files], [59, 60]);
  assertEquals(world.s3.requests, []);
  assertEquals([first.code, second.code, checked.code], [3, 3, 3]);
  world.s3.objects.put(files.keyOf(date), files.file(date).bytes);
  assertEquals(
    (await world.load(["TSLA"], { ...QUARTER, refresh: true })).bars.TSLA,
    files.truth("TSLA"),
  );
  assertEquals((await world.run(argv)).code, 0);
});

Deno.test("flatfetch TSLA AAPL (rows of TSLA with too few fields, a lost quote, no stamp) has all of AAPL", async () => {
  const [a, b, c] = [files.dates[0]!, files.dates[30]!, files.dates[59]!];
  await using world = await worldWith({
    [a]: editLines("TSLA", (line) => line.slice(0, line.lastIndexOf(","))),
    [b]: editLines("TSLA", (line) => `"${line}`),
    [c]: editLines("TSLA", put(6, "1e18")),
  });
  const { bars, summary } = await world.load(["TSLA", "AAPL"], QUARTER);
  assertEquals(bars.AAPL, files.truth("AAPL"));
  assertEquals(bars.TSLA, files.truth("TSLA").filter(({ date }) => ![a, b, c].includes(date)));
  assertEquals(summary.failures.map(({ message }) => message.replace(/^.*line \d+: /, "")), [
    "it has 7 fields, want 8",
    "a quote does not end on its line",
    'column "window_start" is "1e18", want nanoseconds since the epoch',
  ]);
  assertEquals(summary.symbols.AAPL?.findings?.map(({ kind, dates }) => [kind, dates]), [
    ["odd-file", [b]],
  ]);
});

/** The records of a ticker as a run of an older version has left them. */
async function editEntry(
  world: World,
  { dataset, ticker }: { dataset: string; ticker: string },
  edit: (rows: number[][], key: string) => number[][],
): Promise<void> {
  const path = new CacheDirectory(world.cache).entryPath(dataset, ticker);
  const { of, records } = (await readEntry(path))!;
  const edited = Array.from(
    records.values(),
    ({ key, size, etag, rows }) =>
      KeptRecord.of({ key, size, etag, rows: edit(rows as number[][], key) }),
  );
  await writeEntry(path, of, edited);
}

Deno.test("flatfetch TSLA (a row comes twice) counts it once, also from an older cache", async () => {
  const date = "2025-02-04";
  await using world = await worldWith({ [date]: editLines("TSLA", (line) => `${line}\n${line}`) });
  const dayBars = files.truth("TSLA");
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, dayBars);
  assertEquals([summary.symbols.TSLA?.bars, summary.symbols.TSLA?.findings], [60, undefined]);
  await editEntry(world, { dataset: files.dataset, ticker: "TSLA" }, (rows) => [...rows, ...rows]);
  world.s3.clearRequests();
  const again = await world.load(["TSLA"], QUARTER);
  assertEquals([again.bars.TSLA, again.summary.symbols.TSLA?.bars], [dayBars, 60]);
  assertEquals(await barsIn(world, "TSLA"), dayBars);
  const weeks = await world.load(["TSLA"], { ...QUARTER, interval: "1wk" });
  const sum = (bars: readonly { volume: number | null }[]) =>
    bars.reduce((total, { volume }) => total + volume!, 0);
  assertEquals(sum(weeks.bars.TSLA!), sum(dayBars));
  assertEquals((await (await openCache(world.cache)).list())[0]?.bars, 60);
  const { code, stdout } = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertEquals([code, stdout, world.s3.requests], [0, "", []]);
});

Deno.test("flatfetch TSLA (two rows of a day differ) says so with both values, takes the later", async () => {
  const date = "2025-02-04";
  const edit = (line: string) => `${line}\n${put(1, "5")(line)}`;
  await using world = await worldWith({ [date]: editLines("TSLA", edit) });
  const volume = files.truth("TSLA").find((bar) => bar.date === date)!.volume;
  const text = `two rows differ: volume ${volume} and 5; the later counts`;
  const want = files.truth("TSLA").map((bar) => bar.date === date ? { ...bar, volume: 5 } : bar);
  for (const sign of ["✅", "⚡"]) {
    const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
    assertMatch(stderr, new RegExp(`^❗ TSLA: ${date}: ${text}$`, "m"));
    assertMatch(stderr, new RegExp(`^${sign} `, "mu"));
    assertEquals(code, 0);
  }
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, want);
  assertEquals(await barsIn(world, "TSLA"), want);
  const finding = { kind: "stamp-repeated", severity: "warning", dates: [date], text } as const;
  assertEquals(summary.symbols.TSLA?.findings, [finding]);
  const checked = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertEquals(checked.stdout.split("\n")[1], `TSLA    warning   ${text}     1  ${date}`);
});

const MINUTES = { from: "2025-03-06", to: "2025-03-11" };
const minuteFiles = generateStockMinutes({ ...MINUTES, tickers: ["TSLA", "AAPL"] });
const minutes = { ...MINUTES, interval: "1m" } as const;

for (const [unit, digits] of [["microseconds", 3], ["milliseconds", 6], ["seconds", 9]] as const) {
  Deno.test(`flatfetch TSLA AAPL -i 1m (a file with ${unit}) exits 3 and names line and stamp`, async () => {
    const date = "2025-03-07";
    const edit = editLines("TSLA", (line) => put(6, line.split(",")[6]!.slice(0, -digits))(line));
    await using world = await worldWith({ [date]: edit }, minuteFiles);
    const argv = ["TSLA", "AAPL", "-i", "1m", "--from", MINUTES.from, "--to", MINUTES.to];
    const lines = minuteFiles.file(date).text.split("\n");
    const line = lines.findIndex((line) => line.startsWith("TSLA,"));
    const stamp = lines[line]!.split(",")[6]!.slice(0, -digits);
    const found = `", line ${line + 1}: column "window_start" is "${stamp}", want nanoseconds of ` +
      `${date} or of a day beside it`;
    for (let run = 0; run < 2; run++) {
      const { code, stderr } = await world.run(argv);
      assertEquals(stderr.split("\n").filter((line) => line.includes(found)).length, 1);
      assertEquals(code, 3);
    }
    const { bars } = await world.load(["TSLA", "AAPL"], minutes);
    assertEquals(bars.AAPL, minuteFiles.truth("AAPL"));
    assertEquals(bars.TSLA, without(minuteFiles.truth("TSLA"), date));
  });
}

Deno.test("flatfetch TSLA -i 1m (an older cache has minutes of 1970, and some twice) tells the one and mends the other", async () => {
  await using world = await World.open([minuteFiles]);
  await world.load(["TSLA"], minutes);
  const [strange = "", doubled = "", differing = ""] = minuteFiles.dates;
  await editEntry(world, { dataset: minuteFiles.dataset, ticker: "TSLA" }, (rows, key) => {
    if (key.includes(strange)) {
      return rows.map(([ms, ...more]) => [Math.floor(ms! / 1e6), ...more]);
    }
    if (key.includes(doubled)) return rows.flatMap((row) => [row, row]);
    if (key.includes(differing)) return [...rows, rows.at(-1)!.with(5, 7)];
    return rows;
  });
  world.s3.clearRequests();
  const { bars, summary } = await world.load(["TSLA"], minutes);
  const want = without(minuteFiles.truth("TSLA"), strange);
  const last = want.findLastIndex(({ date }) => date === differing);
  want[last] = { ...want[last]!, volume: 7 };
  assertEquals(bars.TSLA, want);
  assertEquals(await barsIn(world, "TSLA", "1m"), want);
  assertEquals(summary.failures.map(({ symbol, date }) => [symbol, date]), [["TSLA", strange]]);
  assertMatch(summary.failures[0]!.message, /column "window_start" is 1970-01-01T00:29:\S+, want /);
  assertEquals(summary.symbols.TSLA?.findings?.map(({ kind, dates }) => [kind, dates]), [
    ["stamp-repeated", [differing]],
  ]);
  assertEquals([summary.complete, world.s3.requests], [false, []]);
  const { code, stdout } = await world.run([
    "check",
    "TSLA",
    "-i",
    "1m",
    "--from",
    MINUTES.from,
    "--to",
    MINUTES.to,
  ]);
  assertMatch(stdout, new RegExp(`^TSLA +problem +Cannot read "TSLA" in .* +1 +${strange}$`, "m"));
  assertMatch(
    stdout,
    new RegExp(`^TSLA +warning +two rows of ${differing}T.* +1 +${differing}$`, "m"),
  );
  assertEquals(code, 3);
});

/** Day files around the changes of New York's clocks, and two that the vendor has with wrong stamps. */
const DAYS: readonly (readonly [symbol: string, ticker: string, FlatFiles, string])[] = [
  [
    "TSLA",
    "TSLA",
    generateStockDays({ from: "2019-08-09", to: "2019-08-14", tickers: 40 }),
    "2019-08-12",
  ],
  [
    "TSLA",
    "TSLA",
    generateStockDays({ from: "2025-03-06", to: "2025-03-12", tickers: 40 }),
    "2025-03-10",
  ],
  [
    "TSLA",
    "TSLA",
    generateStockDays({ from: "2024-10-31", to: "2024-11-05", tickers: 40 }),
    "2024-11-04",
  ],
  [
    "O:SPY251219C00650000",
    "O:SPY251219C00650000",
    generateOptionDays({ from: "2025-02-06", to: "2025-02-12" }),
    "2025-02-10",
  ],
  [
    "BTC-USD",
    "X:BTC-USD",
    generateCryptoDays({ from: "2025-03-07", to: "2025-03-11" }),
    "2025-03-09",
  ],
  [
    "EURUSD=X",
    "C:EUR-USD",
    generateForexDays({ from: "2025-03-07", to: "2025-03-11" }),
    "2025-03-09",
  ],
];

for (const [symbol, ticker, of, date] of DAYS) {
  Deno.test(`flatfetch ${symbol} (day stamps of ${date} are of another day) has the stamp of the key's date`, async () => {
    const span = { from: of.dates[0]!, to: of.dates.at(-1)! };
    for (const stamp of ["-68400000000000", "1565668800000000000", "1741500000000", "0"]) {
      await using world = await worldWith({ [date]: editLines(ticker, put(6, stamp)) }, of);
      const { bars, summary } = await world.load([symbol], span);
      assertEquals(bars[symbol], of.truth(ticker));
      assertEquals(await barsIn(world, symbol), of.truth(ticker));
      assertEquals(summary.complete, true);
    }
  });
}

Deno.test("flatfetch TSLA (CR alone ends the lines of a file) has every bar", async () => {
  const crOnly = (text: string) => text.replaceAll("\n", "\r");
  const members = (text: string) => `${text}\ufeff${text.split("\n")[0]}\n\n`;
  await using world = await worldWith({ "2025-02-04": crOnly, "2025-02-05": members });
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals([code, stderr.includes("❗")], [0, false]);
  assertEquals((await world.load(["TSLA"], QUARTER)).bars.TSLA, files.truth("TSLA"));
});

Deno.test("flatfetch TSLA AAPL (a file without rows, one with a quote that does not end) warns with the dates", async () => {
  const [empty, quoted] = ["2025-02-04", "2025-02-06"];
  await using world = await worldWith({
    [empty]: (text) => text.slice(0, text.indexOf("\n") + 1),
    [quoted]: (text) => text.replace("\n", '\n"XYZ,1,1,1,1,1,1,1\n'),
  });
  const argv = ["TSLA", "AAPL", ...IN_QUARTER];
  const warnings = [
    `❗ TSLA, AAPL: ${empty}: the file has no row`,
    `❗ TSLA, AAPL: ${quoted}: line 2 of the file: a quote does not end on its line`,
  ];
  for (let run = 0; run < 2; run++) {
    const ended = await world.run(argv);
    assertEquals(said(ended).slice(0, 2), warnings);
    assertEquals(ended.code, 0);
  }
  assertEquals(
    (await world.load(["TSLA"], QUARTER)).bars.TSLA,
    without(files.truth("TSLA"), empty),
  );
  const { code, stdout } = await world.run(["check", "AAPL", ...IN_QUARTER]);
  assertMatch(stdout, new RegExp(`^AAPL +warning +the file has no row +1 +${empty}$`, "m"));
  assertMatch(stdout, new RegExp(`^AAPL +warning +line 2 of the file: .* +1 +${quoted}$`, "m"));
  assertEquals(code, 3);
});

const YEAR = { from: "2022-01-03", to: "2022-12-30" };
const IN_YEAR = ["--from", YEAR.from, "--to", YEAR.to];

Deno.test("flatfetch TSLA (93 files lack it, then another price) says so in one line, of no split", async () => {
  const of = generateStockDays({ ...YEAR, tickers: 40 });
  const [first, last] = [of.dates[20]!, of.dates[112]!];
  const gone = of.dates.slice(20, 113);
  const another = editLines("TSLA", (line) => {
    const fields = line.split(",");
    const prices = fields.slice(2, 6).map((price) => String(Number(price) * 12));
    return [...fields.slice(0, 2), ...prices, ...fields.slice(6)].join(",");
  });
  await using world = await worldWith({
    ...Object.fromEntries(of.dates.slice(113).map((date) => [date, another])),
    ...Object.fromEntries(gone.map((date) => [date, editLines("TSLA", () => "")])),
  }, of);
  const text = `no bar from ${first} to ${last} (93 files): before, the ticker may have been ` +
    "another company's";
  for (let run = 0; run < 2; run++) {
    const { code, stderr } = await world.run(["TSLA", ...IN_YEAR]);
    assertEquals(stderr.split("\n").filter((line) => line.startsWith("❗")), [`❗ TSLA: ${text}`]);
    assertEquals(code, 0);
  }
  const { stdout } = await world.run(["check", "TSLA", ...IN_YEAR, "--json"]);
  const { findings } = JSON.parse(stdout).symbols.TSLA;
  assertEquals(findings, [{ kind: "gap", severity: "warning", dates: gone, text }]);
});

Deno.test("flatfetch TSLA (the newest 15 files lack it) says since when there is no bar", async () => {
  const gone = files.dates.slice(-15);
  await using world = await worldWith(
    Object.fromEntries(gone.map((date) => [date, editLines("TSLA", () => "")])),
  );
  const { code, stderr } = await world.run(["TSLA", "AAPL", ...IN_QUARTER]);
  const text = `❗ TSLA: no bar after ${
    files.dates.at(-16)
  } (15 files): delisted, or under another ticker`;
  assertEquals(stderr.split("\n").filter((line) => /no bar/.test(line)), [text]);
  assertEquals(code, 0);
});

Deno.test("flatfetch TSLA (a file fails before a jump) tells it on the next day that has a bar", async () => {
  const half = editLines("TSLA", (line) => {
    const fields = line.split(",");
    return [
      ...fields.slice(0, 2),
      ...fields.slice(2, 6).map((price) => String(Number(price) / 4)),
      ...fields.slice(6),
    ].join(",");
  });
  const from = 30;
  await using world = await worldWith(
    Object.fromEntries(files.dates.slice(from).map((date) => [date, half])),
  );
  const jump = new RegExp(`TSLA jumps as at a split on ${files.dates[from]} \\(4:1\\)`);
  const whole = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(whole.stderr, jump);
  const key = files.keyOf(files.dates[from]!);
  world.s3.objects.put(
    key,
    gzipText(editLines("TSLA", put(1, "x"))(files.file(files.dates[from]!).text)),
  );
  const { stderr, code } = await world.run(["TSLA", ...IN_QUARTER, "--refresh"]);
  const next = `${files.dates[from + 1]}: the price jumps as at a split of 4:1`;
  assertEquals([stderr.includes(next), jump.test(stderr), code], [true, false, 3]);
  const { stdout } = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertMatch(
    stdout,
    new RegExp(`note +the price jumps as at a split of 4:1.* ${files.dates[from + 1]}\n`),
  );
});

Deno.test("flatfetch TSLA -i 1m (a file is a copy of its neighbour's) says the same as check", async () => {
  const minutes = generateStockMinutes({ from: "2025-03-03", to: "2025-03-05", tickers: ["TSLA"] });
  const [before, date] = minutes.dates as [string, string];
  await using world = await worldWith({ [date]: () => minutes.file(before).text }, minutes);
  const period = ["--from", "2025-03-03", "--to", "2025-03-05", "--json"];
  const stampsIn = ({ stdout }: Ended, symbol: string) =>
    (JSON.parse(stdout).symbols[symbol].findings as { kind: string; text: string }[])
      .filter(({ kind }) => kind === "stamp-outside-date");
  for (const [symbol, argv] of [["TSLA", ["-i", "1m"]], ["TSL*", ["-i", "1h"]]] as const) {
    for (const _ of ["downloads", "is cached"]) {
      const run = await world.run([symbol, ...argv, ...period]);
      const check = await world.run(["check", symbol, ...argv, ...period]);
      const [found] = stampsIn(run, symbol);
      assertMatch(found!.text, /the stamp is 2025-03-03T.*, and \d+ more such bars$/);
      assertEquals(
        stampsIn(check, symbol),
        stampsIn(run, symbol).map((one) => ({ ...one, key: minutes.keyOf(date) })),
      );
    }
  }
});

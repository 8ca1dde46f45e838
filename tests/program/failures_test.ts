/** What a run does about files that cannot be had. */

import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertRejects,
} from "@std/assert";
import { generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import type { FaultName } from "../../fixtures/s3_server.ts";
import { S3Error } from "../../mod.ts";
import { DEFAULT_CONCURRENCY } from "../../lib/settings.ts";
import { type Ended, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

/** Six attempts in each of three passes. */
const ATTEMPTS = 18;

/** The lines between the last one of progress and that of the end, but for the count of retries. */
function account({ stderr }: Ended): string[] {
  const lines = stderr.trimEnd().split("\n");
  return lines.slice(1 + lines.findLastIndex((line) => line.startsWith("⏳")))
    .filter((line) => !/^… and \d+ more retr|^🏁 Ended: /.test(line));
}

/** Faults of a file's every answer: how it is told, and how often it is asked for. */
const LASTING: readonly (readonly [FaultName, cause: string, gets: number])[] = [
  ["bit-flip", "its MD5 differs from the listing's", ATTEMPTS],
  ["short-body", "its length differs from the listing's", ATTEMPTS],
  ["internal-error", "the server answered InternalError (500)", ATTEMPTS],
  ["reset-in-body", "the connection failed", ATTEMPTS],
];

for (const [fault, cause, gets] of LASTING) {
  Deno.test(`flatfetch TSLA (one file with ${fault} for ever) exits 3 and names it`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    const date = files.dates[30]!;
    const key = files.keyOf(date);
    world.s3.faults.add(fault, { key });
    const first = await world.run(["TSLA", ...IN_QUARTER]);
    assertMatch(
      first.stderr,
      new RegExp(`^❌ Failed: ${key}: ${cause.replace(/[()]/g, ".")}$`, "m"),
    );
    assertEquals(account(first), [
      "❌ 1 file failed, to be tried again by the next run:",
      `   ${cause}: ${date} (1 file)`,
      "🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
      "   Date range: 2025-01-02 to 2025-03-31",
    ]);
    const asked = world.takeGets();
    assertEquals(asked.filter((one) => one === key).length, gets);
    assertEquals([...new Set(asked)], keysOf(files));
    const second = await world.load(["TSLA"], QUARTER);
    const others = files.truth("TSLA").filter((bar) => bar.date !== date);
    assertEquals(second.bars.TSLA, others);
    assertEquals([second.summary.complete, second.summary.symbols.TSLA?.cached], [false, false]);
    assertEquals(new Set(world.takeGets()), new Set([key]));
    world.s3.faults.clear();
    const third = await world.load(["TSLA"], QUARTER);
    assertEquals(third.bars.TSLA, files.truth("TSLA"));
    assertEquals(world.takeGets(), [key]);
    assertEquals(first.code, 3);
  });
}

Deno.test("flatfetch TSLA (one file missing) exits 3", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const date = files.dates[30]!;
  world.s3.faults.add("not-found", { key: files.keyOf(date) });
  const ended = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals(account(ended).slice(0, 3), [
    "❌ 1 file failed, to be tried again by the next run:",
    `   the server answered NoSuchKey (404): ${date} (1 file)`,
    "🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
  ]);
  assertEquals(ended.code, 3);
});

Deno.test("flatfetch TSLA (damaged gzip, missing column) exits 3 and tells them apart", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const [gzip, column, newest] = [files.dates[10]!, files.dates[20]!, files.dates.at(-1)!];
  const bytes = files.file(gzip).bytes;
  bytes[bytes.length - 5]! ^= 1;
  world.s3.objects.put(files.keyOf(gzip), bytes);
  for (const date of [column, newest]) {
    const text = files.file(date).text.replace(",close,", ",closing,");
    world.s3.objects.put(files.keyOf(date), gzipText(text));
  }
  const ended = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals(account(ended), [
    "❌ 3 files failed, to be tried again by the next run:",
    `   it cannot be read as a flat file: ${column}, ${newest} (2 files)`,
    `   its gzip is damaged: ${gzip} (1 file)`,
    "🔶 INCOMPLETE: Cached 57 days of TSLA data, 3 files missing",
    `   Date range: 2025-01-02 to ${files.dates.at(-2)}`,
  ]);
  assertEquals(ended.code, 3);
  world.s3.clearRequests();
  assertEquals((await world.load(["TSLA"], QUARTER)).summary.files.failed, 3);
  assertEquals(new Set(world.takeGets()), new Set([gzip, column, newest].map(files.keyOf)));
});

Deno.test("preload() delivers the other files when the newest fails", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates.at(-1)!);
  world.s3.faults.add("bit-flip", { key });
  const { bars, summary } = await world.load(["TSLA", "AAPL"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA").slice(0, -1));
  assertEquals(bars.AAPL, files.truth("AAPL").slice(0, -1));
  assertEquals(summary.failures.map((failure) => failure.key), [key]);
});

Deno.test("flatfetch TSLA (every file fails) does not say that TSLA is in none of them", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
  await using world = await World.open([files]);
  world.s3.faults.add("bit-flip", { key: /gz$/ });
  const ended = await world.run(["TSLA", "--from", "2025-01-02", "--to", "2025-01-03"]);
  assertEquals(account(ended), [
    "❌ 2 files failed, to be tried again by the next run:",
    "   its MD5 differs from the listing's: 2025-01-02 … 2025-01-03 (2 files)",
  ]);
  assertEquals(ended.code, 3);
});

Deno.test("flatfetch TSLA (a span refused) asks for each once and names the span, exits 3", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("access-denied", { key: /2025-01-..\.csv\.gz$/ });
  const ended = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals(account(ended), [
    "🔒 not included in your plan: 2025-01-02 … 2025-01-31 (20 files)",
    "   Run with --from 2025-02-03 for what your plan includes.",
    "🔶 INCOMPLETE: Cached 40 days of TSLA data, 20 files missing",
    "   Date range: 2025-02-03 to 2025-03-31",
  ]);
  assertEquals(ended.stderr.match(/🔒/g)?.length, 1);
  assertEquals(world.takeGets(), keysOf(files));
  assertEquals(ended.code, 3);
  const again = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(again.stderr, /^ {3}Run with --from 2025-02-03 for what your plan includes\.$/m);
  const refused = keysOf(files).slice(0, 20);
  assertEquals(world.takeGets(), refused);
  assertEquals((await world.load(["TSLA"], QUARTER)).summary.files.refused, 20);
  assertEquals(world.takeGets(), refused);
  world.s3.faults.clear();
  assertEquals((await world.load(["TSLA"], QUARTER)).bars.TSLA, files.truth("TSLA"));
  assertEquals(world.takeGets(), refused);
});

Deno.test("preload() delivers the other files when the recent ones are refused", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("access-denied", { key: /2025-03-..\.csv\.gz$/ });
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA").filter(({ date }) => date < "2025-03"));
  assertEquals([summary.files.refused, summary.complete], [21, false]);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch TSLA -j 1 (everything refused) exits 4 after five objects", async () => {
  const files = generateStockDays({ from: "2024-04-01", to: "2025-03-31", tickers: 17 });
  await using world = await World.open([files]);
  world.s3.faults.add("access-denied", { key: /gz$/ });
  const argv = ["TSLA", "-p", "1y", "--to", "2025-03-31"];
  const { code, stderr } = await world.run([...argv, "-j", "1"]);
  assertMatch(
    stderr,
    /^❌ Cannot download: the server refuses each of 5 files from the whole period; /m,
  );
  assertMatch(stderr, /^ {3}Ask for other dates with --from and --to, or see your plan\.$/m);
  const [first, last] = [files.dates[0]!, files.dates.at(-1)!];
  const gets = world.takeGets();
  assertEquals([gets.length, gets[0], gets[4]], [5, files.keyOf(first), files.keyOf(last)]);
  assertEquals(code, 4);
  assertEquals((await world.run(argv)).code, 4);
  assert(world.takeGets().length < files.dates.length);
});

Deno.test("flatfetch TSLX exits 7, having warned before the bulk of downloads", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  let warnedAfter: string[] = [];
  const { summary } = await world.load(["TSLX"], {
    ...QUARTER,
    reporter: ({ type }) => {
      if (type === "unknown-ticker") warnedAfter = world.takeGets();
    },
  });
  assertEquals(warnedAfter.includes(files.keyOf("2025-03-31")), true);
  assertLessOrEqual(warnedAfter.length, 2 * DEFAULT_CONCURRENCY);
  assertEquals([...warnedAfter, ...world.takeGets()].toSorted(), keysOf(files));
  assertEquals([summary.symbols.TSLX?.bars, summary.symbols.TSLX?.suggestions?.[0]], [0, "TSLA"]);
  const { code, stderr } = await world.run(["MSFX", ...IN_QUARTER]);
  const lines = stderr.split("\n");
  const warned = lines.findIndex((line) =>
    line.startsWith("❗ MSFX is not in the newest file (2025-03-31); did you mean MSFT")
  );
  assert(warned > 0 && warned < lines.findIndex((line) => line.startsWith("⏳")));
  assertMatch(stderr, /^❓ No data: MSFX is in none of the 60 files; did you mean MSFT/m);
  assertEquals(code, 7);
});

Deno.test("preload() ends at once when the keys expire while the newest file does not come", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const [newest, ...others] = keysOf(files).toReversed();
  world.s3.faults.add("stall-headers", { key: newest! });
  for (const key of others) world.s3.faults.add("expired-token", { key });
  const { code } = await assertRejects(() => world.load(["TSLA"], QUARTER), S3Error);
  assertEquals(code, "ExpiredToken");
});

Deno.test("flatfetch TSLA MSFX has the one, says that the other has no data, exits 7", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { code, stdout, stderr } = await world.run(
    ["TSLA", "MSFX", ...IN_QUARTER, "-o", "-", "-f", "ndjson"],
  );
  assertEquals(stdout.split("\n").length, 61);
  assertMatch(stderr, /^✅ SUCCESS: Cached 60 days of TSLA data$/m);
  assertMatch(stderr, /^❓ No data: MSFX is in none of the 60 files/m);
  assertEquals(code, 7);
});

Deno.test("flatfetch TSLA (no file in the span) exits 7", async () => {
  await using world = await World.open([stockFiles()]);
  const { code, stderr } = await world.run(
    ["TSLA", "--from", "2024-12-24", "--to", "2025-01-01", "-o", `${world.home}/out.csv`],
  );
  assertMatch(
    stderr,
    /^❓ No data: the bucket has no file for TSLA from 2024-12-24 to 2025-01-01$/m,
  );
  assertEquals(world.takeGets(), []);
  assertEquals(code, 7);
  for (const symbol of ["tsla", "TSL*"]) {
    const { stderr } = await world.run([symbol, "-p", "1d", "--to", "2025-01-04"]);
    assertMatch(stderr, /^❓ No data: the bucket has no file for \S+ on 2025-01-04$/m);
  }
  const { stderr: plan } = await world.run(["TSLA", "--dry-run", ...IN_QUARTER]);
  assertMatch(plan, /; the bucket was listed before$/m);
});

Deno.test("flatfetch TSLA -p 2y (the bucket begins later) says where it begins, as check does", async () => {
  await using world = await World.open([stockFiles()]);
  const argv = ["-p", "2y", "--to", QUARTER.to];
  const text = "the bucket begins here; the period begins on 2023-04-01";
  for (const symbol of ["TSLA", "TSL*"]) {
    const { code, stderr } = await world.run([symbol, ...argv]);
    assertEquals([code, stderr.includes(`2025-01-02: ${text}\n`)], [0, true], stderr);
  }
  const { code, stdout } = await world.run(["check", "TSLA", ...argv]);
  assertEquals([code, stdout.includes(text)], [0, true], stdout);
  assertNotMatch((await world.run(["TSLA", "-p", "max", "--to", QUARTER.to])).stderr, /begins/);
  assertNotMatch((await world.run(["TSLA", ...IN_QUARTER])).stderr, /begins/);
});

Deno.test("flatfetch TSLA (the bucket begins before the vendor's first date) loads what is asked for, and says where max begins", async () => {
  const older = stockFiles({ from: "2002-12-30", to: "2003-01-03" });
  const newer = stockFiles({ from: "2003-09-10", to: "2003-09-12" });
  await using world = await World.open([older, newer]);
  const to = ["--to", "2003-12-31"];
  const max = await world.run(["TSLA", "AAPL", "-p", "max", ...to, "--json"]);
  const text = "The bucket has files of us_stocks_sip/day_aggs_v1 since 2002-12-30, and max " +
    "begins on 2003-09-10: give 2002-12-30 as the first date (--from) to have all";
  assertEquals([max.code, JSON.parse(max.stdout).symbols.TSLA.bars], [0, 3], max.stderr);
  assertEquals(max.stderr.split(text).length, 2, max.stderr);
  for (const argv of [["TSLA", "--dry-run"], ["check", "TSLA"], ["chart", "TSLA"]]) {
    const { stderr } = await world.run([...argv, "-p", "max", ...to]);
    assertEquals(stderr.split(text).length, 2, stderr);
  }
  const all = await world.run(["TSLA", "--from", "1990-01-01", ...to, "--json"]);
  assertEquals([all.code, JSON.parse(all.stdout).symbols.TSLA.bars], [0, 3 + 4], all.stderr);
  assertEquals(all.stderr.includes(text), false);
  const old = await world.run(["TSLA", "-p", "max", "--to", "2002-12-31", "--json"]);
  assertEquals([old.code, JSON.parse(old.stdout).symbols.TSLA.bars], [0, 2], old.stderr);
  assertEquals(old.stderr.includes("max begins"), false);
  const hit = await world.run(["TSLA", "-p", "max", ...to, "--offline"]);
  assertEquals([hit.code, hit.stderr.includes(text)], [0, true], hit.stderr);
  const check = await world.run(["check", "TSLA", "--from", "1990-01-01", ...to]);
  assertMatch(check.stderr, /clean; 7 bars in 7 files, 2002-12-30 to 2003-09-12/);
});

Deno.test("flatfetch TSLA (two passing faults on each file) exits 0", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-31" });
  await using world = await World.open([files]);
  for (const key of keysOf(files)) {
    world.s3.faults.add("short-chunked", { key, times: 1 });
    world.s3.faults.add("internal-error", { key, times: 1 });
  }
  const { code, stderr } = await world.run(["TSLA", "-p", "1mo", "--to", "2025-01-31"]);
  assertMatch(stderr, /^✅ SUCCESS: Cached 20 days of TSLA data$/m);
  assertEquals([code, world.takeGets().length], [0, 60]);
});

Deno.test("flatfetch TSLA ignores objects that are no flat files", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const bytes = gzipText("this,is,no\nflat,file,1\n");
  const { dataset } = files;
  for (
    const name of [
      "2025/README.txt",
      "2025/03/2025-03-07.csv.gz.bak",
      "2025/03/2025-03-07.csv",
      "2025/03/2025-03-07 (copy).csv.gz",
      "2025/03/Übersicht & <alles> ☃.csv.gz",
      "2025/03/a+b=c%20d.csv.gz",
      "2025/04/2025-03-07.csv.gz",
      "2025/03/2025-03-07.csv.gz/2025-03-07.csv.gz",
    ]
  ) world.s3.objects.put(`${dataset}/${name}`, bytes);
  world.s3.objects.put(`${dataset}/2025/03/`, new Uint8Array());
  world.s3.objects.put(`${dataset}2/2025/03/2025-03-07.csv.gz`, bytes);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, /^📁 Found 60 files to process$/m);
  assertEquals(world.takeGets(), keysOf(files));
  assertEquals(code, 0);
  assertEquals((await world.load(["TSLA"], QUARTER)).bars.TSLA, files.truth("TSLA"));
});

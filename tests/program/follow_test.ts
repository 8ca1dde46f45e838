/** Companies that are followed through their tickers, by the command line. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { companyOf } from "../../fixtures/companies.ts";
import {
  RENAMED_CLOSES,
  RENAMED_COMPANIES,
  RENAMED_SPAN,
  renamedFiles,
} from "../../fixtures/renamed_files.ts";
import {
  FakeRest,
  type RestSplit,
  type RunningRest,
  serveRest,
} from "../../fixtures/rest_server.ts";
import type { ProgressEvent } from "../../mod.ts";
import { type Ended, filesUnder, World } from "./harness.ts";

const KEY = "CANARY_rest_key_0123456789";
const IN_SPAN = ["--from", RENAMED_SPAN.from, "--to", RENAMED_SPAN.to];

/** The program over a bucket and a REST API; the key must be nowhere in output and cache. */
class FollowWorld implements AsyncDisposable {
  readonly rest = new FakeRest({ key: KEY, splits: [], companies: RENAMED_COMPANIES });
  readonly world: World;
  readonly #server: RunningRest = serveRest(this.rest);

  private constructor(world: World) {
    this.world = world;
  }

  static async open(closes = RENAMED_CLOSES): Promise<FollowWorld> {
    const world = await World.open([]);
    for (const { key, bytes } of renamedFiles(closes)) world.s3.objects.put(key, bytes);
    return new FollowWorld(world);
  }

  async run(args: readonly string[]): Promise<Ended> {
    const env = { MASSIVE_API_ENDPOINT: this.#server.url, MASSIVE_API_KEY: KEY };
    const ended = await this.world.run([...args, ...IN_SPAN], { env });
    assertNotMatch(ended.stdout + ended.stderr, /CANARY_rest/i);
    return ended;
  }

  /** The bars as `SYMBOL TICKER MM-DD CLOSE`. */
  async bars(args: readonly string[]): Promise<string[]> {
    const { code, stdout, stderr } = await this.run([...args, "-o", "-"]);
    assertEquals(code, 0, stderr);
    const [header, ...lines] = stdout.trimEnd().split("\n");
    assertEquals(header, "symbol,ticker,date,timestamp,open,high,low,close,volume,transactions");
    return lines.map((line) => {
      const [symbol, ticker, date, , , , , close] = line.split(",");
      return `${symbol} ${ticker} ${date!.slice(5)} ${close}`;
    });
  }

  async write(name: string, text: string): Promise<string> {
    const path = `${this.world.home}/${name}`;
    await Deno.writeTextFile(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    for await (const path of filesUnder(this.world.cache)) {
      assertNotMatch(path + await Deno.readTextFile(path), /CANARY_rest/i);
    }
    await this.world[Symbol.asyncDispose]();
  }
}

const META = [
  "META FB 06-01 188",
  "META FB 06-02 198",
  "META FB 06-07 195",
  "META FB 06-08 196",
  "META META 06-09 184",
  "META META 06-10 175",
  "META META 06-13 164",
  "META META 06-14 163",
];

Deno.test("flatfetch META --follow has FB's bars before the change and nobody else's, in one pass", async () => {
  await using place = await FollowWorld.open();
  assertEquals(await place.bars(["META", "--follow"]), META);
  assertEquals(place.world.takeGets().length, Object.keys(RENAMED_CLOSES).length);
  const { stderr } = await place.run(["META", "--follow"]);
  assertStringIncludes(stderr, "META: FB to 2022-06-08, META from 2022-06-09");
  assertMatch(stderr, /Cache hit - META: 8 days/);
  assertEquals(place.world.takeGets(), []);
  assertEquals(place.rest.requests.length, 1);
  assertEquals(await place.bars(["META", "--follow", "--offline"]), META);
});

Deno.test("flatfetch META has what the files have under that name, and without the column", async () => {
  await using place = await FollowWorld.open();
  await place.run(["META", "--follow"]);
  const { stdout } = await place.run(["META", "-o", "-"]);
  const [header, ...lines] = stdout.trimEnd().split("\n");
  assertEquals(header, "symbol,date,timestamp,open,high,low,close,volume,transactions");
  assertEquals(lines.map((line) => line.split(",")[6]), "12 12 184 175 164 163".split(" "));
  // FB's entry is its own.
  const { stdout: fb } = await place.run(["FB", "-o", "-"]);
  assertEquals(fb.trimEnd().split("\n").length, 1 + 6);
  assertEquals(place.world.takeGets().length, Object.keys(RENAMED_CLOSES).length);
});

const HINT = /Run with --follow for the company's bars under all tickers/;

Deno.test("flatfetch META, FB and check (a ticker of two companies, some files apart) name --follow", async () => {
  await using place = await FollowWorld.open();
  const jumps = { META: "2022-06-09: the price jumps", FB: "2022-06-13: the price jumps" };
  for (const [symbol, jump] of Object.entries(jumps)) {
    const { stdout, stderr } = await place.run([symbol, "--json"]);
    assertStringIncludes(stderr, `❗ ${symbol}: ${jump} as at a split of `);
    assertMatch(stderr, HINT);
    const { findings } = JSON.parse(stdout).symbols[symbol];
    assertMatch(findings[0].text, /; before, the ticker may have been another company's$/);
    const check = await place.run(["check", symbol]);
    assertMatch(check.stdout + check.stderr, HINT);
    assertStringIncludes(check.stdout, findings[0].text);
    assertMatch((await place.run(["chart", symbol, "--html", "-"])).stdout, /another company's/);
    assertNotMatch((await place.run([symbol, "--follow"])).stderr, /another|jumps|--follow/);
  }
});

Deno.test("flatfetch META (a ticker that begins in the period) names --follow, and with it does not", async () => {
  const { "2022-06-01": _, "2022-06-02": __, ...closes } = RENAMED_CLOSES;
  const days = ["24", "25", "26", "27", "31"].map((day) =>
    [`2022-05-${day}`, { FB: 190 }] as const
  );
  await using place = await FollowWorld.open({ ...Object.fromEntries(days), ...closes });
  const span = ["--from", "2022-05-24", "--to", "2022-06-14"];
  const want = /no bar before 2022-06-09 \(7 files\): not listed, or under another ticker/;
  for (const command of [["META"], ["check", "META"]]) {
    const { stdout, stderr } = await place.world.run([...command, ...span]);
    assertMatch(stdout + stderr, want);
    assertMatch(stderr, HINT);
  }
  const renames = await place.write("renames.csv", "date,old,new\n2022-06-09,,META\n");
  const followed = await place.world.run(["META", ...span, "--renames", renames]);
  assertNotMatch(followed.stderr, /no bar before|--follow/);
});

Deno.test("flatfetch meta META --follow counts them as one", async () => {
  await using place = await FollowWorld.open();
  assertEquals(await place.bars(["meta", "META", "--follow"]), META);
  assertEquals(await place.bars(["META", "meta", "--follow"]), META);
});

Deno.test("flatfetch META --follow is not in want of what another company's row would be", async () => {
  await using place = await FollowWorld.open({
    ...RENAMED_CLOSES,
    "2022-06-02": { ...RENAMED_CLOSES["2022-06-02"], META: NaN },
    "2022-06-13": { ...RENAMED_CLOSES["2022-06-13"], FB: NaN },
  });
  assertEquals(await place.bars(["META", "--follow"]), META);
  await using other = await FollowWorld.open({ ...RENAMED_CLOSES, "2022-06-02": { FB: NaN } });
  const { code, stderr } = await other.run(["META", "--follow"]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, 'Cannot read "FB" in "us_stocks_sip/day_aggs_v1/2022/06/2022-06-02');
  const check = await other.run(["check", "META", "--follow"]);
  assertMatch(check.stdout, /Cannot read "FB" in/);
});

Deno.test("flatfetch META FB TSLA --follow gives each company its own bars of the tickers they share", async () => {
  await using place = await FollowWorld.open();
  const want = [...META, "FB FB 06-13 25", "FB FB 06-14 25"];
  const tsla = Object.entries(RENAMED_CLOSES)
    .map(([date, { TSLA }]) => `TSLA TSLA ${date.slice(5)} ${TSLA}`);
  assertEquals(await place.bars(["META", "FB", "TSLA", "--follow"]), [...want, ...tsla]);
  const { stderr } = await place.run(["TSLA", "META", "FB", "--follow"]);
  assertStringIncludes(stderr, "FB: FB from 2022-06-13\n");
  assertStringIncludes(stderr, "TSLA is taken as it is: nothing is known of earlier tickers");
});

Deno.test("flatfetch FB --follow goes on where FB has gone, when nobody has it", async () => {
  await using place = await FollowWorld.open();
  place.rest.companies = { FB: RENAMED_COMPANIES.META };
  assertEquals(
    await place.bars(["FB", "meta", "--follow"]),
    [...META.map((line) => line.replace("META", "FB")), ...metaAlone("META")],
  );
});

/** META's bars as they are under that name. */
function metaAlone(symbol: string): string[] {
  return Object.entries(RENAMED_CLOSES).flatMap(([date, { META }]) =>
    META === undefined ? [] : [`${symbol} META ${date.slice(5)} ${META}`]
  );
}

Deno.test("flatfetch META --follow -f ndjson, json and parquet have the ticker as well", async () => {
  await using place = await FollowWorld.open();
  const rowsOf = (rows: readonly Record<string, unknown>[]) =>
    rows.map(({ symbol, ticker, close }) => `${symbol} ${ticker} ${close}`);
  const want = META.map((line) => line.replace(/ \d\d-\d\d/, ""));
  const { stdout: ndjson } = await place.run(["META", "--follow", "-f", "ndjson", "-o", "-"]);
  assertEquals(rowsOf(ndjson.trimEnd().split("\n").map((line) => JSON.parse(line))), want);
  const { stdout: json } = await place.run(["META", "--follow", "-f", "json", "-o", "-"]);
  assertEquals(rowsOf(JSON.parse(json)), want);
  const folder = `${place.world.home}/bars`;
  await place.run(["META", "--follow", "-f", "parquet", "--split", folder]);
  const bytes = await Deno.readFile(`${folder}/META.parquet`);
  const compressors = { ZSTD: (data: Uint8Array) => new Uint8Array(zstdDecompressSync(data)) };
  const rows = await parquetReadObjects({ file: bytes.buffer, compressors });
  assertEquals(rowsOf(rows), want);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["META.parquet"]);
});

Deno.test("flatfetch META --follow --json lists the spans, as check --json does", async () => {
  await using place = await FollowWorld.open();
  const spans = [
    { ticker: "FB", from: "2022-06-01", to: "2022-06-08" },
    { ticker: "META", from: "2022-06-09", to: "2022-06-14" },
  ];
  const run = await place.run(["META", "--follow", "--json"]);
  const { META } = JSON.parse(run.stdout).symbols;
  assertEquals([META.ticker, META.history, META.bars, META.findings], [
    "META",
    spans,
    8,
    undefined,
  ]);
  const check = await place.run(["check", "META", "--follow", "--json"]);
  const checked = JSON.parse(check.stdout).symbols.META;
  assertEquals([check.code, checked.history, checked.bars], [0, spans, 8]);
  assertEquals(
    checked.findings.map(({ kind, dates, text }: Record<string, unknown>) => [
      kind,
      dates,
      text,
    ]),
    [["ticker-change", ["2022-06-09"], "the ticker changes from FB to META"]],
  );
});

Deno.test("flatfetch META --renames FILE follows three changes, one back, at a weekend, in any order", async () => {
  const closes = {
    "2022-06-01": { A: 1, B: 91 },
    "2022-06-03": { B: 2, A: 91 },
    // The change is on the Saturday between.
    "2022-06-06": { A: 3, B: 91 },
    "2022-06-08": { META: 4, A: 91, B: 92 },
  };
  await using place = await FollowWorld.open(closes);
  const text = "date,old,new\n2022-06-07,A,META\n2022-06-02,A,B\n2022-06-04,B,A\n";
  const file = await place.write("renames.csv", text);
  const want = ["META A 06-01 1", "META B 06-03 2", "META A 06-06 3", "META META 06-08 4"];
  assertEquals(await place.bars(["META", "--renames", file]), want);
  assertEquals(await place.bars(["META", "--renames", file, "--offline"]), want);
  assertEquals(place.rest.requests, []);
  const weeks = await place.bars(["META", "--renames", file, "-i", "1wk"]);
  assertEquals(weeks, ["META A 05-30 2", "META A 06-06 4"]);
});

Deno.test("flatfetch META --follow says where the files have it otherwise than the history", async () => {
  await using place = await FollowWorld.open();
  place.rest.companies = {
    META: companyOf("Meta", ["2022-06-13", "META"], ["2022-06-07", "FB"]),
  };
  const { stderr, code } = await place.run(["META", "--follow"]);
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    "META: the history has the change on 2022-06-13, but from 2022-06-09 to 2022-06-10 FB has no " +
      "bar and META has",
  );
  assertStringIncludes(
    stderr,
    "META: 2022-06-02: the history begins with FB on 2022-06-07, but FB has bars right before: " +
      "another company's, or the history is not whole",
  );
  const check = await place.run(["check", "META", "--follow"]);
  assertMatch(check.stdout, /warning +the history has the change on 2022-06-13/);
});

Deno.test("flatfetch META --follow after a file that failed fetches that file alone, for both tickers", async () => {
  await using place = await FollowWorld.open();
  const key = "us_stocks_sip/day_aggs_v1/2022/06/2022-06-07.csv.gz";
  const bytes = place.world.s3.objects.get(key)!.bytes;
  place.world.s3.objects.put(key, bytes.slice(0, 20));
  const { code, stderr } = await place.run(["META", "--follow"]);
  assertEquals(code, 3);
  assertMatch(stderr, /INCOMPLETE: Cached 7 days of META data, 1 file missing/);
  place.world.s3.objects.put(key, bytes);
  place.world.takeGets();
  assertEquals(await place.bars(["META", "--follow", "--refresh"]), META);
  assertEquals(place.world.takeGets(), [key]);
});

Deno.test("flatfetch META --follow (a history that cannot be) exits 5, and says what to do without it", async () => {
  await using place = await FollowWorld.open();
  place.rest.companies = {
    META: companyOf("Meta", ["2022-06-09", "META"], ["2022-06-09", "FB"]),
  };
  const { code, stderr } = await place.run(["META", "--follow"]);
  assertEquals([code, place.world.takeGets()], [5, []]);
  assertStringIncludes(
    stderr,
    "❌ Cannot use the earlier tickers of META: on 2022-06-09 it has both META and FB\n" +
      "   Run again later, or give the right ones in a file: --splits, --dividends or --renames FILE.",
  );
});

Deno.test("preload(META, follow), aborted, is resumed by a run of FB and by one of its own", async () => {
  await using place = await FollowWorld.open();
  const { world } = place;
  const renamesFile = await place.write("renames.csv", "date,old,new\n2022-06-09,FB,META\n");
  const options = { ...RENAMED_SPAN, concurrency: 1, keepLimitBytes: 0 };
  const stop = new AbortController();
  const before: string[] = [];
  const reporter = (event: ProgressEvent) => {
    if (event.type === "file" && before.push(event.key) === 3) stop.abort();
  };
  const { signal } = stop;
  await assertRejects(() => world.load(["META"], { ...options, renamesFile, signal, reporter }));
  world.takeGets();
  await world.load(["FB"], options);
  const after = world.takeGets();
  assertEquals([...before, ...after].sort(), [...renamedFiles()].map(({ key }) => key));
  const { bars, summary } = await world.load(["META"], { ...options, renamesFile });
  assertEquals([world.takeGets(), summary.complete], [after, true]);
  assertEquals(bars["META"]!.map(({ close }) => close), [188, 198, 195, 196, 184, 175, 164, 163]);
});

Deno.test("flatfetch META --follow --dry-run counts what both tickers have, and names META alone", async () => {
  await using place = await FollowWorld.open();
  await place.run(["META", "--keep-limit", "0"]);
  const { stdout } = await place.run(["META", "--follow", "--dry-run", "--json"]);
  const [{ symbols, listed, recorded }] = JSON.parse(stdout).datasets;
  assertEquals([symbols, listed, recorded], [["META"], 8, 0]);
  await place.run(["META", "--follow"]);
  const again = await place.run(["META", "--follow", "--dry-run", "--json"]);
  assertEquals(JSON.parse(again.stdout).total.recorded, 8);
});

Deno.test("flatfetch META --follow --adjust splits adjusts for the splits of both tickers", async () => {
  await using place = await FollowWorld.open();
  const row = (ticker: string, date: string): RestSplit => (
    { ticker, execution_date: date, split_from: 1, split_to: 2 }
  );
  // FB's of the ETF that has it later, and META's with the change, which FB has as well.
  place.rest.splits = [
    row("FB", "2022-06-07"),
    row("FB", "2022-06-14"),
    row("META", "2022-06-09"),
    row("FB", "2022-06-09"),
  ];
  const bars = await place.bars(["META", "--follow", "--adjust", "splits"]);
  assertEquals(bars.map((line) => Number(line.split(" ")[3])), [
    ...[188 / 4, 198 / 4, 195 / 2, 196 / 2],
    ...[184, 175, 164, 163],
  ]);
});

Deno.test("flatfetch BTC-USD --follow says that only stocks are followed, and 'TS*' is refused", async () => {
  await using place = await FollowWorld.open();
  const { stderr } = await place.run(["BTC-USD", "^GSPC", "TSLA", "--follow"]);
  assertStringIncludes(stderr, "BTC-USD, ^GSPC are not followed: only stocks change their tickers");
  const family = await place.run(["TS*", "--follow"]);
  assertEquals(family.code, 2);
  assertStringIncludes(family.stderr, 'Cannot follow "TS*": want each stock by itself');
});

Deno.test("flatfetch META warns of what may be another company's, and names --follow", async () => {
  const closes: Record<string, Record<string, number>> = {};
  for (let day = 1; day <= 70; day++) {
    const date = Temporal.PlainDate.from("2022-01-02").add({ days: day }).toString();
    closes[date] = { TSLA: 700, ...(day < 20 && { META: 12 }), ...(day > 45 && { META: 190 }) };
  }
  await using place = await FollowWorld.open(closes);
  const args = ["META", "--from", "2022-01-01", "--to", "2022-04-01"];
  const env = { MASSIVE_API_KEY: undefined };
  for (const command of [args, ["check", ...args]]) {
    const { stderr } = await place.world.run(command, { env });
    assertMatch(stderr, /Run with --follow for the company's bars under all tickers/);
  }
  const followed = await place.world.run([
    ...args,
    "--renames",
    await place.write("r", "date,old,new\n"),
  ]);
  assert(!followed.stderr.includes("--follow"), followed.stderr);
});

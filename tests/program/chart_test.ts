/** What `flatfetch chart` draws and writes. */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { chartPage } from "../../mod.ts";
import { formatBytes } from "../../lib/deps/std_fmt.ts";
import { stringWidth } from "../deps/string_width.ts";
import { generateIndexDays } from "../../fixtures/flat_files.ts";
import { generateCryptoMinutes, generateStockMinutes } from "../../fixtures/minute_files.ts";
import { SPLIT_SPAN, splitFiles } from "../../fixtures/split_files.ts";
import { works } from "../cache/samples.ts";
import { IN_QUARTER, QUARTER, stockFiles, World } from "./harness.ts";

/** The lines of a text that ends with a line end. */
function linesOf(text: string): string[] {
  assert(text.endsWith("\n"));
  return text.slice(0, -1).split("\n");
}

Deno.test("flatfetch chart TSLA (into a pipe) draws 80 columns of plain text", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { code, stdout, stderr } = await world.run(["chart", "TSLA", ...IN_QUARTER]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /SUCCESS: Cached 60 days of TSLA data/);
  const lines = linesOf(stdout);
  assertEquals(lines.length, 24);
  for (const line of lines) assert(stringWidth(line) <= 80 && line === line.trimEnd(), line);
  assert(!stdout.includes("\x1b"));
  const last = files.truth("TSLA").at(-1)!.close.toFixed(2);
  assertMatch(lines[0]!, new RegExp(`^TSLA  2025-01-02 to 2025-03-31, 1d  ${last}  [▲▼] `));
  assertEquals(lines.filter((line) => line.endsWith(`◀ ${last}`)).length, 1);
});

Deno.test("flatfetch chart TSLA --offline draws what is cached, and asks for nothing", async () => {
  await using world = await World.open([stockFiles()]);
  const argv = ["chart", "TSLA", ...IN_QUARTER];
  const first = await world.run(argv);
  world.takeGets();
  const second = await world.run([...argv, "--offline"]);
  assertEquals([second.code, second.stdout], [0, first.stdout]);
  assertEquals(world.s3.requests.length, 0);
});

Deno.test("flatfetch chart TSLA ^GSPC draws one below the other, of the size asked for", async () => {
  await using world = await World.open([stockFiles(), generateIndexDays(QUARTER)]);
  const size = ["--width", "40", "--height", "12"];
  const { code, stdout } = await world.run(["chart", "TSLA", "^GSPC", ...IN_QUARTER, ...size]);
  assertEquals(code, 0);
  const lines = linesOf(stdout);
  assertEquals([lines.length, lines[12]], [25, ""]);
  assertMatch(lines[0]!, /^TSLA {2}/);
  assertMatch(lines[13]!, /^\^GSPC {2}/);
  assert(lines.every((line) => stringWidth(line) <= 40));
});

Deno.test("flatfetch chart TSLA --line (NO_COLOR) draws stars, all ASCII", async () => {
  await using world = await World.open([stockFiles()]);
  const argv = ["chart", "TSLA", ...IN_QUARTER, "--line"];
  const { stdout } = await world.run(argv, { env: { NO_COLOR: "1" } });
  assertMatch(stdout, /^[ -~\n]*$/);
  assertMatch(stdout, /\*/);
});

Deno.test("flatfetch chart TSLA AAPL --html FILE writes what chartPage() makes", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const path = `${world.home}/chart.html`;
  const argv = ["chart", "TSLA", "AAPL", ...IN_QUARTER];
  const { code, stdout, stderr } = await world.run([...argv, "--html", path]);
  assertEquals([code, stdout], [0, ""]);
  const { size } = await Deno.stat(path);
  const holds = `120 rows, ${formatBytes(size)}`;
  assertStringIncludes(
    stderr,
    `📈 Wrote ${path}: ${holds}; open it in a browser\n🏁 Done: 60 files`,
  );
  const { bars } = await world.load(["TSLA", "AAPL"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  const page = await chartPage(bars);
  assertEquals(await Deno.readTextFile(path), page);
  const piped = await world.run([...argv, "--html", "-"]);
  assertEquals([piped.code, piped.stdout], [0, page]);
});

Deno.test("flatfetch chart TSLA --html marks a jump as at a split, unless it is adjusted for", async () => {
  await using world = await World.open([]);
  for (const { key, bytes } of splitFiles()) world.s3.objects.put(key, bytes);
  const splits = `${world.home}/splits.csv`;
  await Deno.writeTextFile(splits, "ticker,date,from,to\nTSLA,2022-08-25,1,3\n");
  const argv = ["chart", "TSLA", "--from", SPLIT_SPAN.from, "--to", SPLIT_SPAN.to, "--html", "-"];
  const { code, stdout } = await world.run(argv);
  assertEquals(code, 0);
  assertMatch(stdout, /"date":"2022-08-25","kind":"split-like-jump"/);
  const adjusted = await world.run([...argv, "--splits", splits]);
  assertEquals([adjusted.code, adjusted.stdout.includes("split-like-jump")], [0, false]);
});

Deno.test("flatfetch chart TSLA (one file missing) draws the others and exits 3", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("not-found", { key: files.keyOf(files.dates[30]!) });
  const { code, stdout, stderr } = await world.run(["chart", "TSLA", ...IN_QUARTER]);
  assertEquals(code, 3);
  assertStringIncludes(stderr, "INCOMPLETE: Cached 59 days of TSLA data");
  assertEquals(linesOf(stdout).length, 24);
});

Deno.test("flatfetch chart TSLX (no data) writes nothing and exits 7", async () => {
  await using world = await World.open([stockFiles()]);
  const path = `${world.home}/chart.html`;
  for (const more of [[], ["--html", path]]) {
    const { code, stdout } = await world.run(["chart", "TSLX", ...IN_QUARTER, ...more]);
    assertEquals([code, stdout], [7, ""]);
  }
  assertEquals(await Deno.stat(path).catch(() => "none"), "none");
});

Deno.test("flatfetch chart TSLA --html (in a file's place) exits 6 before it asks for anything", async () => {
  await using world = await World.open([stockFiles()]);
  await Deno.writeTextFile(`${world.home}/file`, "");
  const path = `${world.home}/file/chart.html`;
  const { code, stderr } = await world.run(["chart", "TSLA", ...IN_QUARTER, "--html", path]);
  assertEquals([code, world.s3.requests.length], [6, 0]);
  assertStringIncludes(stderr, `❌ Cannot write "${path}": Not a directory\n   Choose another`);
});

Deno.test("flatfetch chart --html of more bars than a page can show exits 2, and says what to do", async () => {
  const tickers = ["X:BTC-USD", "X:ETH-USD", "X:SOL-USD", "X:DOGE-USD"];
  const span = { from: "2025-01-01", to: "2025-02-15" };
  await using world = await World.open([generateCryptoMinutes({ ...span, tickers })]);
  const path = `${world.home}/chart.html`;
  const argv = ["chart", ...tickers, "--from", span.from, "--to", span.to, "-y", "--html", path];
  const { code, stderr } = await world.run([...argv, "-i", "1m"]);
  assertMatch(
    stderr,
    /Cannot make a page of \d+ bars: want at most 250000, as of a longer interval/,
  );
  assertEquals(code, 2);
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  assertEquals((await world.run([...argv, "-i", "15m"])).code, 0);
});

Deno.test("flatfetch chart TSLA --html gives a pipe the page, and makes a missing folder", async () => {
  await using world = await World.open([stockFiles()]);
  const [fifo, path] = [`${world.home}/fifo`, `${world.home}/new/chart.html`];
  if (!works("mkfifo", fifo)) return;
  const argv = ["chart", "TSLA", ...IN_QUARTER, "-q", "--html"];
  const [page, { code }] = await Promise.all([Deno.readTextFile(fifo), world.run([...argv, fifo])]);
  assertEquals([code, (await world.run([...argv, path])).code], [0, 0]);
  assertEquals(page, await Deno.readTextFile(path));
  assert((await Deno.lstat(fifo)).isFifo);
});

Deno.test("flatfetch chart refuses what it cannot use, and exits 2", async () => {
  await using world = await World.open([]);
  const lines = [
    [["chart"], /Cannot draw a chart: no symbol is given/],
    [["chart", "TSLA", "--width", "0"], /Cannot use "0" for --width: want a whole number/],
    [["chart", "TSLA", "--html", "x", "--line"], /Cannot use --line together with --html/],
    [["chart", "TSLA", "--html", "x", "--height", "9"], /Cannot use --height together with --html/],
    [["chart", "TSLA", "-o", "x"], /Cannot use --output with chart/],
  ] as const;
  for (const [argv, message] of lines) {
    const { code, stderr } = await world.run(argv);
    assertEquals(code, 2);
    assertMatch(stderr, message);
  }
});

Deno.test("flatfetch chart TSLA -i 30m --hours regular labels New York's clock", async () => {
  const span = { from: "2025-03-07", to: "2025-03-10" };
  const files = generateStockMinutes({ ...span, tickers: ["TSLA"] });
  await using world = await World.open([files]);
  const argv = ["chart", "TSLA", "-i", "30m", "--hours", "regular"];
  const within = ["--from", span.from, "--to", span.to];
  const { code, stdout } = await world.run([...argv, ...within, "--height", "10"]);
  assertEquals(code, 0);
  const lines = linesOf(stdout);
  assertMatch(lines[0]!, /^TSLA {2}2025-03-07 to 2025-03-10, 30m {2}/);
  assertEquals(lines.at(-1), "  10:00   12:00   14:00   Mar 10    12:00   14:00");
  const page = await world.run([...argv, ...within, "--html", "-"]);
  assertEquals(page.code, 0);
  const labels = page.stdout.matchAll(/name="interval"[^>]*><span>(\w+)</g);
  assertEquals(Array.from(labels, ([, label]) => label), ["30m", "1H", "1D", "1W", "1M"]);
});

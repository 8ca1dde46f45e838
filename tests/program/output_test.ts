/** Where the bars go, and in which form. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parquetMetadata } from "hyparquet";
import type { Bar } from "../../lib/market/bar.ts";
import { OUTPUT_FORMATS } from "../../lib/output/format.ts";
import { namesIn, works } from "../cache/samples.ts";
import { named, readerOf } from "../output/samples.ts";
import { IN_QUARTER, keysOf, stockFiles, World } from "./harness.ts";

const ARGV = ["TSLA", "AAPL", "BRK-B", ...IN_QUARTER, "-q"];

async function withStocks(run: (world: World, want: ReturnType<typeof wanted>) => Promise<void>) {
  const files = stockFiles();
  await using world = await World.open([files]);
  await run(world, wanted(files));
}

/** The true bars by symbol. */
function wanted(files: ReturnType<typeof stockFiles>) {
  return {
    "TSLA": [...files.truth("TSLA")],
    "AAPL": [...files.truth("AAPL")],
    "BRK-B": [...files.truth("BRK.B")],
  };
}

function rowsOf(bars: Readonly<Record<string, readonly Bar[]>>) {
  return named(Object.entries(bars).map(([symbol, ofSymbol]) => ({ symbol, bars: ofSymbol })));
}

Deno.test("flatfetch TSLA AAPL BRK-B -o bars.parquet is typed and says what it holds", async () => {
  await withStocks(async (world, want) => {
    for (const name of ["bars.parquet", "bars.pq"]) {
      const path = `${world.home}/${name}`;
      const { code, stdout, stderr } = await world.run([...ARGV, "-o", path]);
      assertEquals([code, stdout, stderr], [0, "", ""]);
      const bytes = await Deno.readFile(path);
      assertEquals(await readerOf("parquet")(bytes), rowsOf(want));
      const { key_value_metadata } = parquetMetadata(bytes.buffer);
      assertEquals(key_value_metadata, [
        { key: "interval", value: "1d" },
        { key: "hours", value: "all" },
        { key: "adjusted", value: "no" },
        { key: "complete", value: "yes" },
      ]);
    }
  });
});

Deno.test("flatfetch TSLA AAPL BRK-B has the rows in the order of the symbols, in every format", async () => {
  await withStocks(async (world, want) => {
    for (const format of OUTPUT_FORMATS) {
      const path = `${world.home}/bars.${format}`;
      const { code } = await world.run([...ARGV, "-o", path]);
      assertEquals(code, 0);
      assertEquals(await readerOf(format)(await Deno.readFile(path)), rowsOf(want), format);
    }
  });
});

Deno.test("flatfetch TSLA AAPL BRK-B NONE --split DIR writes a file of each that has bars", async () => {
  await withStocks(async (world, want) => {
    for (const format of ["csv", "ndjson", "json.gz", "parquet"] as const) {
      const directory = `${world.home}/new/${format}`;
      const more = ["NONE", "--split", directory, ...(format === "csv" ? [] : ["-f", format])];
      const { code, stdout } = await world.run([...ARGV, ...more]);
      assertEquals([code, stdout], [7, ""]);
      const names = ["AAPL", "BRK-B", "TSLA"].map((symbol) => `${symbol}.${format}`);
      assertEquals(await namesIn(directory), names);
      for (const [symbol, bars] of Object.entries(want)) {
        const rows = await readerOf(format)(
          await Deno.readFile(`${directory}/${symbol}.${format}`),
        );
        assertEquals(rows, named([{ symbol, bars }]));
      }
    }
  });
});

Deno.test("flatfetch TSLA (one file missing) --split DIR writes the others and exits 3", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const missing = keysOf(files)[30]!;
  world.s3.faults.add("access-denied", { key: missing });
  const directory = `${world.home}/bars`;
  const argv = ["TSLA", ...IN_QUARTER, "-q", "--split", directory, "-f", "parquet"];
  assertEquals((await world.run(argv)).code, 3);
  const bytes = await Deno.readFile(`${directory}/TSLA.parquet`);
  const { key_value_metadata } = parquetMetadata(bytes.buffer);
  assertEquals(key_value_metadata?.at(-1), { key: "complete", value: "no" });
  const rows = await readerOf("parquet")(bytes);
  const bars = files.truth("TSLA").filter(({ date }) => !missing.includes(date));
  assertEquals(rows, named([{ symbol: "TSLA", bars }]));
});

Deno.test("flatfetch TSLA --splits FILE -o bars.parquet says that it is adjusted", async () => {
  await withStocks(async (world, want) => {
    const [splits, path] = [`${world.home}/splits.csv`, `${world.home}/bars.parquet`];
    const text = "ticker,execution_date,split_from,split_to\nTSLA,2025-02-03,1,2\n";
    await Deno.writeTextFile(splits, text);
    const argv = ["TSLA", ...IN_QUARTER, "-q", "--splits", splits, "-o", path];
    assertEquals((await world.run(argv)).code, 0);
    const bytes = await Deno.readFile(path);
    const { key_value_metadata } = parquetMetadata(bytes.buffer);
    const applied = { splits: [{ executionDate: "2025-02-03", from: 1, to: 2 }], dividends: [] };
    assertEquals(key_value_metadata?.slice(-3), [
      { key: "adjusted", value: "splits" },
      { key: "complete", value: "yes" },
      { key: "adjustments", value: JSON.stringify({ TSLA: applied }) },
    ]);
    const closes = (await readerOf("parquet")(bytes)).map(({ close }) => close);
    const factor = (date: string) => date < "2025-02-03" ? 0.5 : 1;
    assertEquals(closes, want.TSLA.map(({ close, date }) => close * factor(date)));
  });
});

Deno.test("flatfetch SYMBOL… --json prints fields that docs/guide.md has", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("access-denied", { key: keysOf(files)[30]! });
  const { stdout } = await world.run(["TSLA", "TSLX", "T*", ...IN_QUARTER, "--json"]);
  const { symbols, files: counts, failures, ...rest } = JSON.parse(stdout);
  const page = await Deno.readTextFile(new URL("../../docs/guide.md", import.meta.url));
  const all = Object.assign({}, counts, ...failures, rest, ...Object.values(symbols));
  const names = [...Object.keys(all), "symbols", "files", "failures"];
  assertEquals(names.filter((name) => !page.includes(`\`${name}\``)), []);
  assert(all.suggestions && all.tickers && all.message, stdout);
});

Deno.test("flatfetch NONE makes neither file nor directory for no bars", async () => {
  await withStocks(async (world) => {
    for (const where of [["-o", `${world.home}/none.parquet`], ["--split", `${world.home}/none`]]) {
      const { code } = await world.run(["NONE", ...IN_QUARTER, "-q", ...where]);
      assertEquals(code, 7);
      assert(!(await namesIn(world.home)).some((name) => name.startsWith("none")));
    }
  });
});

Deno.test("flatfetch TSLA --split DIR (a file is in its place) exits 6 with a hint", async () => {
  await withStocks(async (world) => {
    const path = `${world.home}/file`;
    await Deno.writeTextFile(path, "");
    const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "-q", "--split", path]);
    assertEquals([code, world.s3.requests.length], [6, 0]);
    assertMatch(stderr, /Cannot write to ".*\/file": .*\n\s+Choose another place with -o/);
  });
});

Deno.test("flatfetch TSLA -o and --split (no place to write) exit 6 before they ask for anything", async () => {
  await using world = await World.open([stockFiles()]);
  const at = (name: string) => `${world.home}/${name}`;
  await Deno.writeTextFile(at("file"), "old");
  await Deno.mkdir(at("folder/TSLA.csv"), { recursive: true });
  await Deno.symlink("loop", at("loop"));
  const places = [
    ...["folder", "folder/", "file/x.csv", "loop", "new/"].map((name) => ["-o", at(name)]),
    ...["file", "file/x", "loop", "folder"].map((name) => ["--split", at(name)]),
  ];
  for (const place of places) {
    const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, ...place, "-f", "csv"]);
    assertEquals([code, world.s3.requests.length], [6, 0], `${place}: ${stderr}`);
    assertMatch(stderr, /^❌ Cannot write .*\n {3}Choose another place with -o/);
  }
  assertEquals(await Deno.readTextFile(at("file")), "old");
});

for (const format of OUTPUT_FORMATS) {
  Deno.test(`flatfetch TSLA -f ${format} gives pipes what a file gets, through -o and --split`, async () => {
    await using world = await World.open([stockFiles()]);
    const [directory, file] = [`${world.home}/bars`, `${world.home}/file`];
    const fifo = `${directory}/TSLA.${format}`;
    await Deno.mkdir(directory);
    if (!works("mkfifo", fifo)) return;
    const argv = ["TSLA", ...IN_QUARTER, "-q", "-f", format];
    assertEquals((await world.run([...argv, "-o", file])).code, 0);
    for (const place of [["-o", fifo], ["--split", directory]]) {
      const [bytes, { code }] = await Promise.all([
        Deno.readFile(fifo),
        world.run([...argv, ...place]),
      ]);
      assertEquals([code, bytes], [0, await Deno.readFile(file)]);
    }
    assert((await Deno.lstat(fifo)).isFifo);
    const none = ["NONE", ...IN_QUARTER, "-q", "-f", format, "-o", fifo];
    const [empty, { code }] = await Promise.all([Deno.readFile(fifo), world.run(none)]);
    assert(code === 7 && empty.length < 5_000);
  });
}

Deno.test("every command with a full disk behind standard output exits 6 with a hint", async () => {
  await using world = await World.open([stockFiles()]);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).code, 0);
  using full = await Deno.open("/dev/full", { write: true });
  const load = ["TSLA", ...IN_QUARTER].join(" ");
  const lines = [
    ...["-o -", "-f parquet -o -", "--json", "--dry-run", "--dry-run --json"]
      .map((more) => `${load} ${more}`),
    ...["chart TSLA", "chart TSLA --html -", "check TSLA --json", "doctor", "doctor --json"],
    ...["list", "list --json", "progress --json", "clear NONE --json", "--help", "--version"],
    ...["help", "help clear", "completions bash", "completions zsh", "chart --help"],
  ];
  for (const line of lines) {
    const { code, stderr } = await world.run(line.split(" "), { stdout: full });
    assertStringIncludes(
      stderr,
      "❌ Cannot write to standard output: No space left on device\n" +
        "   Free some space where standard output goes, or send it elsewhere.\n",
    );
    assertEquals(code, 6, line);
  }
});

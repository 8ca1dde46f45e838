import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DeclinedError, UsageError } from "../../mod.ts";
import { formatBytes } from "../../lib/deps/std_fmt.ts";
import { exportDataset } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { bytesUnder, IN_QUARTER, KEYS, keysOf, stockFiles, World } from "./harness.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";

const pathOf = (date: string) => `/${DATASET}/date=${date}/part.parquet`;

const pathsIn = async (lake: string) => [...(await bytesUnder(lake)).keys()];

Deno.test("flatfetch export makes a year of files, and the second time asks for none of them", async () => {
  const span = { from: "2024-11-01", to: "2025-10-31" };
  const files = generateStockDays({ ...span, tickers: 2 });
  await using world = await World.open([files]);
  const args = ["export", DATASET, "--into", `${world.home}/lake`];
  const first = await world.run(args);
  assertEquals([first.code, first.stdout], [0, ""], first.stderr);
  assertEquals(world.takeGets(), keysOf(files));
  assertEquals(await pathsIn(`${world.home}/lake`), files.dates.map(pathOf));
  const second = await world.run(args);
  assertEquals(second.code, 0, second.stderr);
  assertMatch(second.stderr, /is up to date: [\d,]+ files/);
  assert(world.s3.requests.length <= 15, `${world.s3.requests.length} requests`);
  assertEquals(world.takeGets(), []);
});

Deno.test("flatfetch export makes what was replaced again, and leaves what is not listed any more", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const args = ["export", DATASET, "--into", lake];
  assertEquals((await world.run(args)).code, 0);
  const before = await bytesUnder(lake);
  world.takeGets();
  const [gone, replaced] = files.dates as [string, string];
  world.s3.objects.delete(files.keyOf(gone));
  const other = stockFiles({ from: files.dates[2]!, to: files.dates[2]! });
  world.s3.objects.put(files.keyOf(replaced), [...other][0]!.bytes);
  const { code, stderr } = await world.run(args);
  assertEquals(code, 0, stderr);
  assert(stderr.includes(`such as ${pathOf(gone).slice(1)}; left as they are`), stderr);
  assertEquals(world.takeGets(), [files.keyOf(replaced)]);
  const after = await bytesUnder(lake);
  const changed = [...before.keys()].filter((path) => !equal(after.get(path)!, before.get(path)!));
  assertEquals([changed, [...after.keys()]], [[pathOf(replaced)], [...before.keys()]]);
});

Deno.test("flatfetch export with a file that is damaged exits 3, names it, and makes it the next time", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const [, date] = files.dates as [string, string];
  const key = files.keyOf(date);
  const bytes = [...files][1]!.bytes;
  world.s3.objects.put(key, bytes.slice(0, -9));
  const args = ["export", DATASET, "--into", lake];
  const { code, stderr } = await world.run(args);
  assertEquals(code, 3, stderr);
  assert(stderr.includes(`❌ Failed: ${key}: its gzip is damaged`), stderr);
  assert(stderr.includes(`❌ ${key}: its gzip is damaged`), stderr);
  const others = files.dates.map(pathOf).filter((path) => path !== pathOf(date));
  assertEquals(await pathsIn(lake), others);
  world.takeGets();
  world.s3.objects.put(key, bytes);
  assertEquals((await world.run(args)).code, 0);
  assertEquals(world.takeGets(), [key]);
  assertEquals(await pathsIn(lake), files.dates.map(pathOf));
});

Deno.test("flatfetch export after an interruption makes the rest, byte for byte like an undisturbed run", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const [lake, whole] = [`${world.home}/lake`, `${world.home}/whole`];
  assertEquals((await world.run(["export", DATASET, "--into", whole])).code, 0);
  const stop = new AbortController();
  await using target = new FolderTarget(lake);
  let done = 0;
  const place = { endpoint: world.url, credentials: KEYS, cacheDirectory: world.cache };
  const reason = await exportDataset([DATASET], {
    ...place,
    target,
    signal: stop.signal,
    concurrency: 4,
    programVersion: "0.1.0",
    reporter: ({ type }) => {
      if (type === "file" && ++done === 20) stop.abort("enough");
    },
  }).catch((error) => error);
  assertEquals(reason, "enough");
  const there = await pathsIn(lake);
  assert(20 <= there.length && there.length < files.dates.length);
  await world.quiet();
  world.takeGets();
  assertEquals((await world.run(["export", DATASET, "--into", lake])).code, 0);
  const missing = files.dates.filter((date) => !there.includes(pathOf(date)));
  assertEquals(world.takeGets(), missing.map((date) => files.keyOf(date)));
  assertEquals(await bytesUnder(lake), await bytesUnder(whole));
});

Deno.test("flatfetch export of files that are kept says that they come from the cache, and how many", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  assertEquals((await world.run(["TSLA", "--from", files.dates[40]!])).code, 0);
  const args = ["export", DATASET, "--into", `${world.home}/lake`];
  const sizes = [...files].map(({ bytes }) => bytes.length);
  const sum = (some: readonly number[]) => formatBytes(some.reduce((sum, size) => sum + size, 0));
  const planned = await world.run([...args, "--dry-run"]);
  const kept = `60 files (${sum(sizes)}, ${sum(sizes.slice(40))} of it kept in the cache) into `;
  assert(planned.stderr.includes(`export ${kept}`), planned.stderr);
  const some = await world.run(args);
  const said = `, ${sum(sizes.slice(0, 40))} downloaded in `;
  assert(some.stderr.includes(" files (20 from the cache) into "), some.stderr);
  assert(some.stderr.includes(said), some.stderr);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).code, 0);
  world.takeGets();
  const other = [...args.slice(0, -1), `${world.home}/other`];
  const wholly = await world.run([...other, "--dry-run"]);
  assert(wholly.stderr.includes(`(${sum(sizes)}, all of it kept in the cache)`), wholly.stderr);
  const all = await world.run(other);
  assertEquals(world.takeGets(), []);
  assert(all.stderr.includes(" files (all from the cache) into "), all.stderr);
  assert(all.stderr.includes(", 0 B downloaded in "), all.stderr);
});

Deno.test("flatfetch export --json prints the fields that docs/lake.md has, and says what was downloaded", async () => {
  const files = stockFiles({ from: "2025-09-01", to: "2025-10-31" });
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const args = ["export", DATASET, "--by", "month", "--into", lake, "--json"];
  const page = await Deno.readTextFile(new URL("../../docs/lake.md", import.meta.url));
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const documented = rows.flatMap((row) => row.split("|")[1]!.match(/\w+/g)!);
  const bytes = [...files].reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (
    const [count, there, downloaded] of [[2, 0, bytes], [0, files.dates.length, 0]] as const
  ) {
    const { code, stdout, stderr } = await world.run(args);
    assertEquals(code, 0, stderr);
    const json = JSON.parse(stdout);
    assertEquals(Object.keys(json).toSorted(), documented.toSorted());
    assert(Object.keys({ ...json.planned, ...json.plans[0] }).every((name) => page.includes(name)));
    assertEquals([json.place, json.layout], [lake, { by: "month", format: "parquet" }]);
    assertEquals([json.objectsWritten, json.objectsByOthers, json.failures], [count, 0, []]);
    assertEquals(json.filesWritten + there, files.dates.length);
    assertEquals([json.plans[0].filesThere, json.bytesDownloaded], [there, downloaded]);
    assert(json.seconds > 0);
  }
});

for (
  const [layout, options, months] of [
    ["by date", {}],
    ["by month", { by: "month" }, 2],
    ["as csv.gz", { format: "csv.gz" }],
  ] as const
) {
  Deno.test(`exportDataset() ${layout} leaves and counts what another run has written to the folder meanwhile`, async () => {
    const files = stockFiles({ from: "2025-09-01", to: "2025-10-31" });
    await using world = await World.open([files]);
    await using target = new FolderTarget(`${world.home}/lake`);
    const place = { endpoint: world.url, credentials: KEYS, cacheDirectory: world.cache };
    const run = (more: { fetch?: typeof fetch } = {}) =>
      exportDataset([DATASET], { ...place, ...options, ...more, target });
    let other: ReturnType<typeof run> | undefined;
    const first = await run({
      fetch: async (...request) => {
        if (String(new Request(...request).url).endsWith(".csv.gz")) await (other ??= run());
        return await fetch(...request);
      },
    });
    const { objectsWritten, filesWritten } = await other!;
    const objects = months ?? files.dates.length;
    assertEquals([objectsWritten, filesWritten], [objects, files.dates.length]);
    assertEquals([first.complete, first.objectsWritten, first.filesWritten], [true, 0, 0]);
    assertEquals([first.objectsByOthers, first.rows], [objects, 0]);
    world.s3.objects.put(files.keyOf(files.dates[0]!), [...stockFiles()][0]!.bytes);
    assertEquals((await run()).objectsWritten, 1);
  });
}

Deno.test("flatfetch export --by month counts flat files everywhere, and names the months", async () => {
  await using world = await World.open([stockFiles({ from: "2025-08-01", to: "2025-10-31" })]);
  const args = ["export", DATASET, "--by", "month", "--into", `${world.home}/lake`];
  const first = await world.run([...args, "--from", "2025-09-01"]);
  assertMatch(first.stderr, /Found 44 files in 2 months to export\n/);
  assertMatch(first.stderr, /Progress: 44\/44 files \(100\.0%\) .*\| Rows: [\d,]+ \|/);
  assertMatch(first.stderr, /Exported 44 files in 2 months into /);
  const planned = await world.run([...args, "--dry-run"]);
  assertMatch(planned.stderr, /export 21 files in 1 month \(.*; 44 are there\n/);
  const second = await world.run(args);
  assertMatch(second.stderr, /Found 65 files in 3 months to export, 44 of them are there\n/);
  assertMatch(second.stderr, /Progress: 21\/21 files .*\| Already there: 44\n/);
  assertMatch(second.stderr, /Exported 21 files in 1 month into .*, 44 were there already, /);
  const third = await world.run(args);
  assertMatch(third.stderr, /is up to date: 65 files in 3 months\n/);
});

for (const format of ["parquet", "csv.gz"] as const) {
  Deno.test(`flatfetch export --format ${format} removes what killed runs left of objects that are there, and nothing else`, async () => {
    const files = stockFiles({ from: "2025-01-02", to: "2025-01-10" });
    await using world = await World.open([files]);
    const lake = `${world.home}/lake`;
    const args = ["--format", format, "--into", lake];
    assertEquals((await world.run(["export", DATASET, ...args])).code, 0);
    const [one, two] = files.dates.map((date) =>
      format === "parquet" ? pathOf(date) : `/${files.keyOf(date)}`
    ) as [string, string];
    const beside = (path: string, name = nameIn(path)) =>
      `${lake}${path.replace(/[^/]+$/, "")}.${name}`;
    const whole = await Deno.readFile(lake + one);
    const left: string[] = [];
    for (const [i, size] of [0, 3, whole.length].entries()) {
      const path = `${beside(one)}.0123456${i}.tmp`;
      await Deno.writeFile(path, whole.slice(0, size));
      left.push(path);
    }
    if (format === "csv.gz") {
      left.push(`${beside(one)}.mark.01234567.tmp`);
      await Deno.writeTextFile(left.at(-1)!, "2 csv.gz");
    }
    const kept = [
      `${beside(two)}.aaaaaaaa.tmp`,
      `${beside(two)}.bbbbbbbb.tmp`,
      `${beside(two, "notes.txt")}.01234567.tmp`,
      `${beside(two)}.tmp`,
    ];
    const [living, others] = kept as [string, string];
    for (const path of kept) await Deno.writeFile(path, whole);
    await Deno.writeTextFile(others, "another program's");
    const file = await Deno.open(living, { read: true, write: true });
    await file.lock(true);
    const remaining = async () => {
      const all = await Promise.all(
        [...left, ...kept].map((path) => Deno.stat(path).then(() => [path], () => [])),
      );
      return all.flat();
    };
    await world.run(["check", ...args.slice(2)]);
    await world.run(["export", DATASET, ...args, "--dry-run"]);
    assertEquals(await remaining(), [...left, ...kept]);
    const { code, stderr } = await world.run(["export", DATASET, ...args]);
    assertMatch(stderr, /is up to date/);
    assertEquals([code, await remaining()], [0, kept]);
    file.close();
    await world.run(["export", DATASET, ...args]);
    assertEquals(await remaining(), kept.slice(1));
  });
}

const nameIn = (path: string) => path.split("/").at(-1)!;

Deno.test("flatfetch export of a dataset that the bucket does not have exits 7 and names it", async () => {
  await using world = await World.open([stockFiles()]);
  const args = ["export", "us_stocks_sip/day_agg_v1", "--into", `${world.home}/lake`];
  const { code, stdout, stderr } = await world.run([...args, "--json"]);
  assertEquals([code, JSON.parse(stdout).complete], [7, false], stderr);
  assertMatch(
    stderr,
    /lists no file of us_stocks_sip\/day_agg_v1; did you mean us_stocks_sip\/day_aggs_v1\?/,
  );
  assertEquals(stderr.includes("up to date"), false, stderr);
});

Deno.test("flatfetch export --tickers , exits 2 and exports nothing", async () => {
  await using world = await World.open([stockFiles()]);
  const lake = `${world.home}/lake`;
  const { code } = await world.run(["export", DATASET, "--into", lake, "--tickers", ", ,"]);
  assertEquals([code, await pathsIn(lake), world.s3.requests], [2, [], []]);
});

Deno.test("flatfetch export into a place that is a file exits 6 and points at --into", async () => {
  await using world = await World.open([stockFiles()]);
  for (
    const name of [
      "",
      DATASET,
      pathOf(stockFiles().dates[0]!).slice(1).replace("/part.parquet", ""),
    ]
  ) {
    const lake = `${world.home}/lake${name.length}`;
    const inTheWay = name === "" ? lake : `${lake}/${name}`;
    await Deno.mkdir(inTheWay.slice(0, inTheWay.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(inTheWay, "not a folder");
    const { code, stderr } = await world.run(["export", DATASET, "--into", lake]);
    assertEquals(code, 6, stderr);
    assert(stderr.includes(lake) && stderr.includes("with --into."), stderr);
    assertEquals(await Deno.readTextFile(inTheWay), "not a folder");
  }
});

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

Deno.test("flatfetch export --by month names the flat file of a month that is damaged, and what is wrong", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-31" });
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates[3]!);
  world.s3.objects.put(key, new TextEncoder().encode("not a gzip"));
  const line = ["export", DATASET, "--by", "month", "--into", `${world.home}/lake`];
  const { code, stderr } = await world.run(line);
  assertEquals(code, 3, stderr);
  const said = `${DATASET}/month=2025-01/part.parquet: ${key}: its gzip is damaged`;
  assert(stderr.includes(`❌ Failed: ${said}`), stderr);
  assert(stderr.includes(`❌ ${said}`), stderr);
});

Deno.test("flatfetch export --by month of a month of which the bucket has lost days exits 0 and names them, as check does", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-02-14" });
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const line = ["export", DATASET, "--by", "month", "--into", lake];
  assertEquals((await world.run(line)).code, 0);
  const before = await bytesUnder(lake);
  const lost = files.dates.slice(3, 16);
  for (const date of lost) world.s3.objects.delete(files.keyOf(date));
  world.takeGets();
  const { code, stderr } = await world.run(line);
  assertEquals([code, world.takeGets(), await bytesUnder(lake)], [0, [], before], stderr);
  const named = `lists no file for, of ${lost.slice(0, 5).join(", ")} and 8 more; left as they are`;
  assert(stderr.includes(named), stderr);
  const left = files.dates.length - lost.length;
  assertMatch(stderr, new RegExp(`is up to date: ${left} files in 2 months\n`));
  const checked = await world.run(["check", "--into", lake, "--json"]);
  assertEquals(checked.code, 0, checked.stderr);
  const { findings } = JSON.parse(checked.stdout).datasets[DATASET];
  assertEquals(
    findings.map(({ kind, dates, remedy }: Record<string, unknown>) => [kind, dates, remedy]),
    lost.map((date) => ["not-listed", [date], undefined]),
  );
});

for (const change of ["a file more", "another version of a file"]) {
  Deno.test(`flatfetch export --by month of a month of which the bucket has lost days, and has ${change}, exits 3 until it is removed, as check does`, async () => {
    const files = stockFiles({ from: "2025-01-02", to: "2025-02-14" });
    await using world = await World.open([files]);
    const lake = `${world.home}/lake`;
    const line = ["export", DATASET, "--by", "month", "--into", lake];
    const last = files.dates[10]!;
    world.s3.objects.delete(files.keyOf(last));
    assertEquals((await world.run(line)).code, 0);
    const before = await bytesUnder(lake);
    for (const date of files.dates.slice(3, 5)) world.s3.objects.delete(files.keyOf(date));
    const changed = change === "a file more" ? last : files.dates[7]!;
    world.s3.objects.put(files.keyOf(changed), files.file(files.dates[0]!).bytes);
    world.takeGets();
    for (const more of [[], ["--shard", "1/2"], ["--json"]]) {
      const { code, stdout, stderr } = await world.run([...line, ...more]);
      assertEquals([code, world.takeGets()], [3, []], stderr);
      const { complete, failures } = stdout === ""
        ? { complete: false } as never
        : JSON.parse(stdout);
      assertEquals([complete, failures?.length ?? 1], [false, 1]);
      assertMatch(
        stderr,
        /month=2025-01\/part\.parquet: .* rows of 2025-01-07, 2025-01-08, which the bucket lists no more/,
      );
      assertEquals(stderr.includes("up to date"), false, stderr);
    }
    assertEquals(await bytesUnder(lake), before);
    const checked = await world.run(["check", "--into", lake, "--json"]);
    assertEquals(checked.code, 3, checked.stderr);
    const { findings } = JSON.parse(checked.stdout).datasets[DATASET];
    assertEquals(
      findings.flatMap(({ remedy = [] }: Record<string, unknown>) => remedy),
      ["remove-and-export"],
    );
    await Deno.remove(`${lake}/${DATASET}/month=2025-01/part.parquet`);
    assertEquals((await world.run(line)).code, 0);
    assertEquals((await world.run(["check", "--into", lake])).code, 0);
  });
}

const TWO_MONTHS = { from: "2025-01-02", to: "2025-02-28" };

const PARTS = [["--by", "date"], ["--by", "month"], ["--format", "csv.gz"]] as const;
for (const [there, wanted] of PARTS.flatMap((one) => PARTS.map((other) => [one, other] as const))) {
  if (there === wanted) continue;
  Deno.test(`flatfetch export ${wanted.join(" ")} where the dataset is there ${there.join(" ")} exits 2, asks for no file and leaves the place`, async () => {
    const files = stockFiles(TWO_MONTHS);
    await using world = await World.open([files]);
    const lake = `${world.home}/lake`;
    const line = ["export", files.dataset, "--into", lake];
    const first = await world.run([...line, ...there, "--to", "2025-01-31"]);
    assertEquals(first.code, 0, first.stderr);
    const before = await bytesUnder(lake);
    const [example] = before.keys();
    world.takeGets();
    // Readers fail over dates that are there once as well.
    for (const more of [[], ["--dry-run"], ["--shard", "2/2"], ["--from", "2025-02-01"]]) {
      const { code, stderr } = await world.run([...line, ...wanted, ...more]);
      assertEquals([code, world.takeGets()], [2, []], stderr);
      assert(stderr.includes(`into ${lake}: it is there as `), stderr);
      assert(stderr.includes(`such as ${example!.slice(1)}`), stderr);
      assertMatch(
        stderr,
        /another place with --into, or remove us_stocks_sip\/day_aggs_v1 there\./,
      );
    }
    assertEquals(await bytesUnder(lake), before);
    const elsewhere = await world.run([...line.slice(0, -1), `${world.home}/other`, ...wanted]);
    assertEquals(elsewhere.code, 0, elsewhere.stderr);
  });
}

Deno.test("flatfetch export of other --tickers than those that are there exits 2, and leaves all rows", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-10" });
  await using world = await World.open([files]);
  for (const by of ["date", "month"]) {
    const lake = `${world.home}/lake_${by}`;
    const line = ["export", files.dataset, "--by", by, "--into", lake];
    assertEquals((await world.run([...line, "--tickers", "T*", "--to", "2025-01-08"])).code, 0);
    const before = await bytesUnder(lake);
    world.takeGets();
    // Part 60 has nothing to do, and of parts by date the last has a new date alone.
    for (const more of [[], ["--dry-run"], ["--shard", "60/60"], ["--shard", "7/7"]]) {
      const { code, stderr } = await world.run([...line, "--tickers", "A*,TSLA", ...more]);
      assertEquals([code, world.takeGets()], [2, []], stderr);
      assertMatch(
        stderr,
        /with tickers A\*,TSLA into .*: it is there with tickers T\*, and the rows of T\* would go/,
      );
      assertMatch(stderr, /Export all of it with --tickers 'A\*,TSLA,T\*', take another place/);
      assertEquals(await bytesUnder(lake), before);
    }
    for (const wider of ["T*,A*", "?*", "A*,B*,T*,?*"]) {
      const { code, stderr } = await world.run([...line, "--tickers", wider]);
      assertEquals(code, 0, stderr);
    }
    const less = await world.run([...line, "--tickers", "?*,A*"]);
    assertEquals(less.code, 0, less.stderr);
    const all = await world.run(line);
    assertEquals(all.code, 0, all.stderr);
    const narrower = await world.run([...line, "--tickers", "T*"]);
    assertMatch(narrower.stderr, /there with all tickers, and the rows of all others would go/);
    assertMatch(narrower.stderr, /Export all of it without --tickers, take another place/);
    assertEquals(narrower.code, 2);
  }
});

for (const by of ["date", "month"]) {
  for (const there of [["--tickers", "A*"], []]) {
    Deno.test(`flatfetch export --by ${by} --tickers T* of new dates alone exits 2 where the others are there ${there.join(" ")}`, async () => {
      const files = stockFiles(TWO_MONTHS);
      await using world = await World.open([files]);
      const line = ["export", files.dataset, "--by", by, "--into", `${world.home}/lake`];
      assertEquals((await world.run([...line, ...there, "--to", "2025-01-31"])).code, 0);
      const before = await bytesUnder(`${world.home}/lake`);
      world.takeGets();
      const later = ["--from", "2025-02-01"];
      for (const more of [[], ["--dry-run"], ["--shard", "1/2"]]) {
        const { code, stderr } = await world.run([...line, "--tickers", "T*", ...later, ...more]);
        assertEquals([code, world.takeGets()], [2, []], stderr);
        assertMatch(
          stderr,
          /rows of (A\*|all others) would be missing on these dates, unlike in us_/,
        );
        assertMatch(stderr, /Export all of it (with --tickers 'T\*,A\*'|without --tickers), take/);
      }
      assertEquals(await bytesUnder(`${world.home}/lake`), before);
      assertEquals((await world.run([...line, ...there, ...later])).code, 0);
    });
  }
}

Deno.test("exportDataset() of other tickers reads few objects, however many are there", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const target = new FolderTarget(`${world.home}/lake`);
  const base = { target, cacheDirectory: world.cache, endpoint: world.url, credentials: KEYS };
  await exportDataset([DATASET], { ...base, tickers: ["T*"] });
  const read = new Set<string>();
  const { read: readThere } = target;
  target.read = (object, ...more) => {
    read.add(object.path);
    return readThere.call(target, object, ...more);
  };
  const other = () => exportDataset([DATASET], { ...base, tickers: ["A*"], dryRun: true });
  await assertRejects(other, UsageError, "the rows of T* would go");
  assertEquals([read.size <= 16, files.dates.length], [true, 60]);
  read.clear();
  await exportDataset([DATASET], { ...base, tickers: ["T*"] });
  await exportDataset([DATASET], { ...base });
  assertEquals(read.size, 0);
  await assertRejects(other, UsageError, "the rows of all others would go");
  assertEquals(read.size, 0);
});

Deno.test("flatfetch export of other --tickers makes an object anew whose footer is damaged", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const line = ["export", files.dataset, "--into", lake, "--tickers"];
  assertEquals((await world.run([...line, "TSLA"])).code, 0);
  for (const date of files.dates) {
    const bytes = await Deno.readFile(lake + pathOf(date));
    // What stands at the end is the metadata, as JSON.
    const at = new TextDecoder("latin1").decode(bytes).lastIndexOf('["TSLA"]');
    bytes[at] = 0;
    await Deno.writeFile(lake + pathOf(date), bytes);
  }
  const { code, stderr } = await world.run([...line, "A*"]);
  assertEquals(code, 0, stderr);
});

Deno.test("flatfetch export --tickers that match no row says so, and a pattern that is none exits 2", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
  await using world = await World.open([files]);
  const line = ["export", files.dataset, "--into", `${world.home}/lake`, "--tickers"];
  const none = await world.run([...line, "tsla"]);
  assertEquals(none.code, 0, none.stderr);
  assertMatch(none.stderr, /No row of these files is of tsla/);
  world.s3.clearRequests();
  for (const one of ["[A-C]*", "[A-C]", "SPY QQQ", "BRK/B", "A:B:C", "Ä"]) {
    const wrong = await world.run([...line, `SPY,${one}`]);
    assertEquals([wrong.code, world.s3.requests], [2, []], wrong.stderr);
    assert(wrong.stderr.includes(`Cannot read pattern "${one}"`), wrong.stderr);
  }
});

Deno.test("flatfetch export of a time without files exits 0, and of a dataset without any 7", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-10" });
  await using world = await World.open([files]);
  const lake = `${world.home}/lake`;
  const weekend = ["--from", "2025-01-04", "--to", "2025-01-05", "--into", lake];
  const { code, stderr } = await world.run(["export", `${files.dataset}/`, ...weekend]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /The bucket has no file of us_stocks_sip\/day_aggs_v1 in this time/);
  assertEquals((await world.run(["export", "us_stocks_sip/none", ...weekend])).code, 7);
});

Deno.test("flatfetch export and check --into what is no folder and no bucket exits 2, and make no such folder", async () => {
  await using world = await World.open([stockFiles()]);
  for (
    const place of [
      ...["s3:/my-bucket/lake", "s3:lake", "s3://", "s3:///lake", "S3:/b", "gs:/b/x", "gs://b/x"],
      ...["az:b", "file:/tmp/lake", "https://me:secret@b/x", "~other/lake"],
    ]
  ) {
    for (const line of [["export", DATASET], ["check"]]) {
      const { code, stderr } = await world.run([...line, `--into=${place}`]);
      assertEquals(code, 2, stderr);
      assertMatch(
        stderr,
        /Cannot use .*--into.*: (want a folder or s3:\/\/BUCKET\/PREFIX|only ~\/ is known)/,
      );
      assertEquals(stderr.includes("secret"), false);
    }
  }
  assertEquals(world.s3.requests, []);
});

Deno.test("flatfetch export --into DIR refuses what only a bucket has, and a file in a folder's place", async () => {
  await using world = await World.open([stockFiles({ from: "2025-01-02", to: "2025-01-03" })]);
  const there = `${world.home}/there`;
  await Deno.writeTextFile(there, "");
  for (const name of ["endpoint", "region", "profile"]) {
    const line = ["export", DATASET, `--into=${world.home}/lake`, `--into-${name}=x`];
    const { code, stderr } = await world.run(line);
    assertEquals(code, 2);
    assertMatch(
      stderr,
      new RegExp(`Cannot use --into-${name} with a folder: found ".*lake", want s3://`),
    );
  }
  const { code, stderr } = await world.run(["export", DATASET, `--into=${there}`]);
  assertEquals(code, 6);
  assertMatch(stderr, /A file stands where a folder is wanted: choose another with --into\./);
});

Deno.test("flatfetch export --into=~/lake is in the home folder", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
  await using world = await World.open([files]);
  const { code, stderr } = await world.run(["export", DATASET, "--into=~/lake"]);
  assertEquals(code, 0, stderr);
  assertEquals(await pathsIn(`${world.home}/lake`), files.dates.map(pathOf));
});

Deno.test("exportDataset() refuses what the command line refuses", async () => {
  await using world = await World.open([stockFiles()]);
  const target = new FolderTarget(`${world.home}/lake`);
  const base = { target, cacheDirectory: world.cache, endpoint: world.url, credentials: KEYS };
  const wrong: [string[], Record<string, unknown>][] = [
    [[], {}],
    ["us_stocks_sip/day_aggs_v1" as unknown as string[], {}],
    [[DATASET], { by: "year" }],
    [[DATASET], { format: "csv" }],
    [[DATASET], { format: "csv.gz", by: "month" }],
    [[DATASET], { format: "csv.gz", tickers: ["T*"] }],
    [[DATASET], { tickers: [] }],
    [[DATASET], { tickers: ["[A-C]*"] }],
    [[DATASET], { tickers: ["[A-C]"] }],
    [[DATASET], { tickers: [1] }],
    [[DATASET], { tickers: [""] }],
    [[DATASET], { tickers: "SPY" }],
  ];
  for (const [datasets, options] of wrong) {
    await assertRejects(() => exportDataset(datasets, { ...base, ...options }), UsageError);
  }
  assertEquals(world.s3.requests, []);
});

Deno.test("exportDataset() of more than may be downloaded unasked makes nothing without a yes", async () => {
  const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
  await using world = await World.open([files]);
  const target = new FolderTarget(`${world.home}/lake`);
  const base = { target, cacheDirectory: world.cache, endpoint: world.url, credentials: KEYS };
  const asked: number[] = [];
  const ask = (says: boolean) => ({ files }: { files: number }) => {
    asked.push(files);
    return Promise.resolve(says);
  };
  const run = (says: boolean) =>
    exportDataset([DATASET], { ...base, confirm: ask(says), confirmAboveBytes: 1 });
  await assertRejects(() => run(false), DeclinedError);
  assertEquals([world.takeGets(), await pathsIn(`${world.home}/lake`)], [[], []]);
  assertEquals((await run(true)).objectsWritten, 2);
  assertEquals((await run(false)).complete, true);
  assertEquals(asked, [2, 2]);
});

Deno.test("exportDataset() rejects with what a target throws at once", async () => {
  await using world = await World.open([stockFiles()]);
  const target = new FolderTarget(`${world.home}/lake`);
  target.list = () => {
    throw new RangeError("no list");
  };
  const base = { target, cacheDirectory: world.cache, endpoint: world.url, credentials: KEYS };
  await assertRejects(() => exportDataset([DATASET], base), RangeError, "no list");
});

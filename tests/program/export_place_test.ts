/** What an export does about a place that has something in the way, or that refuses. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { zstdDecompressSync } from "node:zlib";
import { gzipText } from "../../fixtures/flat_files.ts";
import { FakeS3, type FaultName, serveS3 } from "../../fixtures/s3_server.ts";
import { bytesUnder, stockFiles, World } from "./harness.ts";

const FILES = stockFiles({ from: "2025-01-21", to: "2025-01-31" });
const DATASET = FILES.dataset;
const DATE = FILES.dates[3]!;

const FORMATS = [
  ["parquet", `${DATASET}/date=${DATE}/part.parquet`],
  ["csv.gz", FILES.keyOf(DATE)],
] as const;

/** What may have the name of an object, and the words for it. */
const IN_THE_WAY: readonly [
  what: string,
  words: RegExp,
  make: (path: string, kept: string) => Promise<unknown>,
][] = [
  ["a link to a file", /it is a symbolic link/, (path, kept) => Deno.symlink(kept, path)],
  ["a link to nothing", /it is a symbolic link/, (path, kept) => Deno.symlink(`${kept}.no`, path)],
  ["an endless device", /it is a symbolic link/, (path) => Deno.symlink("/dev/zero", path)],
  ["a pipe", /it is a device or a pipe/, (path) => mkfifo(path)],
  ["a directory", /it is a directory/, (path) => Deno.mkdir(path)],
];

function mkfifo(path: string): Promise<unknown> {
  return new Deno.Command("mkfifo", { args: [path] }).output();
}

for (const [format, object] of FORMATS) {
  const names = format === "csv.gz" ? [object, `${object}.mark`] : [object];
  for (const name of names) {
    for (const [what, words, make] of IN_THE_WAY) {
      Deno.test(`flatfetch export (${what} at ${name.replace(DATASET, "…")}) exits 6, names it and leaves it`, async () => {
        await using world = await World.open([FILES]);
        const [lake, kept] = [`${world.home}/lake`, `${world.home}/kept`];
        await Deno.writeTextFile(kept, "mine");
        await Deno.mkdir(`${lake}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
        await make(`${lake}/${name}`, kept);
        const args = ["export", DATASET, "--format", format, "--into", lake];
        const { code, stderr } = await world.run(args);
        assertEquals(code, 6, stderr);
        assert(stderr.includes(`${lake}/${name}`), stderr);
        assertMatch(stderr, words);
        assertEquals(await Deno.readTextFile(kept), "mine");
        await Deno.remove(`${lake}/${name}`);
        assertEquals((await world.run(args)).code, 0);
      });
    }
  }
}

Deno.test("flatfetch export replaces a file of several names without touching what the others have", async () => {
  await using world = await World.open([FILES]);
  const [lake, snapshot] = [`${world.home}/lake`, `${world.home}/snapshot`];
  const args = ["export", DATASET, "--into", lake];
  assertEquals((await world.run(args)).code, 0);
  const path = `${lake}/${DATASET}/date=${DATE}/part.parquet`;
  await Deno.link(path, snapshot);
  const before = await Deno.readFile(snapshot);
  world.s3.objects.put(FILES.keyOf(DATE), FILES.file(FILES.dates[0]!).bytes);
  assertEquals((await world.run(args)).code, 0);
  assertEquals(await Deno.readFile(snapshot), before);
  assert((await Deno.stat(path)).ino !== (await Deno.stat(snapshot)).ino);
});

Deno.test("flatfetch export follows folders that are links, and goes round in none", async () => {
  await using world = await World.open([FILES]);
  const [lake, disk] = [`${world.home}/lake`, `${world.home}/disk`];
  await Deno.mkdir(`${lake}/${DATASET}`, { recursive: true });
  await Deno.mkdir(disk);
  await Deno.symlink(disk, `${lake}/${DATASET}/date=${DATE}`);
  await Deno.symlink("..", `${lake}/${DATASET}/round`);
  const args = ["export", DATASET, "--into", lake];
  assertEquals((await world.run(args)).code, 0);
  world.takeGets();
  const { code, stderr } = await world.run(args);
  assertEquals([code, world.takeGets()], [0, []], stderr);
  assertEquals([...(await bytesUnder(disk)).keys()], ["/part.parquet"]);
});

const LONG = "x".repeat(10_240);
/** Files that nobody expects, and what is said of those that are refused. */
const HOSTILE: readonly [text: string, refusal?: string][] = [
  [Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(), "row 1 has more than 16384 cells"],
  ["ticker,open,Open\nA,1,2\n", 'its header has "Open" twice'],
  ["ticker,,open\nA,1,2\n", "column 2 of its header has no name"],
  ["ticker,o\x1bpen\nA,1\n", "column 2 of its header has a name that is no text"],
  ["", "it has no header"],
  ["ticker,open\nA,1,2\n", "row 2 has 3 cells"],
  ["open,close\n1,2\n"],
  ["ticker,date,month\nA,x,y\n"],
  [`ticker,${LONG}\nA,1\n`],
  [`ticker,open\nB,1\n${LONG},2\nA,3\n`],
];

Deno.test("flatfetch export names hostile files with what is wrong, and makes of all others what a reader reads", async () => {
  const files = stockFiles({ from: "2025-02-03", to: "2025-02-28" });
  await using world = await World.open([files]);
  for (const [i, [text]] of HOSTILE.entries()) {
    world.s3.objects.put(files.keyOf(files.dates[i]!), gzipText(text));
  }
  const lake = `${world.home}/lake`;
  const { code, stderr } = await world.run(["export", DATASET, "--into", lake]);
  assertEquals(code, 3, stderr);
  for (const [i, [text, refusal]] of HOSTILE.entries()) {
    const key = files.keyOf(files.dates[i]!);
    const path = `${DATASET}/date=${files.dates[i]}/part.parquet`;
    if (refusal === undefined) {
      const file = (await Deno.readFile(`${lake}/${path}`)).buffer;
      const rows = await parquetReadObjects({
        file,
        compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
      });
      assertEquals(rows.length, text.split("\n").length - 2, path);
      assertEquals(stderr.includes(`❌ ${key}`), false, stderr);
    } else {
      assert(stderr.includes(`❌ ${key}: it cannot be read as a flat file: ${refusal}`), stderr);
    }
  }
});

const LAKE_KEYS = { accessKeyId: "LAKEKEYID", secretAccessKey: "lake/secret" };
const ENV = {
  FLATFETCH_INTO_ACCESS_KEY_ID: LAKE_KEYS.accessKeyId,
  FLATFETCH_INTO_SECRET_ACCESS_KEY: LAKE_KEYS.secretAccessKey,
};

/** What a bucket answers to each write, or to each of an object, and how the run ends. */
const REFUSALS: readonly [fault: FaultName, key: RegExp, code: number, words: RegExp][] = [
  ["access-denied", /./, 4, /AccessDenied.*\(s3:\/\/.*\n.*may read and write there/],
  ["full", /./, 6, /Free some space/],
  ["slow-down", /part/, 3, /date=2025-01-24\/part.parquet: the server answered SlowDown/],
  ["internal-error-in-200", /part/, 3, /part.parquet: the server answered InternalError \(200\)/],
  ["html-page", /part/, 3, /part.parquet: the server has not stored what it was sent/],
  ["precondition-failed", /part/, 3, /part.parquet: it was replaced while it was written/],
  ["conflict", /part/, 3, /part.parquet: the server answered ConditionalRequestConflict/],
  ["bit-flip", /part/, 3, /part.parquet: the server has not stored what it was sent/],
];

for (
  const [fault, words] of [
    ["slow-down", "the server answered SlowDown (503)"],
    ["internal-error", "the server answered InternalError (500)"],
    ["reset-before", "the connection failed"],
  ] as const
) {
  for (const command of ["export", "check"]) {
    Deno.test(`flatfetch ${command} --into BUCKET that gives "${fault}" for everything says that it waits for it, and names it in the end`, async () => {
      await using world = await World.open([FILES]);
      const s3 = new FakeS3({ credentials: LAKE_KEYS });
      await using server = serveS3(s3);
      s3.faults.add(fault);
      const into = `s3://${s3.bucket}/lake`;
      const args = [command, DATASET, "--into", into, "--into-endpoint", server.url];
      const { code, stderr } = await world.run(args, { env: ENV });
      assertEquals(code, 5, stderr);
      assertEquals(stderr.split(`Waiting for ${into}: ${words}\n`).length, 2, stderr);
      assert(stderr.includes(`(${into})\n`), stderr);
    });
  }
}

for (const [fault, key, code, words] of REFUSALS) {
  Deno.test(`flatfetch export into a bucket ("${fault}" of each write) exits ${code}, says so, and the next run makes all`, async () => {
    await using world = await World.open([FILES]);
    const s3 = new FakeS3({ credentials: LAKE_KEYS });
    await using server = serveS3(s3);
    s3.faults.add(fault, { operations: ["put"], key });
    const into = ["--into", `s3://${s3.bucket}/lake`, "--into-endpoint", server.url];
    const args = ["export", DATASET, ...into];
    const end = await world.run(args, { env: ENV });
    assertEquals(end.code, code, end.stderr);
    assertMatch(end.stderr, words);
    assertEquals(s3.objects.keys().filter((key) => key.endsWith(".parquet")), []);
    s3.faults.clear();
    const { stderr } = await world.run(args, { env: ENV });
    assertMatch(stderr, new RegExp(`Exported ${FILES.dates.length} files`));
  });
}

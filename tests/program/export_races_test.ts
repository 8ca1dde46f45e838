/** Two exports at once into one place that differ: no row goes without a word. */

import { assertEquals, assertMatch } from "@std/assert";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { BucketTarget } from "../../lib/export/bucket_target.ts";
import { exportDataset, type ExportOptions } from "../../lib/export/export_dataset.ts";
import { FolderTarget } from "../../lib/export/folder_target.ts";
import type { ExportTarget } from "../../lib/export/target.ts";
import { bytesUnder, KEYS, stockFiles, World } from "./harness.ts";

const FILES = stockFiles({ from: "2025-01-02", to: "2025-01-10" });
const DATASET = FILES.dataset;
const KEY = FILES.keyOf(FILES.dates[0]!);

type Options = Pick<ExportOptions, "by" | "format" | "tickers" | "from" | "to">;

interface Race {
  readonly what: string;
  /** Lists before the other one, and writes when that one has ended. */
  readonly slow: Options;
  readonly fast: Options;
  /** What changes between the listings. */
  readonly change?: (
    world: World,
    put: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  ) => unknown;
  /** How many objects of the slow one fail, and what is said of each. */
  readonly failures: number;
  readonly cause?: RegExp;
  /** What is said of the dataset, where all of its objects could be written and no reader takes them. */
  readonly mixed?: string;
}

const ALL = FILES.dates.length;
const BYTES = new Uint8Array(99);

const RACES: readonly Race[] = [
  {
    what: "of other tickers",
    slow: { tickers: ["A*"] },
    fast: { tickers: ["T*", "SPY"] },
    failures: ALL,
    cause:
      /^.*another run has written it meanwhile with tickers T\*,SPY, this one is with tickers A\*$/,
  },
  {
    what: "of all tickers",
    slow: { tickers: ["A*"], by: "month" },
    fast: { by: "month" },
    failures: 1,
    cause: /with all tickers, this one is with tickers A\*$/,
  },
  {
    what: "of some tickers",
    slow: {},
    fast: { tickers: ["A*"] },
    failures: ALL,
    cause: /with tickers A\*, this one is with all tickers$/,
  },
  {
    what: "in another layout",
    slow: { by: "month" },
    fast: { by: "date" },
    failures: 0,
    mixed: "another run has written it as parquet by date meanwhile, this one as parquet by month",
  },
  {
    what: "as csv.gz",
    slow: {},
    fast: { format: "csv.gz" },
    failures: 0,
    mixed: "another run has written it as csv.gz meanwhile, this one as parquet by date",
  },
  {
    what: "of the same tickers in another order",
    slow: { tickers: ["A*", "T*"] },
    fast: { tickers: ["T*", "A*"] },
    failures: 0,
  },
  {
    what: "of a month that has one file more",
    slow: { by: "month" },
    fast: { by: "month" },
    change: ({ s3 }) => {
      const more = stockFiles({ from: "2025-01-13", to: "2025-01-13" });
      for (const { key, bytes } of more) s3.objects.put(key, bytes);
    },
    failures: 0,
  },
  {
    what: "of a month that has one file more and lacks another",
    slow: { by: "month" },
    fast: { by: "month" },
    change: ({ s3 }) => {
      s3.objects.delete(KEY);
      const more = stockFiles({ from: "2025-01-13", to: "2025-01-13" });
      for (const { key, bytes } of more) s3.objects.put(key, bytes);
    },
    failures: 1,
    cause: /written it meanwhile of .*2025-01-13\.csv\.gz as well, which this one has not listed$/,
  },
  {
    what: "of an older version of a file",
    slow: {},
    fast: {},
    change: async ({ s3 }) => {
      await Promise.resolve();
      s3.objects.put(KEY, FILES.file(FILES.dates[1]!).bytes);
    },
    failures: 0,
  },
  ...(["parquet", "csv.gz"] as const).map((format): Race => ({
    what: `that is no export, over ${format}`,
    slow: { format },
    fast: { format, from: FILES.dates[1]! },
    change: (_, put) =>
      put(format === "parquet" ? `${DATASET}/date=2025-01-02/part.parquet` : KEY, BYTES),
    failures: 1,
    cause: format === "parquet"
      ? /meanwhile and it does not end as a Parquet file$/
      : /meanwhile without a word on what it is$/,
  })),
];

/** A place that two runs have opened. */
interface Place extends AsyncDisposable {
  open(): ExportTarget;
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All objects but the program's notes. */
  objects(): Promise<Map<string, Uint8Array>>;
}

const PLACES: Record<string, (world: World) => Place> = {
  folder: ({ home }) => ({
    open: () => new FolderTarget(`${home}/lake`),
    put: async (path, bytes) => {
      await Deno.mkdir(`${home}/lake/${path}/..`.replace(/[^/]+\/\.\.$/, ""), { recursive: true });
      await Deno.writeFile(`${home}/lake/${path}`, bytes);
    },
    objects: async () =>
      new Map([...await bytesUnder(`${home}/lake`)].map(([path, bytes]) => [path.slice(1), bytes])),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
  bucket: () => {
    const s3 = new FakeS3({ credentials: KEYS });
    const own = { bucket: s3.bucket, credentials: KEYS, fetch: s3.fetch };
    return {
      open: () =>
        new BucketTarget({ ...own, name: "s3://lake", endpoint: "http://127.0.0.1:1", prefix: "" }),
      put: (path, bytes) => Promise.resolve(void s3.objects.put(path, bytes)),
      objects: () => {
        const keys = s3.objects.keys().filter((key) => !key.includes("_flatfetch"));
        return Promise.resolve(new Map(keys.map((key) => [key, s3.objects.get(key)!.bytes])));
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

for (const [kind, placeOf] of Object.entries(PLACES)) {
  for (const { what, slow, fast, change, failures, cause, mixed } of RACES) {
    Deno.test(`exportDataset() into a ${kind} where another run writes objects ${what} meanwhile fails ${failures} of its own${mixed ? " and names the dataset" : ""}`, async () => {
      await using world = await World.open([FILES]);
      await using place = placeOf(world);
      const run = async (options: Options, more: { fetch?: typeof fetch } = {}) => {
        await using target = place.open();
        const base = { endpoint: world.url, credentials: KEYS, target, ...more };
        return await exportDataset([DATASET], {
          ...base,
          ...options,
          cacheDirectory: `${world.home}/${more.fetch ? "slow" : "fast"}`,
        });
      };
      let other: Promise<unknown> | undefined;
      let there = new Map<string, Uint8Array>();
      const meanwhile = async () => {
        await change?.(world, (path, bytes) => place.put(path, bytes));
        assertEquals((await run(fast)).failures, []);
        there = await place.objects();
      };
      const { complete, failures: failed, mixedLayouts } = await run(slow, {
        fetch: async (...request) => {
          const isFile = String(new Request(...request).url).endsWith(".csv.gz");
          // What was asked for before the change is an older version of it.
          const answer = await fetch(...request);
          if (isFile) await (other ??= meanwhile());
          return answer;
        },
      });
      const isComplete = failures === 0 && mixed === undefined;
      assertEquals([failed.length, complete], [failures, isComplete], JSON.stringify(failed));
      assertEquals(
        mixedLayouts.map(({ dataset, cause }) => [dataset, cause]),
        mixed ? [[DATASET, mixed]] : [],
      );
      assertEquals(mixedLayouts.filter(({ path }) => !there.has(path)), []);
      for (const { cause: found } of failed) assertMatch(found, cause!);
      if (failures === 0 && mixed === undefined) return;
      const after = await place.objects();
      for (const [path, bytes] of there) assertEquals(after.get(path), bytes, path);
    });
  }
}

Deno.test("flatfetch export, two at once with other --tickers, exits 3 and names both where it was too late", async () => {
  await using world = await World.open([FILES]);
  const lake = `${world.home}/lake`;
  const runs = await Promise.all(["A*", "T*"].map((tickers, i) =>
    world.run(
      [
        "export",
        DATASET,
        "--into",
        lake,
        "--tickers",
        tickers,
        "--cache-dir",
        `${world.home}/c${i}`,
      ],
    )
  ));
  const written = (await bytesUnder(lake)).size;
  const lost = runs.map(({ stderr }) =>
    stderr.match(/❌ us_.* meanwhile with tickers .*/g)?.length ?? 0
  );
  assertEquals([written, lost[0]! + lost[1]!], [ALL, ALL], runs.map(({ stderr }) => stderr).join());
  for (const [i, { code, stderr }] of runs.entries()) {
    assertEquals(code, lost[i] === 0 ? 0 : 3, stderr);
  }
});

Deno.test("flatfetch export whose dataset comes to be there in two layouts exits 3, counts no failure and says what to do", async () => {
  await using world = await World.open([FILES]);
  const [lake, other] = ["lake", "other"].map((name) => `${world.home}/${name}`);
  const line = ["export", DATASET, "--cache-dir"];
  assertEquals((await world.run([...line, `${world.home}/c`, "--into", other!])).code, 0);
  // The other run puts its objects there when this one has listed the place.
  const { respond } = world.s3;
  world.s3.respond = (request) => {
    if (request.target.endsWith(".csv.gz")) {
      const folder = `${DATASET}/date=${FILES.dates[0]}`;
      Deno.mkdirSync(`${lake}/${folder}`, { recursive: true });
      Deno.copyFileSync(`${other}/${folder}/part.parquet`, `${lake}/${folder}/part.parquet`);
    }
    return respond.call(world.s3, request);
  };
  const args = [...line, world.cache, "--into", lake!, "--by", "month", "--json"];
  const { code, stdout, stderr } = await world.run(args);
  assertEquals(code, 3, stderr);
  assertMatch(
    stderr,
    /❌ us_stocks_sip\/day_aggs_v1: another run has written it as parquet by date/,
  );
  assertMatch(stderr, /Remove the objects of every layout but one\./);
  const { failures, mixedLayouts, objectsWritten } = JSON.parse(stdout);
  assertEquals([failures, mixedLayouts.length, objectsWritten], [[], 1, 1]);
  assertEquals(/failed/.test(stdout + stderr), false);
});

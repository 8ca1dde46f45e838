import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RUN_KINDS } from "../lib/settings.ts";
import {
  adjust,
  BucketTarget,
  chainName,
  chartPage,
  checkBars,
  checkPlace,
  checkSymbols,
  diagnose,
  estimate,
  exportDataset,
  findCredentials,
  FolderTarget,
  loadDividends,
  loadSplits,
  openCache,
  parseSymbol,
  preload,
  readBars,
  resample,
  S3Client,
  UsageError,
  writeBars,
  writeBarsBySymbol,
} from "../mod.ts";

/** What a caller whom no compiler stops gives. */
// deno-lint-ignore no-explicit-any
type Anything = any;

const cacheDirectory = "/nowhere/flatfetch";
const options = { cacheDirectory, offline: true };
const target = new FolderTarget("/nowhere/lake");

/** By the name of the list, and of the function: a call with it. */
const LISTS: Record<string, (list: Anything) => unknown> = {
  "symbols of preload": (symbols) => preload(symbols, options),
  "symbols of estimate": (symbols) => estimate(symbols, options),
  "symbols of checkSymbols": (symbols) => checkSymbols(symbols, options),
  "symbols of readBars": async (symbols) =>
    await Array.fromAsync(readBars(await openCache(cacheDirectory), { symbols })),
  "datasets of exportDataset": (datasets) => exportDataset(datasets, { ...options, target }),
  "datasets of checkPlace": (datasets) => checkPlace(datasets, { ...options, target }),
  "tickers of exportDataset": (tickers) =>
    exportDataset(["us_stocks_sip/day_aggs_v1"], { ...options, target, tickers }),
  "tickers of loadSplits": (tickers) => loadSplits(tickers, options),
  "tickers of loadDividends": (tickers) => loadDividends(tickers, options),
  "symbols of loadSplits": (symbols) => loadSplits(["TSLA"], { ...options, symbols }),
};

for (const [what, call] of Object.entries(LISTS)) {
  Deno.test(`${what}: what is no list of strings is refused by name`, async () => {
    const [name] = what.split(" ");
    const refused = async (list: unknown, message: string) =>
      await assertRejects(async () => await call(list), UsageError, `Cannot use ${name}${message}`);
    await refused("TSLA", ': found "TSLA", want a list, such as ["');
    await refused(null, ": found null, want a list");
    await refused({ length: 1 }, ": found an object, want a list");
    await refused(5, ": found 5, want a list");
    await refused(["TSLA", 5], "[1]: found 5, want a string");
    await refused(["TSLA", undefined], "[1]: found undefined, want a string");
    await refused([["TSLA"]], "[0]: found a list, want a string");
  });
}

const read = async (request: object) =>
  await Array.fromAsync(
    readBars(await openCache(cacheDirectory), { symbols: ["TSLA"], ...request }),
  );
const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
const bucket = { endpoint: "http://127.0.0.1:9", bucket: "flatfiles", credentials };
const doctor = {
  cacheDirectory,
  findCredentials: () => Promise.reject(new Error("it was called")),
};
const RUN = Object.keys(RUN_KINDS).join(" ");
const HERE = "cacheDirectory credentials endpoint bucket region limits signal reporter fetch";

/** The options of each function, and a call with one of them. */
const OPTIONS: readonly [of: string, names: string, call: (option: Anything) => unknown][] = [
  ["preload", RUN, (option) => preload(["TSLA"], { ...options, ...option })],
  ["estimate", RUN, (option) => estimate(["TSLA"], { ...options, ...option })],
  ["checkSymbols", RUN, (option) => checkSymbols(["TSLA"], { ...options, ...option })],
  [
    "exportDataset",
    `${HERE} period from to concurrency nowMs by format tickers target shard dryRun programVersion`,
    (option) => exportDataset(["us_stocks_sip/day_aggs_v1"], { ...options, target, ...option }),
  ],
  [
    "checkPlace",
    `${HERE} period from to nowMs target deep`,
    (option) => checkPlace([], { ...options, target, ...option }),
  ],
  ["readBars", "symbols period from to interval hours asset nowMs endpoint bucket", read],
  [
    "loadSplits",
    "cacheDirectory file isPartial apiKey endpoint maxAgeMs refresh offline signal fetch random " +
    "limits nowMs symbols onNotice onRetry",
    (option) => loadSplits(["TSLA"], { ...options, ...option }),
  ],
  [
    "diagnose",
    "cacheDirectory findCredentials endpoint bucket region version limitMs signal fetch random now",
    (option) => Array.fromAsync(diagnose({ ...doctor, ...option })),
  ],
  ["openCache", "path", ({ path }) => openCache(path)],
  ["parseSymbol", "symbol", ({ symbol }) => parseSymbol(symbol)],
  ["parseSymbol", "asset", (option) => parseSymbol("TSLA", option)],
  ["chainName", "root", ({ root }) => chainName(root, {})],
  ["chainName", "expiry right strike", (option) => chainName("SPX", option)],
  ["resample", "bars", ({ bars }) => resample(bars, "1wk", { asset: "stock" })],
  ["resample", "interval", ({ interval }) => resample([], interval, { asset: "stock" })],
  ["resample", "asset hours", (option) => resample([], "1wk", { asset: "stock", ...option })],
  ["checkBars", "bars", ({ bars }) => checkBars(bars, { asset: "stock" })],
  ["checkBars", "asset interval", (option) => checkBars([], { asset: "stock", ...option })],
  ["adjust", "bars", ({ bars }) => adjust(bars, [])],
  ["adjust", "splits", ({ splits }) => adjust([], splits)],
  ["adjust", "dividends", (option) => adjust([], [], option)],
  [
    "adjust",
    "ticker executionDate from to",
    (field) => adjust([], [{ ticker: "A", executionDate: "2024-03-07", from: 1, to: 2, ...field }]),
  ],
  [
    "adjust",
    "exDate factor",
    (field) => adjust([], [], { dividends: [{ exDate: "2024-03-07", factor: 1, ...field }] }),
  ],
  ["writeBars", "place", ({ place }) => writeBars(place, [], { format: "csv" })],
  ["writeBars", "batches", ({ batches }) => writeBars("/nowhere/x", batches, { format: "csv" })],
  [
    "writeBars",
    "format tickers metadata",
    (option) => writeBars("/nowhere/x", [], { format: "csv", ...option }),
  ],
  [
    "writeBarsBySymbol",
    "directory",
    ({ directory }) => writeBarsBySymbol(directory, [], { format: "csv" }),
  ],
  [
    "writeBarsBySymbol",
    "format tickers metadata",
    (option) => writeBarsBySymbol("/nowhere/x", [], { format: "csv", ...option }),
  ],
  ["chartPage", "interval hours adjusted notes asset", (option) => chartPage({}, option)],
  [
    "findCredentials",
    "env hidden profile pairs profiles except readTextFile",
    (option) =>
      findCredentials({ env: {}, readTextFile: () => Promise.resolve(undefined), ...option }),
  ],
  [
    "S3Client",
    "endpoint bucket region credentials concurrency limits fetch random onRetry",
    (option) => new S3Client({ ...bucket, ...option }),
  ],
  [
    "BucketTarget",
    "name prefix partSize keepsIndex onConditions region credentials",
    (option) => new BucketTarget({ name: "s3://x", prefix: "", ...bucket, ...option }),
  ],
  ["FolderTarget", "path", ({ path }) => new FolderTarget(path)],
];

for (const [of, names, call] of OPTIONS) {
  Deno.test(`${of}() refuses by name what ${names.slice(0, 60)} cannot be`, async () => {
    for (const name of names.split(" ")) {
      // No option may be any of these.
      for (const wrong of [null, NaN, -1, 10n, Symbol("s")]) {
        const refused = async () => await call({ [name]: wrong });
        const error = await assertRejects(
          refused,
          UsageError,
          undefined,
          `${name}: ${typeof wrong}`,
        );
        if (!error.message.includes(name)) throw error;
      }
    }
  });
}

const BAR = {
  ...{ date: "2024-03-07", timestamp: Date.parse("2024-03-07T05:00:00Z") },
  ...{ open: 10, high: 12, low: 9, close: 11, volume: 100, transactions: null },
};

/** What a field of a bar cannot be, beside `undefined`. */
const WRONG_FIELDS: Record<keyof typeof BAR, readonly unknown[]> = {
  date: [null, "2024-3-7", "2024-02-30", "2024-03-07T05:00:00Z", new Date(0), new String(BAR.date)],
  timestamp: [null, NaN, "1709787600000", 1709787600000e3, 10n, new Date(0)],
  open: [null, NaN, "10", 10n],
  high: [null, Infinity, "12"],
  low: [null, -Infinity, "9"],
  close: [null, NaN, [11]],
  volume: [NaN, "100", 100n],
  transactions: [NaN, "7", true],
};

/** By the name of a function and of the list: a call with bars, whose results it takes. */
const OF_BARS: Record<string, (bars: Anything) => unknown> = {
  "resample bars": (bars) => [...resample(bars, "1wk", { asset: "stock" })],
  "adjust bars": (bars) => [...adjust(bars, [])],
  "checkBars bars": (bars) => checkBars(bars, { asset: "stock" }),
  "chartPage bars.A": (bars) => chartPage({ A: bars }),
  ...Object.fromEntries(["csv", "ndjson.gz", "parquet"].flatMap((format: Anything) => [
    [`writeBars batches[1].bars as ${format}`, async (bars: Anything) => {
      const path = await Deno.makeTempDir();
      try {
        const batches = [{ symbol: "A", bars: [BAR] }, { symbol: "A", bars }];
        return await writeBars(`${path}/a`, batches, { format }).finally(async () => {
          const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
          assertEquals(names, []);
        });
      } finally {
        await Deno.remove(path, { recursive: true });
      }
    }],
  ])),
  "writeBarsBySymbol batches[1].bars": async (bars) => {
    const path = await Deno.makeTempDir();
    try {
      const batches = [{ symbol: "A", bars: [BAR] }, { symbol: "B", bars }];
      return await writeBarsBySymbol(path, batches, { format: "csv" });
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  },
};

for (const [of, call] of Object.entries(OF_BARS)) {
  const [name, list] = of.split(" ");
  Deno.test(`${name}() names the bar of ${of.slice(name!.length + 1)} that is wrong, and its field`, async () => {
    const refused = async (bars: Anything, found: string) =>
      await assertRejects(
        async () => await call(bars),
        UsageError,
        `Cannot use ${list}[1]${found}`,
      );
    for (const [field, wrong] of Object.entries(WRONG_FIELDS)) {
      for (const value of [undefined, ...wrong]) {
        // Any number is a stamp to look at.
        if (name === "checkBars" && field === "timestamp" && value === 1709787600000e3) continue;
        await refused([BAR, { ...BAR, [field]: value }], `.${field}: found `);
      }
    }
    for (const bar of [undefined, null, 5, "bar", Object.values(BAR)]) {
      await refused([BAR, bar], ": found ");
    }
  });
}

Deno.test("writeBars() and writeBarsBySymbol() name the batch that is wrong, and its field", async () => {
  const wrong: [batch: Anything, found: string][] = [
    [null, "batches[1]: found null, want an object"],
    [[BAR], "batches[1]: found a list, want an object"],
    [{ bars: [BAR] }, "batches[1].symbol: found undefined, want a string"],
    [{ symbol: "A" }, "batches[1].bars: found undefined, want a list of bars"],
    [{ symbol: "A", bars: "bars" }, "batches[1].bars: found a string, want a list of bars"],
    [{ symbol: "A", ticker: 5, bars: [BAR] }, "batches[1].ticker: found 5, want a string"],
  ];
  const directory = await Deno.makeTempDir();
  for (const [batch, found] of wrong) {
    const batches = [{ symbol: "A", bars: [BAR] }, batch];
    for (const write of [writeBars, writeBarsBySymbol]) {
      const refused = () => write(`${directory}/${write.name}`, batches, { format: "csv" });
      await assertRejects(refused, UsageError, `Cannot use ${found}`);
    }
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("resample(), adjust() and checkBars() refuse bars that have to be awaited", () => {
  const bars: Anything = async function* () {}();
  for (const name of ["resample", "adjust", "checkBars"]) {
    const refused = () => OF_BARS[`${name} bars`]!(bars);
    assertThrows(refused, UsageError, "Cannot use bars: found an async iterable, want a list");
  }
});

Deno.test("chartPage() refuses a Map, of which no field is a symbol", async () => {
  const bars: Anything = new Map([["A", [BAR]]]);
  const refused = () => chartPage(bars);
  await assertRejects(refused, UsageError, "Cannot use bars: found an iterable, want an object");
});

Deno.test("writeBars() and writeBarsBySymbol() refuse metadata that are no texts", async () => {
  const directory = await Deno.makeTempDir();
  const batches = [{ symbol: "A", bars: [BAR] }];
  const refused = async (metadata: Anything, message: string) => {
    const options = { format: "parquet", metadata } as const;
    const writes = typeof metadata === "function" ? [] : [writeBars];
    for (const write of [...writes, writeBarsBySymbol]) {
      await assertRejects(
        () => write(directory + write.name, batches, options),
        UsageError,
        message,
      );
    }
  };
  for (const wrong of [5, null, true, {}, ["1d"]]) {
    await refused({ interval: wrong }, "Cannot use metadata.interval: found");
    await refused(() => ({ interval: wrong }), "Cannot use metadata.interval: found");
  }
  await refused(new Map([["interval", "1d"]]), "Cannot use metadata: found an iterable, want an");
  await refused(() => 5, "Cannot use metadata: found a number, want an object");
  const names = await Array.fromAsync(Deno.readDir(`${directory}writeBarsBySymbol`));
  assertEquals(names, []);
  for (const path of [directory, `${directory}writeBarsBySymbol`]) await Deno.remove(path);
});

Deno.test("writeBars() refuses an object that takes no bytes as the place", async () => {
  const place: Anything = {};
  const refused = () => writeBars(place, [], { format: "csv" });
  await assertRejects(refused, UsageError, "Cannot use place: found an object, want a path or an");
});

Deno.test("adjust() refuses splits and dividends that lack a field, or have no date", () => {
  const wrong: [splits: Anything[], dividends: Anything[], message: string][] = [
    [[{}], [], "Cannot use splits[0].ticker: found undefined, want a string"],
    [
      [],
      [{}],
      "Cannot use dividends[0].exDate: found undefined, want a day of the calendar, YYYY-MM-DD",
    ],
    [[], [{ exDate: "2024-03-07" }], "Cannot use dividends[0].factor: found undefined, want a num"],
    [
      [],
      [{ exDate: "2024-3-7", factor: 1 }],
      'exDate: found "2024-3-7", want a day of the calendar, YYYY-MM-DD',
    ],
  ];
  for (const [splits, dividends, message] of wrong) {
    assertThrows(() => adjust([], splits, { dividends }), UsageError, message);
  }
});

Deno.test("options as a whole are refused by their type", async () => {
  for (const wrong of [null, undefined, 5, "x", [], () => {}] as Anything[]) {
    for (const call of [preload, estimate, checkSymbols, exportDataset, checkPlace, loadSplits]) {
      await assertRejects(
        async () => await call(["TSLA"], wrong),
        UsageError,
        "Cannot use options",
      );
    }
  }
});

Deno.test("preload() shows no secret that stands in the wrong place", async () => {
  const secret: Anything = "hidden";
  for (const wrong of [{ credentials: secret }, { splits: { apiKey: secret } }]) {
    await assertRejects(
      () => preload(["TSLA"], { ...options, ...wrong }),
      UsageError,
      ": found a string, want a key",
    );
  }
});

import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import {
  FakeRest,
  type RestDividend,
  type RestSplit,
  serveRest,
} from "../../fixtures/rest_server.ts";
import {
  ConfigurationError,
  IntegrityError,
  RestError,
  StorageError,
  UsageError,
} from "../../lib/errors.ts";
import { sealLine } from "../../lib/cache/line.ts";
import {
  loadDividends,
  loadSplits,
  type LoadSplitsOptions,
} from "../../lib/adjust/load_actions.ts";
import { openCache } from "../../lib/read/open_cache.ts";
import { namesIn, withDirectory } from "../cache/samples.ts";

const KEY = "CANARY_rest_key_0123456789";
const API_KEY = { value: KEY, source: "MASSIVE_API_KEY" };
const DAY_MS = 86_400_000;
const NOW = Date.parse("2024-06-10T12:00:00Z");

const row = (ticker: string, date: string, from: unknown, to: unknown): RestSplit => ({
  ticker,
  execution_date: date,
  split_from: from,
  split_to: to,
});

const ROWS = [
  row("TSLA", "2022-08-25", 1, 3),
  row("TSLA", "2020-08-31", 1, 5),
  row("AAPL", "2020-08-31", 1, 4),
  row("NVDA", "2024-06-10", 1, 10),
];

interface Place {
  readonly rest: FakeRest;
  readonly cache: string;
  readonly load: (
    tickers: readonly string[],
    options?: Partial<LoadSplitsOptions>,
  ) => Promise<string[]>;
}

/** Splits as text, `TICKER DATE FROM:TO`; the key must be nowhere in the cache directory. */
async function withPlace(run: (place: Place) => Promise<void>) {
  await withDirectory(async (path) => {
    const rest = new FakeRest({ key: KEY, splits: ROWS });
    const cache = `${path}/cache`;
    const load: Place["load"] = async (tickers, options = {}) => {
      const splits = await loadSplits(tickers, {
        cacheDirectory: cache,
        apiKey: API_KEY,
        endpoint: "https://api.example",
        fetch: rest.fetch,
        random: () => 0,
        nowMs: NOW,
        ...options,
      });
      assertEquals([...splits.keys()], [...new Set(tickers)]);
      return [...splits.values()].flat().map(({ ticker, executionDate, from, to }) =>
        `${ticker} ${executionDate} ${from}:${to}`
      );
    };
    await run({ rest, cache, load });
    for await (const { name } of readDirectory(`${cache}/splits`)) {
      assertNotMatch(await Deno.readTextFile(`${cache}/splits/${name}`), /CANARY/);
    }
  });
}

async function* readDirectory(path: string): AsyncIterable<Deno.DirEntry> {
  try {
    yield* Deno.readDir(path);
  } catch (error) {
    assert(error instanceof Deno.errors.NotFound);
  }
}

const TSLA = ["TSLA 2020-08-31 1:5", "TSLA 2022-08-25 1:3"];

Deno.test("loadSplits() asks the REST API once and then the cache for a day", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    assertEquals(await load(["TSLA"]), TSLA);
    assertEquals(await load(["TSLA"], { nowMs: NOW + DAY_MS, apiKey: undefined }), TSLA);
    assertEquals([rest.requests.length, await namesIn(`${cache}/splits`)], [1, ["TSLA.json"]]);
    await load(["TSLA"], { nowMs: NOW + DAY_MS + 1 });
    await load(["TSLA"], { nowMs: NOW + DAY_MS + 1, maxAgeMs: 0 });
    assertEquals(rest.requests.length, 2);
    await load(["TSLA"], { refresh: true });
    assertEquals(rest.requests.length, 3);
  });
});

Deno.test("loadSplits() asks for the tickers that the cache lacks, together", async () => {
  await withPlace(async ({ rest, load }) => {
    await load(["TSLA"]);
    assertEquals(await load(["AAPL", "TSLA", "MSFT"]), ["AAPL 2020-08-31 1:4", ...TSLA]);
    assertEquals(rest.requests[1]?.parameters["ticker.any_of"], "AAPL,MSFT");
    await load(["MSFT", "AAPL", "MSFT"]);
    assertEquals(rest.requests.length, 2);
  });
});

Deno.test("loadSplits() offline takes what is kept of any age, or says that nothing is", async () => {
  await withPlace(async ({ rest, load }) => {
    await load(["TSLA"]);
    const offline = { offline: true, nowMs: NOW + 1_000 * DAY_MS };
    assertEquals(await load(["TSLA"], offline), TSLA);
    const error = await assertRejects(() => load(["TSLA", "AAPL"], offline), ConfigurationError);
    assertEquals(error.message, "Cannot use the splits of AAPL offline: none are kept");
    assertEquals(rest.requests.length, 1);
  });
});

Deno.test("loadSplits() keeps the answers of two endpoints apart", async () => {
  await withPlace(async ({ rest, load }) => {
    await load(["TSLA"]);
    await load(["TSLA"], { endpoint: "https://other.example" });
    assertEquals(rest.requests.length, 2);
  });
});

Deno.test("loadSplits() keeps the answers of two paths at one endpoint apart, however they are spelled", async () => {
  await withPlace(async ({ rest, load }) => {
    const fetch = (input: RequestInfo | URL, init?: RequestInit) =>
      rest.fetch(new URL(String(input).replace(/\/(a|b)\//, "/")), init);
    const spellings = [
      "https://api.example/a",
      "https://API.example:443/a/",
      "https://api.example/b/../a",
    ];
    for (const endpoint of spellings) await load(["TSLA"], { endpoint, fetch });
    assertEquals(rest.requests.length, 1);
    await load(["TSLA"], { endpoint: "https://api.example/b", fetch });
    assertEquals(rest.requests.length, 2);
    await load(["TSLA"], { fetch });
    assertEquals(rest.requests.length, 3);
    const offline = { endpoint: "https://api.example/a", offline: true };
    await assertRejects(() => load(["TSLA"], offline), ConfigurationError, "none are kept");
  });
});

Deno.test("loadSplits() uses no answer that another key has brought, and needs none for what is kept", async () => {
  await withPlace(async ({ cache, rest, load }) => {
    await load(["TSLA"]);
    const other = { apiKey: { value: "CANARY_another_key", source: "POLYGON_API_KEY" } };
    await assertRejects(() => load(["TSLA"], other), ConfigurationError, "refuses the key");
    await assertRejects(() => load(["TSLA"], { ...other, offline: true }), ConfigurationError);
    const none = () => Promise.reject(new ConfigurationError("no key was found"));
    for (const apiKey of [API_KEY, () => API_KEY, undefined, none]) {
      assertEquals(await load(["TSLA"], { apiKey }), TSLA);
      assertEquals(await load(["TSLA"], { apiKey, offline: true }), TSLA);
    }
    assertEquals(rest.requests.length, 2);
    const { key } = JSON.parse(await Deno.readTextFile(`${cache}/splits/TSLA.json`));
    assertMatch(key, /^[0-9a-f]{8}$/);
  });
});

Deno.test("loadSplits() reads what an older version has kept, which has not written by which key", async () => {
  await withPlace(async ({ cache, rest, load }) => {
    const kept = {
      format: "flatfetch-splits",
      version: 1,
      source: "https://api.example",
      ticker: "TSLA",
      askedAtMs: NOW,
      splits: [{ executionDate: "2022-08-25", from: 1, to: 3 }],
    };
    await Deno.mkdir(`${cache}/splits`, { recursive: true });
    await Deno.writeTextFile(`${cache}/splits/TSLA.json`, sealLine(kept, 0));
    assertEquals(await load(["TSLA"]), ["TSLA 2022-08-25 1:3"]);
    assertEquals(rest.requests.length, 0);
  });
});

Deno.test("loadSplits() asks again when what is kept is damaged", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    await load(["TSLA"]);
    const path = `${cache}/splits/TSLA.json`;
    const bytes = await Deno.readFile(path);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      await Deno.writeFile(path, damaged);
      assertEquals(await load(["TSLA"]), TSLA);
      assertEquals(rest.requests.length, at + 2);
    }
  });
});

Deno.test("loadSplits() leaves out a split until its date has come in New York", async () => {
  await withPlace(async ({ rest, load }) => {
    const at = (time: string) => ({ nowMs: Date.parse(time), maxAgeMs: Infinity });
    assertEquals(await load(["NVDA"], at("2024-06-10T03:59:59Z")), []);
    assertEquals(await load(["NVDA"], at("2024-06-10T04:00:00Z")), ["NVDA 2024-06-10 1:10"]);
    assertEquals(rest.requests.length, 1);
  });
});

Deno.test("loadSplits() has none for what is no stock, without asking", async () => {
  await withPlace(async ({ rest, load }) => {
    const others = ["X:BTC-USD", "C:EUR-USD", "I:SPX", "O:SPY251219C00650000"];
    assertEquals([await load(others), await load([]), rest.requests.length], [[], [], 0]);
  });
});

Deno.test("loadSplits() counts a split once that the server sends twice, and no other ticker's", async () => {
  await withPlace(async ({ rest, load }) => {
    const fetch = () =>
      Promise.resolve(Response.json({
        status: "OK",
        results: [...ROWS, ...ROWS, row("ZZZ", "never", 0, 0)],
      }));
    assertEquals(await load(["TSLA"], { fetch }), TSLA);
    assertEquals(rest.requests.length, 0);
  });
});

Deno.test("loadSplits() refuses a row that cannot be read, keeps nothing, repeats no key", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    const wrong: [RestSplit, string][] = [
      [row("TSLA", "2022-08-25", 1, 0), 'found split_to "0"'],
      [row("TSLA", "2022-08-25", 1, KEY), 'found split_to "…"'],
      [row("TSLA", "25/8/2022", 1, 3), 'found the date "25/8/2022"'],
      [{ ticker: "TSLA" } as RestSplit, "found the date nothing"],
    ];
    for (const [bad, message] of wrong) {
      rest.splits = [bad];
      const error = await assertRejects(() => load(["TSLA"]), IntegrityError, message);
      assert(error.message.startsWith("Cannot use the splits of TSLA: "));
      assertNotMatch(Deno.inspect(error), /CANARY/);
    }
    assertEquals((await Array.fromAsync(readDirectory(cache))).length, 0);
  });
});

Deno.test("loadSplits() and loadDividends() refuse a row of no ticker, and keep nothing", async () => {
  await withPlace(async ({ cache }) => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    for (const bad of ["null", "5", '"TSLA"', "{}", '{"ticker":5}', `{"ticker":${deep}}`, deep]) {
      const fetch = () => Promise.resolve(new Response(`{"status":"OK","results":[${bad}]}`));
      const options = { cacheDirectory: cache, apiKey: API_KEY, fetch, nowMs: NOW };
      for (const [what, load] of [["splits", loadSplits], ["dividends", loadDividends]] as const) {
        const error = await assertRejects(() => load(["TSLA", "F"], options), IntegrityError);
        assertMatch(
          error.message,
          new RegExp(`^Cannot use the ${what} of TSLA and 1 more: found `),
        );
      }
    }
    assertEquals((await Array.fromAsync(readDirectory(cache))).length, 0);
  });
});

Deno.test("loadSplits() says that there is no key only when one is needed", async () => {
  await withPlace(async ({ load }) => {
    const options = { apiKey: undefined };
    await assertRejects(() => load(["TSLA"], options), ConfigurationError, "no key is given");
    await load(["TSLA"], { apiKey: () => Promise.resolve(API_KEY) });
    assertEquals(await load(["TSLA"], options), TSLA);
  });
});

Deno.test("loadSplits() keeps an old answer when the server refuses, and says so", async () => {
  await withPlace(async ({ rest, load }) => {
    await load(["TSLA"]);
    rest.spoil("not-found");
    await assertRejects(() => load(["TSLA"], { refresh: true }), RestError, "HTTP 404");
    assertEquals(await load(["TSLA"]), TSLA);
  });
});

Deno.test("loadSplits() works over a socket", async () => {
  await withPlace(async ({ rest, load }) => {
    await using server = serveRest(rest);
    const options = { endpoint: server.url, fetch: undefined };
    assertEquals(await load(["TSLA", "AAPL"], options), [...TSLA, "AAPL 2020-08-31 1:4"]);
  });
});

Deno.test("loadSplits() from a file asks nobody and needs no cache", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    const file = `${cache}.csv`;
    await Deno.writeTextFile(
      file,
      "ticker,date,from,to\ntsla,2022-08-25,1,3\nBRK-B,2010-01-21,1,50\nBRK.B,2010-01-21,1,50\n",
    );
    const found = await load(["TSLA", "BRK.B", "AAPL"], { file, apiKey: undefined });
    assertEquals(found, ["TSLA 2022-08-25 1:3", "BRK.B 2010-01-21 1:50"]);
    assertEquals([rest.requests.length, await namesIn(cache).catch(() => [])], [0, []]);
  });
});

Deno.test("loadSplits() from a file takes every spelling of a class, a preferred share and a warrant", async () => {
  await withPlace(async ({ load, cache }) => {
    const file = `${cache}.csv`;
    const spellings = {
      "BRK.B": ["BRK-B", "BRK/B", "BRK.B", "brk-b", "brk/b"],
      "BACpB": ["BAC-PB", "BAC/PB", "BACpB", "bac-pb"],
      "AAC.WS": ["AAC-WT", "AAC/WS", "AAC.WS", "aac/ws"],
      "USD": ["USD"],
    };
    for (const [ticker, spelled] of Object.entries(spellings)) {
      for (const one of spelled) {
        await Deno.writeTextFile(file, `ticker,date,ratio\n${one},2022-08-25,3:1\n`);
        assertEquals(await load([ticker], { file }), [`${ticker} 2022-08-25 1:3`], one);
      }
    }
    // These may be other companies' tickers, and are told of.
    for (const one of ["BRKB", "BACPB", "BRK.A", "BRKK"]) {
      const notices: string[] = [];
      await Deno.writeTextFile(file, `ticker,date,ratio\n${one},2022-08-25,3:1\n`);
      const onNotice = (message: string) => notices.push(message);
      assertEquals(await load(["BRK.B", "BACpB"], { file, onNotice }), []);
      assertEquals(notices, [
        `splits of "${file}": the only row is not of a symbol that is asked for, but of ${one}`,
      ]);
    }
  });
});

Deno.test("loadSplits() refuses what the REST API sends where no double holds the product", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    const dates = Array.from({ length: 11 }, (_, i) => `20${10 + i}-01-04`);
    rest.splits = dates.map((date) => row("TSLA", date, 1, 1e10));
    await assertRejects(() => load(["TSLA"]), IntegrityError, "factor beyond 1e100");
    assertEquals((await Array.fromAsync(readDirectory(cache))).length, 0);
  });
});

Deno.test("loadSplits() names a file that is missing, a directory or wrong", async () => {
  await withPlace(async ({ cache, load }) => {
    const missing = `${cache}.csv`;
    const error = await assertRejects(() => load(["TSLA"], { file: missing }), UsageError);
    const why = "no such file";
    assertEquals(error.message, `Cannot read splits from ${JSON.stringify(missing)}: ${why}`);
    await assertRejects(() => load(["TSLA"], { file: "." }), UsageError, 'from ".": ');
    await Deno.writeTextFile(missing, "ticker,date,from,to\nTSLA,2022-08-25,1,x\n");
    await assertRejects(
      () => load(["TSLA"], { file: missing }),
      UsageError,
      ", line 2: found split_to",
    );
  });
});

Deno.test({
  name: "loadSplits() neither reads nor writes through a symlink",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withPlace(async ({ rest, cache, load }) => {
      await load(["TSLA"]);
      const path = `${cache}/splits/TSLA.json`;
      await Deno.rename(path, `${cache}/outside`);
      await Deno.symlink(`${cache}/outside`, path);
      const before = await Deno.readTextFile(`${cache}/outside`);
      await load(["TSLA"], { nowMs: NOW + 1 });
      assertEquals([rest.requests.length, (await Deno.lstat(path)).isFile], [2, true]);
      assertEquals(await Deno.readTextFile(`${cache}/outside`), before);
      await Deno.rename(`${cache}/splits`, `${cache}/elsewhere`);
      await Deno.symlink(`${cache}/elsewhere`, `${cache}/splits`);
      await assertRejects(() => load(["TSLA"]), StorageError, "it is a symbolic link");
    });
  },
});

Deno.test("Cache.clear() forgets the splits of the symbol, clearAll() those of all", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    await load(["TSLA", "AAPL", "NVDA"]);
    const opened = await openCache(cache);
    await opened.clear("tsla");
    assertEquals(await namesIn(`${cache}/splits`), ["AAPL.json", "NVDA.json"]);
    await load(["AAPL", "TSLA"]);
    assertEquals(rest.requests.length, 2);
    await opened.clearAll();
    assertEquals((await namesIn(cache)).includes("splits"), false);
  });
});

const dividend = (ticker: string, date: string, amount: number): RestDividend => ({
  ticker,
  ex_dividend_date: date,
  cash_amount: amount,
  currency: "USD",
  distribution_type: "recurring",
});

const loadPaid = async (rest: FakeRest, options: LoadSplitsOptions, ...tickers: string[]) => {
  const of = { apiKey: API_KEY, fetch: rest.fetch, random: () => 0, nowMs: NOW, ...options };
  const dividends = await loadDividends(tickers, of);
  return [...dividends.values()].flat().map(({ ticker, exDate, amount }) =>
    `${ticker} ${exDate} ${amount}`
  );
};

Deno.test("loadDividends() asks for many tickers in a request, page after page, once a day", async () => {
  await withPlace(async ({ rest, cache }) => {
    rest.dividends = [
      ...Array.from({ length: 6_000 }, (_, i) => dividend("AAPL", "2023-05-12", 1 + i)),
      dividend("MSFT", "2024-06-10", 0.75),
      dividend("MSFT", "2024-06-11", 0.75),
      dividend("MSFT", "2024-02-14", 0.75),
      dividend("ZZZ", "2024-02-14", 0.75),
    ];
    const found = await loadPaid(rest, { cacheDirectory: cache }, "MSFT", "AAPL", "X:BTC-USD");
    assertEquals(found.slice(0, 3), [
      "MSFT 2024-02-14 0.75",
      "MSFT 2024-06-10 0.75",
      "AAPL 2023-05-12 1",
    ]);
    assertEquals(found.length, 6_002);
    assertEquals(rest.requests.map(({ path }) => path), Array(2).fill("/stocks/v1/dividends"));
    assertEquals(rest.requests[0]?.parameters, { "ticker.any_of": "MSFT,AAPL", limit: "5000" });
    assertEquals(await namesIn(`${cache}/dividends`), ["AAPL.json", "MSFT.json"]);
    await loadPaid(rest, { cacheDirectory: cache, apiKey: undefined }, "MSFT", "AAPL");
    assertEquals(rest.requests.length, 2);
  });
});

Deno.test("loadSplits({ isPartial }) lets a file's dates go before the REST API's, and 1:1 take one away", async () => {
  await withPlace(async ({ rest, cache, load }) => {
    const file = `${cache}.csv`;
    await Deno.writeTextFile(
      file,
      "ticker,date,ratio\nTSLA,2020-08-31,1:1\ntsla,2022-08-25,4:1\nTSLA,2024-01-02,2\nMSFT,2003-02-18,2\n",
    );
    const options = { file, isPartial: true };
    assertEquals(await load(["TSLA", "AAPL"], options), [
      "TSLA 2022-08-25 1:4",
      "TSLA 2024-01-02 1:2",
      "AAPL 2020-08-31 1:4",
    ]);
    assertEquals(rest.requests.length, 1);
    assertEquals(await load(["TSLA"]), TSLA);
    const alone = { file, apiKey: undefined };
    assertEquals(await load(["TSLA"], alone), ["TSLA 2022-08-25 1:4", "TSLA 2024-01-02 1:2"]);
  });
});

Deno.test("loadDividends({ isPartial }) lets a file's dates go before the REST API's", async () => {
  await withPlace(async ({ rest, cache }) => {
    rest.dividends = [dividend("A", "2024-01-02", 1), dividend("A", "2024-02-02", 1)];
    const file = `${cache}.csv`;
    await Deno.writeTextFile(file, "ticker,date,amount\nA,2024-01-02,0\nA,2024-03-01,2\n");
    const options = { cacheDirectory: cache, file, isPartial: true };
    assertEquals(await loadPaid(rest, options, "A"), ["A 2024-02-02 1", "A 2024-03-01 2"]);
  });
});

Deno.test("loadSplits() takes a file without tickers for one symbol, and refuses it for several", async () => {
  await withPlace(async ({ cache, load }) => {
    const file = `${cache}.csv`;
    await Deno.writeTextFile(file, "Date,Stock Splits\n2022-08-25 00:00:00-04:00,3.0\n");
    assertEquals(await load(["TSLA"], { file }), ["TSLA 2022-08-25 1:3"]);
    const both = ["TSLA", "tsla"];
    assertEquals((await load(both, { file, symbols: ["tsla"] })).length, 2);
    const error = await assertRejects(() => load(both, { file }), UsageError);
    assertEquals(
      error.message,
      `Cannot use splits from ${
        JSON.stringify(file)
      } for 2 symbols: it has no column ticker, so it ` +
        "is one stock's",
    );
  });
});

Deno.test("loadDividends() refuses a row that cannot be read, keeps nothing, repeats no key", async () => {
  await withPlace(async ({ rest, cache }) => {
    rest.dividends = [{ ...dividend("A", "2024-01-02", 1), cash_amount: KEY }];
    const error = await assertRejects(
      () => loadPaid(rest, { cacheDirectory: cache }, "A"),
      IntegrityError,
      'Cannot use the dividends of A: found the amount "…"',
    );
    assertNotMatch(Deno.inspect(error), /CANARY/);
    assertEquals((await Array.fromAsync(readDirectory(cache))).length, 0);
  });
});

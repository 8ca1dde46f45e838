import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { companyOf } from "../../fixtures/companies.ts";
import { FakeRest } from "../../fixtures/rest_server.ts";
import { loadHistories, type LoadHistoriesOptions } from "../../lib/adjust/load_history.ts";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  RestError,
  UsageError,
} from "../../lib/errors.ts";
import { withDirectory } from "../cache/samples.ts";

const KEY = "CANARY_rest_key_0123456789";
const DAY_MS = 86_400_000;
const NOW = Date.parse("2024-06-10T12:00:00Z");
const META = companyOf("Meta", ["2022-06-09", "META"], ["2012-05-18", "FB"]);
const HISTORY = "META: FB 2012-05-18 2022-06-08, META 2022-06-09 9999-12-31";

interface Place {
  readonly rest: FakeRest;
  readonly path: string;
  readonly cache: string;
  readonly load: (
    stocks: readonly (string | readonly string[])[],
    options?: Partial<LoadHistoriesOptions>,
  ) => Promise<(string | undefined)[]>;
  /** The tickers that the API was asked for since the last call. */
  readonly takeAsked: () => string[];
}

/** Histories as text; the key must be nowhere in the cache directory. */
async function withPlace(run: (place: Place) => Promise<void>) {
  await withDirectory(async (path) => {
    const rest = new FakeRest({ key: KEY, splits: [], companies: { META } });
    const cache = `${path}/cache`;
    const load: Place["load"] = async (stocks, options = {}) => {
      const found = await loadHistories(stocks.map((one) => [one].flat()), {
        cacheDirectory: cache,
        apiKey: { value: KEY, source: "MASSIVE_API_KEY" },
        endpoint: "https://api.example",
        fetch: rest.fetch,
        random: () => 0,
        nowMs: NOW,
        ...options,
      });
      return found.map((one) =>
        one &&
        `${one.ticker}: ${
          one.history.map(({ ticker, from, to }) => `${ticker} ${from} ${to}`).join(", ")
        }`
      );
    };
    const takeAsked = () =>
      rest.requests.splice(0).map(({ path }) => decodeURIComponent(path.split("/")[4] ?? ""));
    await run({ rest, path, cache, load, takeAsked });
    try {
      for await (const { name } of Deno.readDir(`${cache}/renames`)) {
        assertNotMatch(await Deno.readTextFile(`${cache}/renames/${name}`), /CANARY/);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}

Deno.test("loadHistories() asks once a day, also for what is unknown", async () => {
  await withPlace(async ({ load, takeAsked }) => {
    assertEquals(await load(["META", "FB"]), [HISTORY, undefined]);
    assertEquals(takeAsked(), ["META", "FB"]);
    assertEquals(await load(["FB", "META"], { nowMs: NOW + DAY_MS }), [undefined, HISTORY]);
    assertEquals(takeAsked(), []);
    await load(["META"], { nowMs: NOW + DAY_MS + 1 });
    assertEquals(takeAsked(), ["META"]);
    await load(["META"], { refresh: true, nowMs: NOW + DAY_MS + 1 });
    assertEquals(takeAsked(), ["META"]);
  });
});

Deno.test("loadHistories() takes the first spelling that is known", async () => {
  await withPlace(async ({ load, takeAsked, rest }) => {
    assertEquals(await load([["meta", "META"]]), [HISTORY]);
    assertEquals(takeAsked(), ["meta", "META"]);
    rest.companies = { "BF.B": companyOf("Brown-Forman", ["2003-09-10", "BF.B"]) };
    assertEquals(await load([["BF.B"]]), ["BF.B: BF.B 2003-09-10 9999-12-31"]);
  });
});

Deno.test("loadHistories() is patient with a throttled API, and keeps each answer as it comes", async () => {
  await withPlace(async ({ load, takeAsked, rest }) => {
    rest.spoil("throttled", "throttled", "unavailable");
    assertEquals(await load(["META"]), [HISTORY]);
    assertEquals(takeAsked(), ["META", "META", "META", "META"]);
    const reset = () => rest.spoil(...Array(9).fill("reset"));
    const spoilSecond = async (input: URL | Request | string, init?: RequestInit) => {
      if (String(input).includes("/B/")) reset();
      return await rest.fetch(input, init);
    };
    const options = { refresh: true, fetch: spoilSecond as typeof fetch };
    await assertRejects(() => load(["META", "B", "C"], options), NetworkError);
    rest.heal();
    takeAsked();
    assertEquals(await load(["META", "B", "C"]), [HISTORY, undefined, undefined]);
    assertEquals(takeAsked(), ["B", "C"]);
  });
});

Deno.test("loadHistories() works offline with what is kept, and asks nothing", async () => {
  await withPlace(async ({ load, takeAsked }) => {
    const message = "Cannot use the earlier tickers of META offline: none are kept";
    await assertRejects(() => load(["META"], { offline: true }), ConfigurationError, message);
    await load(["META"]);
    takeAsked();
    const later = { offline: true, nowMs: NOW + 99 * DAY_MS, apiKey: undefined };
    assertEquals(await load(["META"], later), [HISTORY]);
    assertEquals(takeAsked(), []);
    await assertRejects(() => load(["A"], { apiKey: undefined }), ConfigurationError, "no key");
  });
});

Deno.test("loadHistories() refuses what is no answer, and keeps nothing of it", async () => {
  await withPlace(async ({ load, rest }) => {
    for (const fault of ["garbage", "web-page", "error-status", "other-shape", "cut"] as const) {
      rest.spoil(...Array(9).fill(fault));
      await assertRejects(() => load(["META"]), IntegrityError, "earlier tickers of META");
      rest.heal();
    }
    rest.spoil("not-authorized");
    await assertRejects(() => load(["META"]), ConfigurationError, "refuses the key");
    rest.spoil(...Array(9).fill("internal-error"));
    await assertRejects(() => load(["META"]), RestError);
    rest.heal();
    rest.companies = { META: companyOf(KEY, ["2022-06-09", "META"], ["2022-06-09", KEY]) };
    const error = await assertRejects(() => load(["META"]), IntegrityError);
    assertEquals(
      error.message,
      "Cannot use the earlier tickers of META: on 2022-06-09 it has both META and …",
    );
    rest.companies = { META };
    assertEquals(await load(["META"]), [HISTORY]);
  });
});

Deno.test("loadHistories() by a file needs no key and asks nothing", async () => {
  await withPlace(async ({ load, takeAsked, path }) => {
    const file = `${path}/renames.csv`;
    await Deno.writeTextFile(
      file,
      "date,old,new\n2022-06-09,FB,META\n2022-06-09,X,Y\n2022-06-09,Z,Y\n",
    );
    const options = { file, apiKey: undefined, offline: true };
    assertEquals(await load(["META", "TSLA"], options), [
      "META: FB 0001-01-01 2022-06-08, META 2022-06-09 9999-12-31",
      undefined,
    ]);
    assertEquals(takeAsked(), []);
    const message =
      `Cannot use renames from "${file}": on 2022-06-09 there are both X to Y and Z to Y`;
    await assertRejects(() => load(["Y"], options), UsageError, message);
    const gone = { ...options, file: `${path}/gone.csv` };
    await assertRejects(() => load(["Y"], gone), UsageError, "Cannot read renames from");
  });
});

Deno.test("loadHistories() notes that a file has none of the tickers only where it has none", async () => {
  await withPlace(async ({ load, path }) => {
    const file = `${path}/renames.csv`;
    const notesFor = async (...rows: readonly string[]) => {
      await Deno.writeTextFile(file, ["date,old,new", ...rows, ""].join("\n"));
      const notes: string[] = [];
      await load([["brk", "BRK"], "TSLA"], { file, onNotice: (text) => notes.push(text) });
      return notes.length;
    };
    assertEquals(await notesFor("2022-06-09,FB,META"), 1);
    assertEquals(await notesFor("2022-06-09,FB,TSLA"), 0);
    // A ticker that stays the same makes no history, but it is one that was asked for.
    assertEquals(await notesFor("2022-06-09,TSLA,TSLA"), 0);
    assertEquals(await notesFor("2022-06-09,FB,META", "2022-06-10,BRK,BRK"), 0);
  });
});

import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { FakeRest, type RestFault } from "../../fixtures/rest_server.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { SPLIT_ROWS, SPLIT_SPAN, splitFiles } from "../../fixtures/split_files.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { preload } from "../../lib/load/preload.ts";
import type { Finding } from "../../lib/market/finding.ts";
import type { ProgressEvent } from "../../lib/progress.ts";
import type { PreloadOptions } from "../../lib/settings.ts";
import { withDirectory } from "../cache/samples.ts";
import { actionsOfCompany } from "../../lib/adjust/adjustment.ts";
import { type Split, uniqueSplits } from "../../lib/adjust/split.ts";

/** Whether a run adjusts its bars, or warns of a jump, over a bucket with splits in it. */

const KEY = "CANARY_rest_key_0123456789";
const API_KEY = { value: KEY, source: "MASSIVE_API_KEY" };
interface Loaded {
  readonly closes: number[];
  readonly volumes: (number | null)[];
  readonly adjusted: unknown;
  readonly dividends: unknown;
  readonly findings: readonly Finding[];
  readonly events: ProgressEvent[];
}

interface Place {
  readonly rest: FakeRest;
  readonly s3: FakeS3;
  readonly path: string;
  readonly load: (options?: Partial<PreloadOptions>, symbol?: string) => Promise<Loaded>;
}

async function withPlace(run: (place: Place) => Promise<void>) {
  await withDirectory(async (path) => {
    const s3 = new FakeS3();
    for (const { key, bytes } of splitFiles()) s3.objects.put(key, bytes);
    const rest = new FakeRest({ key: KEY, splits: SPLIT_ROWS });
    await run({ rest, s3, path, load: loader(path, s3, rest) });
  });
}

function loader(path: string, s3: FakeS3, rest: FakeRest): Place["load"] {
  const fetch: typeof globalThis.fetch = (url, init) =>
    new URL(String(url)).host === "api.massive.com" ? rest.fetch(url, init) : s3.fetch(url, init);
  return async (options = {}, symbol = "TSLA") => {
    const events: ProgressEvent[] = [];
    const { bars, summary } = await preload([symbol], {
      ...SPLIT_SPAN,
      cacheDirectory: `${path}/cache`,
      credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
      splits: { apiKey: API_KEY },
      nowMs: Date.parse("2022-08-27T12:00:00Z"),
      fetch,
      reporter: (event) => events.push(event),
      ...options,
    });
    const [[name, ofSymbol]] = Object.entries(bars) as [[string, typeof bars[string]]];
    return {
      closes: ofSymbol.map(({ close }) => close),
      volumes: ofSymbol.map(({ volume }) => volume),
      adjusted: summary.symbols[name]!.adjusted,
      dividends: summary.symbols[name]!.dividends,
      findings: summary.symbols[name]!.findings ?? [],
      events,
    };
  };
}

const AS_THEY_ARE = [889, 891.29, 296.07, 288];
const ADJUSTED = [889 / 3, 891.29 / 3, 296.07, 288];
const APPLIED = [{ executionDate: "2022-08-25", from: 1, to: 3 }];

Deno.test("preload() gives bars as they are and warns once of a jump, cached or not", async () => {
  await withPlace(async ({ rest, load }) => {
    for (let run = 0; run < 2; run++) {
      const loaded = await load();
      assertEquals([loaded.closes, loaded.adjusted], [AS_THEY_ARE, undefined]);
      assertEquals(loaded.findings, [{
        kind: "split-like-jump",
        severity: "note",
        dates: ["2022-08-25"],
        ratio: "3:1",
        priceRatio: 302.36 / 891.29,
        text: "the price jumps as at a split of 3:1",
      }]);
    }
    assertEquals((await load({}, "MSFT")).findings, []);
    assertEquals(rest.requests, []);
  });
});

Deno.test("preload({ adjust }) adjusts by the splits that change a bar, and says which", async () => {
  await withPlace(async ({ rest, load }) => {
    const loaded = await load({ adjust: "splits" });
    assertEquals([loaded.closes, loaded.adjusted], [ADJUSTED, APPLIED]);
    assertEquals(loaded.volumes, [900, 1_800, 900, 900]);
    assertEquals([loaded.findings, loaded.dividends], [[], undefined]);
    const msft = await load({ adjust: "splits" }, "MSFT");
    assertEquals([msft.closes, msft.adjusted], [[275, 276, 279, 268], []]);
    assertEquals(rest.requests.length, 2);
  });
});

Deno.test("preload({ adjust }) leaves what is recorded as the vendor has it", async () => {
  await withPlace(async ({ rest, s3, load }) => {
    await load({ adjust: "splits" });
    s3.clearRequests();
    const offline = { offline: true, credentials: undefined, splits: undefined };
    assertEquals((await load(offline)).closes, AS_THEY_ARE);
    assertEquals((await load({ ...offline, adjust: "splits" })).closes, ADJUSTED);
    assertEquals([s3.requests.length, rest.requests.length], [0, 1]);
  });
});

Deno.test("preload({ adjust, splits: { file } }) asks no REST API", async () => {
  await withPlace(async ({ rest, path, load }) => {
    const file = `${path}/splits.csv`;
    await Deno.writeTextFile(file, "ticker,date,from,to\ntsla,2022-08-25,1,3\n");
    const { closes, adjusted } = await load({ adjust: "splits", splits: { file } }, "tsla");
    assertEquals([closes, adjusted, rest.requests], [ADJUSTED, APPLIED, []]);
  });
});

Deno.test("preload({ adjust }) needs a key before it downloads anything", async () => {
  await withPlace(async ({ s3, load }) => {
    const load1 = () => load({ adjust: "splits", splits: undefined });
    await assertRejects(load1, ConfigurationError, "no key is given");
    const wrong = { apiKey: { value: "CANARY_wrong", source: "POLYGON_API_KEY" } };
    const load2 = () => load({ adjust: "splits", splits: wrong });
    const error = await assertRejects(load2, ConfigurationError, '"POLYGON_API_KEY" (HTTP 401)');
    assertNotMatch(Deno.inspect(error, { depth: 20 }), /CANARY/);
    assertEquals(s3.requests.length, 0);
  });
});

Deno.test("preload({ adjust }) reports each attempt at the REST API that failed", async () => {
  await withPlace(async ({ rest, load }) => {
    const faults: RestFault[] = ["throttled", "internal-error", "garbage"];
    rest.spoil(...faults);
    const { events, closes } = await load({ adjust: "splits", random: () => 0 });
    const retries = events.flatMap((event) => event.type === "retry" ? [event] : []);
    assertEquals(retries.map(({ key, attempt }) => [key, attempt]), [
      ["/stocks/v1/splits", 1],
      ["/stocks/v1/splits", 2],
      ["/stocks/v1/splits", 3],
    ]);
    assertEquals(closes, ADJUSTED);
    assertNotMatch(JSON.stringify(events), /CANARY/);
  });
});

Deno.test("preload({ adjust }) of an option says that it is not adjusted, and asks nobody", async () => {
  await withPlace(async ({ rest, load }) => {
    const option = "O:TSLA220826C00300000";
    const { events, adjusted } = await load({ adjust: "splits" }, option);
    const notices = events.flatMap((event) => event.type === "notice" ? [event.message] : []);
    assertEquals(notices, [
      `${option} is not adjusted: a split changes an option's contract itself`,
    ]);
    assertEquals([adjusted, rest.requests], [[], []]);
  });
});

const split = (ticker: string, executionDate: string, to = 2): Split => (
  { ticker, executionDate, from: 1, to }
);
const HISTORY = [
  { ticker: "A", from: "2010-01-04", to: "2015-06-30" },
  { ticker: "B", from: "2015-07-01", to: "2020-06-30" },
  { ticker: "C", from: "2020-07-01", to: "9999-12-31" },
];

const FUTURE = "2030-01-02";

function companys(...splits: readonly Split[]): string[] {
  const byTicker = Map.groupBy(splits, ({ ticker }) => ticker);
  const today = "2024-01-02";
  const dateOf = ({ executionDate }: Split) => executionDate;
  const announced = [...HISTORY.with(-1, { ...HISTORY[2]!, to: "2030-01-01" }), {
    ...{ ticker: "D", from: FUTURE, to: "9999-12-31" },
  }];
  const [plain, later] = [HISTORY, announced].map((history) =>
    actionsOfCompany({ tickers: ["C"], history }, byTicker, { dateOf, unique: uniqueSplits, today })
  );
  assertEquals(plain, later);
  return plain!
    .map(({ ticker, executionDate, to }) => `${ticker} ${executionDate} ${to}`);
}

Deno.test("actionsOfCompany() takes each ticker's of its time, under the one asked for", () => {
  const all = ["2009-01-02", "2012-01-03", "2018-01-03", "2022-01-03"]
    .flatMap((date, i) => [split("A", date, 2 + i), split("B", date, 12 + i)]);
  assertEquals(companys(...all), ["C 2012-01-03 3", "C 2018-01-03 14"]);
});

Deno.test("actionsOfCompany() takes all of the newest ticker, which the API has under no other", () => {
  const all = ["2009-01-02", "2012-01-03", "2022-01-03"].map((date) => split("C", date));
  assertEquals(companys(...all), ["C 2009-01-02 2", "C 2012-01-03 2", "C 2022-01-03 2"]);
});

Deno.test("actionsOfCompany() counts a split with the change of the ticker once, under whichever", () => {
  const [old, own] = [split("B", "2020-07-01"), split("C", "2020-07-01")];
  for (const splits of [[old], [own], [old, own]]) {
    assertEquals(companys(...splits), ["C 2020-07-01 2"]);
  }
  assertEquals(companys(split("B", "2020-07-02")), []);
  assertEquals(companys(split("B", "2015-07-01"), split("A", "2015-07-01")), ["C 2015-07-01 2"]);
});

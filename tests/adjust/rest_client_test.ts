import { assert, assertEquals, assertInstanceOf, assertNotMatch, assertRejects } from "@std/assert";
import { FakeS3, type FaultName, serveS3 } from "../../fixtures/s3_server.ts";
import { FakeRest, type RestFault, type RestSplit, serveRest } from "../../fixtures/rest_server.ts";
import { ConfigurationError, IntegrityError, NetworkError, RestError } from "../../lib/errors.ts";
import { RestClient, type RestClientOptions } from "../../lib/adjust/rest_client.ts";
import type { Retry } from "../../lib/http/sender.ts";
import { fetchActionRows } from "../../lib/adjust/rest_tables.ts";

const KEY = "CANARY_rest_key_0123456789";
const ENDPOINT = "https://api.example";
const LIMITS = { firstHeadersMs: 500, headersMs: 500 };

const rowOf = (ticker: string, n: number): RestSplit => ({
  ticker,
  execution_date: `20${String(n + 10)}-01-02`,
  split_from: 1,
  split_to: n + 2,
});
const ROWS = ["AAPL", "TSLA"].flatMap((ticker) => [0, 1, 2, 3].map((n) => rowOf(ticker, n)));

interface Loaded {
  readonly rows: RestSplit[];
  readonly retries: Retry[];
  readonly rest: FakeRest;
}

/** Asks for tickers with the given faults, with no wait between attempts. */
async function load(
  tickers: readonly string[],
  { faults = [], pageSize = 1_000, ...options }:
    & Partial<RestClientOptions>
    & { faults?: readonly RestFault[]; pageSize?: number } = {},
): Promise<Loaded> {
  const rest = new FakeRest({ key: KEY, splits: ROWS, pageSize });
  rest.spoil(...faults);
  const retries: Retry[] = [];
  using client = new RestClient({
    endpoint: ENDPOINT,
    apiKey: { value: KEY, source: "MASSIVE_API_KEY" },
    fetch: rest.fetch,
    random: () => 0,
    limits: LIMITS,
    onRetry: (retry) => retries.push(retry),
    ...options,
  });
  const rows = await fetchActionRows(client, "splits", { tickers }) as RestSplit[];
  return { rows, retries, rest };
}

const summary = (rows: readonly RestSplit[]) =>
  rows.map(({ ticker, split_to }) => `${ticker} ${split_to}`);

Deno.test("fetchActionRows() asks for one ticker by name and for several at once", async () => {
  const one = await load(["TSLA"]);
  assertEquals(summary(one.rows), ["TSLA 2", "TSLA 3", "TSLA 4", "TSLA 5"]);
  const both = await load(["TSLA", "AAPL"]);
  assertEquals(both.rows.length, 8);
  assertEquals([...one.rest.requests, ...both.rest.requests].map(({ parameters }) => parameters), [
    { ticker: "TSLA", limit: "1000" },
    { "ticker.any_of": "TSLA,AAPL", limit: "1000" },
  ]);
});

Deno.test("fetchActionRows() asks for 100 tickers in a request", async () => {
  const { rest } = await load(Array.from({ length: 201 }, (_, n) => `T${n}`));
  const counts = rest.requests.map(({ parameters }) =>
    Object.values(parameters)[0]!.split(",").length
  );
  assertEquals(counts, [100, 100, 1]);
});

Deno.test("RestClient follows pages to the end", async () => {
  for (const pageSize of [1, 3, 4, 8]) {
    const { rows, rest } = await load(["TSLA", "AAPL"], { pageSize });
    assertEquals(summary(rows), summary(ROWS));
    assertEquals(rest.requests.length, Math.ceil(8 / pageSize));
  }
});

Deno.test("RestClient sends the key in a header to the endpoint and in no URL", async () => {
  const { rest } = await load(["TSLA"], { pageSize: 1 });
  for (const { url, authorization } of rest.requests) {
    assert(url.startsWith(`${ENDPOINT}/stocks/v1/splits?`), url);
    assertEquals([authorization, url.includes(KEY)], [`Bearer ${KEY}`, false]);
  }
});

Deno.test("RestClient keeps a path of the endpoint in front", async () => {
  const asked: string[] = [];
  const fetch = (url: unknown) => {
    asked.push(String(url));
    return Promise.resolve(new Response('{"status":"OK","results":[]}'));
  };
  await load(["TSLA"], { endpoint: "https://proxy.example/massive/", fetch });
  assertEquals(asked, ["https://proxy.example/massive/stocks/v1/splits?ticker=TSLA&limit=1000"]);
});

for (
  const fault of [
    "throttled",
    "internal-error",
    "unavailable",
    "redirect",
    "garbage",
    "web-page",
    "error-status",
    "other-shape",
    "cut",
    "huge",
    "stall",
    "reset",
  ] as const
) {
  Deno.test(`RestClient tries again after ${fault}`, async () => {
    const { rows, retries, rest } = await load(["TSLA"], { faults: [fault, fault] });
    assertEquals([rows.length, rest.requests.length], [4, 3]);
    assertEquals(retries.map(({ attempt, subject }) => [attempt, subject]), [
      [1, "/stocks/v1/splits"],
      [2, "/stocks/v1/splits"],
    ]);
  });
}

/** How an answer that stays bad ends: error class, message, requests. */
const ENDS: Partial<
  // deno-lint-ignore no-explicit-any
  Record<RestFault, readonly [new (...args: any[]) => Error, string, requests: number]>
> = {
  throttled: [RestError, "the server answers HTTP 429", 6],
  "internal-error": [RestError, "the server answers HTTP 500", 6],
  "not-found": [RestError, "the server answers HTTP 404", 1],
  redirect: [RestError, 'HTTP 302, a redirect to the host "elsewhere.example"', 6],
  "not-authorized": [ConfigurationError, 'refuses the key in "MASSIVE_API_KEY" (HTTP 403)', 1],
  garbage: [IntegrityError, "cannot be used: it is no JSON object", 6],
  "web-page": [IntegrityError, "cannot be used: it is a web page", 6],
  "error-status": [IntegrityError, "its status is not OK", 6],
  "other-shape": [IntegrityError, "it has no results", 6],
  huge: [IntegrityError, "received more than 8388608 bytes", 6],
  stall: [NetworkError, "no answer in 500 ms", 6],
  reset: [NetworkError, "the connection to api.example was reset", 6],
  "foreign-next": [IntegrityError, 'the next page is at the host "elsewhere.example"', 1],
  "same-next": [IntegrityError, "a page comes twice", 1],
  endless: [IntegrityError, "it has more than 100 pages", 100],
};

for (const [fault, [errorClass, message, requests]] of Object.entries(ENDS)) {
  Deno.test(`RestClient ends with ${errorClass.name} after lasting ${fault}`, async () => {
    const rest = new FakeRest({ key: KEY, splits: ROWS });
    rest.spoil(...Array.from({ length: 200 }, () => fault as RestFault));
    const loading = load(["TSLA"], { fetch: rest.fetch });
    const error = await assertRejects(() => loading, errorClass, message);
    assert(error.message.startsWith("Cannot load the splits of TSLA: "), error.message);
    assertEquals(rest.requests.length, requests);
    assertNotMatch(Deno.inspect(error, { depth: 20 }), /CANARY/i);
    assert(rest.requests.every(({ url }) => url.startsWith(ENDPOINT)));
  });
}

Deno.test("RestClient names the variable whose key is wrong, and no key", async () => {
  const apiKey = { value: "CANARY_other", source: "POLYGON_API_KEY" };
  const error = await assertRejects(() => load(["TSLA"], { apiKey }), ConfigurationError);
  assertEquals(
    error.message,
    'Cannot load the splits of TSLA: the server refuses the key in "POLYGON_API_KEY" ' +
      "(HTTP 401): it is wrong, or its plan does not include this",
  );
});

Deno.test("RestClient sends nothing to a next page of another origin", async () => {
  const nexts = [
    "https://elsewhere.example/stocks/v1/splits",
    "http://api.example/stocks/v1/splits",
    "https://api.example:8443/stocks/v1/splits",
    "https://api.example.evil.example/",
    "//elsewhere.example/",
    "\\\\elsewhere.example\\",
    "ftp://api.example/",
    "data:,x",
    "https://",
    `https://${KEY}.elsewhere.example/`,
  ];
  for (const next_url of nexts) {
    const asked: string[] = [];
    const fetch = (url: unknown) => {
      asked.push(new URL(String(url)).origin);
      return Promise.resolve(Response.json({ status: "OK", results: [], next_url }));
    };
    const error = await assertRejects(() => load(["TSLA"], { fetch }), IntegrityError, "next page");
    assertEquals(asked, [ENDPOINT], next_url);
    assertNotMatch(error.message, /canary/i);
  }
});

Deno.test("RestClient drops user name and fragment of a next page's URL", async () => {
  const asked: string[] = [];
  const fetch = (url: unknown) => {
    const isFirst = asked.push(String(url)) === 1;
    const next_url = isFirst ? "https://user:word@api.example/next?cursor=1#part" : undefined;
    return Promise.resolve(Response.json({ status: "OK", results: [], next_url }));
  };
  await load(["TSLA"], { fetch });
  assertEquals(asked[1], `${ENDPOINT}/next?cursor=1`);
});

Deno.test("RestClient refuses an endpoint or a key that cannot be, before any request", () => {
  const apiKey = { value: KEY, source: "MASSIVE_API_KEY" };
  const wrong: [string, string][] = [
    ["http://api.example", KEY],
    ["https://user:canary@api.example", KEY],
    ["https://api.example?apiKey=canary", KEY],
    ["canary", KEY],
    [ENDPOINT, ""],
    [ENDPOINT, "CANARY in two words"],
    [ENDPOINT, "CANARY\r\nx-header: 1"],
  ];
  for (const [endpoint, value] of wrong) {
    try {
      new RestClient({ endpoint, apiKey: { ...apiKey, value } });
    } catch (error) {
      assertInstanceOf(error, ConfigurationError);
      assertNotMatch(error.message, /canary/i);
      continue;
    }
    assert(false, endpoint);
  }
});

Deno.test("RestClient ends with the reason of its signal, in a request and in a wait", async () => {
  for (const faults of [["stall"], ["internal-error"]] as const) {
    const rest = new FakeRest({ key: KEY, splits: ROWS });
    rest.spoil(...faults);
    const controller = new AbortController();
    const reason = new Error("enough");
    const fetch: typeof globalThis.fetch = (...args) => {
      queueMicrotask(() => controller.abort(reason));
      return rest.fetch(...args);
    };
    using client = new RestClient({
      endpoint: ENDPOINT,
      apiKey: { value: KEY, source: "x" },
      fetch,
      random: () => 0.999,
    });
    const { signal } = controller;
    const error = await assertRejects(() =>
      fetchActionRows(client, "splits", { tickers: ["TSLA"], signal })
    );
    assertEquals([error, rest.requests.length], [reason, 1]);
  }
});

Deno.test("RestClient follows pages and tries again over a socket", async () => {
  const rest = new FakeRest({ key: KEY, splits: ROWS, pageSize: 2 });
  await using server = serveRest(rest);
  rest.spoil("throttled", "cut", "reset");
  const apiKey = { value: KEY, source: "MASSIVE_API_KEY" };
  using client = new RestClient({ endpoint: server.url, apiKey, random: () => 0 });
  const rows = await fetchActionRows(client, "splits", {
    tickers: ["TSLA", "AAPL"],
  }) as RestSplit[];
  assertEquals([summary(rows), rest.requests.length], [summary(ROWS), 7]);
});

Deno.test("RestClient lets go of a socket that is silent", async () => {
  const rest = new FakeRest({ key: KEY, splits: ROWS });
  await using server = serveRest(rest);
  rest.spoil("stall");
  const apiKey = { value: KEY, source: "MASSIVE_API_KEY" };
  const limits = { firstHeadersMs: 500 };
  using client = new RestClient({ endpoint: server.url, apiKey, limits, random: () => 0 });
  assertEquals((await fetchActionRows(client, "splits", { tickers: ["TSLA"] })).length, 4);
  assertEquals(rest.requests.length, 2);
});

Deno.test("RestClient gives up an answer that never ends, after six attempts", async () => {
  const never = ["stall-headers", "endless-headers", "endless-continue", "stall-body", "drip"];
  const apiKey = { value: KEY, source: "MASSIVE_API_KEY" };
  const limits = { firstHeadersMs: 500, headersMs: 500, idleMs: 500, windowMs: 500 };
  await Promise.all((never as FaultName[]).map(async (name) => {
    const s3 = new FakeS3({ bucket: "stocks" });
    s3.objects.put("v1/splits", new TextEncoder().encode('{"status":"OK","results":[]}'));
    s3.faults.add({ name, intervalMs: 100 });
    await using server = serveS3(s3);
    using client = new RestClient({ endpoint: server.url, apiKey, limits, random: () => 0 });
    const question = { path: "/stocks/v1/splits", parameters: {}, action: "Cannot" };
    const asked = Array.fromAsync(client.results(question));
    const error = await assertRejects(() => asked, NetworkError);
    await server.quiet();
    assertEquals([error.timedOut, s3.requests.length], [true, 6], name);
  }));
});

/** Asking for no more than a byte, and for no more than a head. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { ConfigurationError, NetworkError, S3Error } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";
import type { Credentials } from "../../lib/s3/credentials.ts";
import { reachEndpoint } from "../../lib/s3/reach.ts";
import { KEYS } from "../program/harness.ts";

const ENDPOINT = "https://files.example";
const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";

function bucketWith(bytes: Uint8Array<ArrayBuffer>): FakeS3 {
  const s3 = new FakeS3({ credentials: KEYS });
  s3.objects.put(KEY, bytes);
  return s3;
}

const clientOf = (fetch: typeof globalThis.fetch, credentials: Credentials = KEYS) =>
  new S3Client({ endpoint: ENDPOINT, bucket: "flatfiles", credentials, fetch, random: () => 0 });

Deno.test("probe() of an object that is served asks for its first byte alone", async () => {
  const s3 = bucketWith(new Uint8Array(100_000));
  const ranges: (string | null)[] = [];
  let bytes = 0;
  using client = new S3Client({
    endpoint: ENDPOINT,
    bucket: "flatfiles",
    credentials: KEYS,
    fetch: (url, init) => {
      ranges.push(new Headers(init?.headers).get("range"));
      return s3.fetch(url, init);
    },
    onBytes: (count) => bytes += count,
  });
  assertEquals(await client.probe(KEY), "served");
  assertEquals([ranges, bytes, client.requests], [["bytes=0-0"], 0, 1]);
});

Deno.test("probe() lets the body go of a server that knows no ranges", async () => {
  let isCancelled = false;
  const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
  using client = clientOf(() => Promise.resolve(new Response(body)));
  assertEquals(await client.probe(KEY), "served");
  assert(isCancelled);
});

Deno.test("probe() tells a refusal by the plan with one request", async () => {
  const s3 = bucketWith(new Uint8Array(9));
  s3.faults.add("access-denied", { key: KEY });
  using client = clientOf(s3.fetch);
  assertEquals([await client.probe(KEY), client.requests], ["refused", 1]);
});

Deno.test("probe() takes an archived object for one that is not sent", async () => {
  const document = "<Error><Code>InvalidObjectState</Code></Error>";
  using client = clientOf(() => Promise.resolve(new Response(document, { status: 403 })));
  assertEquals([await client.probe(KEY), client.requests], ["refused", 1]);
});

Deno.test("probe() tells that there is no such object", async () => {
  using client = clientOf(bucketWith(new Uint8Array(9)).fetch);
  assertEquals(await client.probe(`${KEY}.not`), "missing");
});

Deno.test("probe() takes an object without a byte for served", async () => {
  using client = clientOf(bucketWith(new Uint8Array()).fetch);
  assertEquals(await client.probe(KEY), "served");
});

Deno.test("probe() with wrong keys is an error, and no refusal by the plan", async () => {
  const s3 = bucketWith(new Uint8Array(9));
  using client = clientOf(s3.fetch, { ...KEYS, secretAccessKey: "wrong" });
  const error = await assertRejects(() => client.probe(KEY), S3Error);
  assertEquals(error.code, "SignatureDoesNotMatch");
});

Deno.test("probe() asks again after what a retry can get over", async () => {
  const s3 = bucketWith(new Uint8Array(9));
  s3.faults.add("internal-error", { key: KEY, times: 2 });
  using client = clientOf(s3.fetch);
  assertEquals([await client.probe(KEY), client.requests], ["served", 3]);
});

Deno.test("probe() refuses a key that no URL can name", async () => {
  using client = clientOf(bucketWith(new Uint8Array(9)).fetch);
  await assertRejects(() => client.probe("a/../b"), TypeError, 'Cannot ask for "a/../b"');
});

Deno.test("probe() aborts with the signal's reason", async () => {
  using client = clientOf(bucketWith(new Uint8Array(9)).fetch);
  const signal = AbortSignal.abort("enough");
  assertEquals(await client.probe(KEY, { signal }).catch((error) => error), "enough");
});

const reach = (fetch: typeof globalThis.fetch, endpoint = ENDPOINT) =>
  reachEndpoint({ endpoint, bucket: "flatfiles", fetch, signal: new AbortController().signal });

Deno.test("reachEndpoint() sends no key, follows nothing and takes any answer", async () => {
  const now = Date.parse("2024-03-07T12:00:00Z");
  const s3 = new FakeS3({ credentials: KEYS, now: () => now });
  const sent: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    sent.push(new Request(input, init));
    return s3.fetch(input, init);
  };
  assertEquals(await reach(fetch), { serverTimeMs: now });
  assertEquals([s3.requests[0]?.status, [...sent[0]!.headers], sent[0]?.redirect], [
    403,
    [],
    "manual",
  ]);
});

Deno.test("reachEndpoint() tells no time that the answer does not have", async () => {
  assertEquals(await reach(() => Promise.resolve(new Response())), { serverTimeMs: undefined });
});

Deno.test("reachEndpoint() tells that nobody listens, and repeats no more of the endpoint than its host", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(() =>
    reachEndpoint({
      endpoint: `http://127.0.0.1:${port}/a-path`,
      bucket: "flatfiles",
      signal: new AbortController().signal,
    }), NetworkError);
  assertEquals(
    error.message,
    `Cannot reach the endpoint at "127.0.0.1": the connection to 127.0.0.1:${port} was refused`,
  );
});

Deno.test("reachEndpoint() refuses what the client refuses", async () => {
  const fail = () => Promise.reject(new Error("Nothing is sent"));
  await assertRejects(() => reach(fail, "http://files.example"), ConfigurationError, "want https");
});

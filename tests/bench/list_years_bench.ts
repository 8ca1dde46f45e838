/**
 * `deno bench -A tests/bench/list_years_bench.ts`: five years of stocks listed with 100 ms of
 * latency, one year after another and at once.
 *
 * @module
 */

import { FakeS3 } from "../../fixtures/s3_server.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { Listing } from "../../lib/bucket/listing.ts";
import { datasetOf } from "../../lib/market/dataset.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";
import { STOCK_DAYS } from "./data.ts";

const STOCKS = datasetOf("stock", "1d");
const SPAN = { from: STOCK_DAYS.dates[0]!, to: STOCK_DAYS.dates.at(-1)! };
const SIGNAL = new AbortController().signal;
const s3 = new FakeS3({ latencyMs: 100 });
for (const date of STOCK_DAYS.dates) s3.objects.put(STOCK_DAYS.keyOf(date), new Uint8Array(9));
const client = new S3Client({
  endpoint: "https://s3.test",
  bucket: s3.bucket,
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  fetch: s3.fetch,
});

/** Lists with so many requests at once, into a cache directory that has nothing yet. */
async function list(limit: number): Promise<void> {
  const directory = new CacheDirectory(await Deno.makeTempDir());
  const place = { directory, source: "bench", maxAgeMs: -1, nowMs: 0 };
  const spans = [{ dataset: STOCKS, period: SPAN }];
  const listing = await Listing.readKept(spans, place);
  const semaphore = new Semaphore(limit);
  await listing.complete(spans, client, { ...place, semaphore, signal: SIGNAL });
  if (listing.byDataset().get(STOCKS.name)?.length !== STOCK_DAYS.dates.length) {
    throw new Error("A file is missing in the listing");
  }
}

for (const [name, limit] of [["one after another", 1], ["at once", 20]] as const) {
  Deno.bench({
    name: `list the prefixes of six years, ${name}`,
    baseline: limit === 1,
    group: "list",
    async fn() {
      await list(limit);
    },
  });
}

/**
 * Uses all of the cache, for a process that may read and write the directory alone: makes
 * it, loads two tickers, keeps a listing and an object, and reads everything back.
 *
 * @module
 */

import { CacheDirectory } from "../../lib/cache/directory.ts";
import { listEntryPaths, listJournals } from "../../lib/cache/inventory.ts";
import { readListing, writeListing } from "../../lib/cache/kept_listing.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { StoredRecords } from "../../lib/cache/stored_records.ts";

const directory = new CacheDirectory(Deno.args[0]!);
await directory.make();
{
  await using folded = await TickerRecords.open(directory, { ...of, ticker: "AAPL" });
  folded.add(sampleRecord(0));
  await TickerRecords.foldAll([folded]);
  await using begun = await TickerRecords.open(directory, of);
  begun.add(sampleRecord(1));
}
const { key, size, etag } = sampleRecord(0);
const listing = { source: "here", prefix: `${of.dataset}/2024/`, listedAtMs: 0 };
await writeListing(directory, { ...listing, objects: [{ key, size, etag }] });
const store = new ObjectStore(directory);
await store.write(key, new Uint8Array(9));
await store.remove(sampleRecord(1).key);

const found = [
  (await (await StoredRecords.open(directory)).readAll({ ...of, ticker: "AAPL" })).entry ===
    "whole",
  (await listEntryPaths(directory)).length === 1,
  (await listJournals(directory)).length === 1,
  (await readListing(directory, listing))?.objects.length === 1,
  (await store.read(key))?.length === 9,
];
if (!found.includes(false)) Deno.stdout.writeSync(new TextEncoder().encode("all read back\n"));

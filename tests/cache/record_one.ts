/**
 * A process that records one object in the cache directory that it is given, and tells the
 * error that it meets.
 *
 * @module
 */

import { CacheDirectory } from "../../lib/cache/directory.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";

const tell = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
try {
  const directory = new CacheDirectory(Deno.args[0]!);
  await directory.make();
  await using store = await TickerRecords.open(directory, of);
  store.add(sampleRecord(0));
  tell("none");
} catch (error) {
  if (!(error instanceof StorageError)) throw error;
  tell(`${error.name} ${error.code} ${error.path}`);
}

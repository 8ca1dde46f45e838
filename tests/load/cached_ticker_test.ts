import { assertEquals } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { StoredRecords } from "../../lib/cache/stored_records.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { findCachedTicker } from "../../lib/load/cached_ticker.ts";
import { identityOf } from "../../lib/load/run_context.ts";
import { withDefaults } from "../../lib/settings.ts";
import { sampleRecords, withDirectory } from "../cache/samples.ts";
import { TSLA } from "./loaded_samples.ts";

Deno.test("findCachedTicker() misses nothing that is folded in while it reads", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const settings = withDefaults({ cacheDirectory: path });
    const of = identityOf(TSLA!, "TSLA", settings);
    const [entry, journal] = [
      directory.entryPath(of.dataset, of.ticker),
      directory.journalPath(of),
    ];
    const records = sampleRecords(3);
    {
      await using store = await TickerRecords.open(directory, of);
      store.addAll(records);
      await Deno.copyFile(journal, `${path}/journal`);
      await TickerRecords.foldAll([store]);
    }
    await Deno.rename(entry, `${path}/entry`);
    await Deno.rename(`${path}/journal`, journal);

    const stored = await StoredRecords.open(directory);
    const { lstatSync } = Deno;
    const looked = new Set<string>();
    Deno.lstatSync = (at) => {
      if (at === entry || at === journal) looked.add(at);
      // What another process does between the two looks.
      if (looked.size === 2 && isThere(journal)) {
        Deno.renameSync(`${path}/entry`, entry);
        Deno.removeSync(journal);
      }
      return lstatSync(at);
    };
    const isThere = (at: string) => {
      try {
        return lstatSync(at).isFile;
      } catch {
        return false;
      }
    };
    try {
      const { records: found } = await findCachedTicker(TSLA!, stored);
      assertEquals([...found.keys()], records.map(({ key }) => key));
    } finally {
      Deno.lstatSync = lstatSync;
    }
  });
});

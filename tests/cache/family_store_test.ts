/** What is kept of a family, on a disk that fails and beside others who work on it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { FamilyBody } from "../../lib/cache/family_body.ts";
import {
  FamilyStore,
  keysOfFamily,
  listFamilies,
  readFamily,
} from "../../lib/cache/family_store.ts";
import { LockedError, StorageError } from "../../lib/errors.ts";
import { FailingDisk } from "./failing_disk.ts";
import { withDirectory } from "./samples.ts";

const OF = { dataset: "us_options_opra/day_aggs_v1", family: "O:SPY*" };
const KEYS = [17, 18, 19].map((day) => `${OF.dataset}/2025/12/2025-12-${day}.csv.gz`);
const objectOf = (key: string) => ({ key, size: 5, etag: "e" });

function bodyOf(key: string): Uint8Array {
  const body = new FamilyBody(OF.family, key);
  body.add({ ticker: "O:SPY251219C00650000", rowsText: "[[1,1,1,1,1,1,1]]" });
  return body.end({ failures: {} });
}

/** Keeps all that is not kept yet, and tells what was. */
async function load(directory: CacheDirectory, done: string[] = []): Promise<void> {
  await using store = await FamilyStore.open(directory, OF, { keys: KEYS });
  for (const key of KEYS.filter((key) => !store.files.has(key))) {
    await store.write(objectOf(key), bodyOf(key));
    done.push(key);
  }
}

async function withCache(run: (directory: CacheDirectory) => Promise<void>): Promise<void> {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(`${path}/cache`);
    await directory.make();
    await run(directory);
  });
}

const kept = async (directory: CacheDirectory) => await readFamily(directory, OF, KEYS);

Deno.test("FamilyStore keeps what was written and ends alike, whichever disk call fails", async () => {
  for (const how of [{}, { forGood: true }, { short: true }, { short: true, forGood: true }]) {
    for (let at = 0, isFailing = true; isFailing; at++) {
      await withCache(async (directory) => {
        const done: string[] = [];
        {
          using disk = new FailingDisk({ at, ...how });
          const failure = await load(directory, done).catch((error) => error);
          isFailing = disk.calls > at;
          const { code, path } = failure instanceof StorageError ? failure : {};
          if (isFailing && failure) assertEquals(code, "ENOSPC", `call ${at}: ${failure}`);
          assert(path === undefined || path.startsWith(directory.path), path);
        }
        const found = await kept(directory);
        assertEquals(done.filter((key) => !found.files.has(key)), []);
        assertEquals(found.damaged, 0);
        await load(directory);
        assertEquals([...(await kept(directory)).files.keys()], KEYS);
      });
    }
  }
});

Deno.test("readFamily() takes no file for damaged that another process removes meanwhile", async () => {
  await withCache(async (directory) => {
    await load(directory);
    const path = (key: string) => directory.familyFilePath(OF, key);
    const keys = function* () {
      Deno.removeSync(path(KEYS[0]!));
      Deno.truncateSync(path(KEYS[1]!), 100);
      yield* KEYS;
    };
    const { files, damaged } = await readFamily(directory, OF, keys());
    assertEquals([[...files.keys()], damaged], [[KEYS[2]], 1]);
  });
});

Deno.test("FamilyStore is one process's at a time, and sweeps what a killed one left", async () => {
  await withCache(async (directory) => {
    await load(directory);
    const folder = directory.familyPath(OF);
    await Deno.writeTextFile(`${folder}/.2025-12-18.ndjson.gz.0123abcd.tmp`, "half");
    {
      await using _store = await FamilyStore.open(directory, OF, { keys: KEYS });
      await assertRejects(() => FamilyStore.open(directory, OF, { keys: KEYS }), LockedError);
    }
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    assertEquals(names, [17, 18, 19].map((day) => `2025-12-${day}.ndjson.gz`));
  });
});

Deno.test("readFamily() takes no file that stands in the place of another's", async () => {
  await withCache(async (directory) => {
    await load(directory);
    const other = { ...OF, family: "O:QQQ*" };
    await Deno.mkdir(directory.familyPath(other));
    for (const key of KEYS) {
      await Deno.copyFile(
        directory.familyFilePath(OF, key),
        directory.familyFilePath(other, key),
      );
    }
    await Deno.copyFile(
      directory.familyFilePath(OF, KEYS[0]!),
      directory.familyFilePath(OF, KEYS[1]!),
    );
    assertEquals((await readFamily(directory, other, KEYS)).damaged, 3);
    const found = await kept(directory);
    assertEquals([[...found.files.keys()], found.damaged], [[KEYS[0], KEYS[2]], 1]);
    assertEquals(await keysOfFamily(directory, OF), KEYS);
    assertEquals(await listFamilies(directory), [OF]);
  });
});

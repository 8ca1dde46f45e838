import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { type KeptListing, readListing, writeListing } from "../../lib/cache/kept_listing.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { withDirectory, works } from "./samples.ts";

/** Symlinks and FIFOs are planted; on Windows neither is made without more. */
const ignore = Deno.build.os === "windows";

const OUTSIDE = "what nobody may change\n";
const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const bytes = Uint8Array.of(1, 2, 3);
const kept: KeptListing = {
  source: "https://files.massive.com flatfiles",
  prefix: "us_stocks_sip/day_aggs_v1/2024/",
  listedAtMs: 1_700_000_000_000,
  objects: [{ key, size: 3, etag: '"e"' }],
};

interface Place {
  readonly directory: CacheDirectory;
  /** A directory beside the cache, with a file that holds {@linkcode OUTSIDE}. */
  readonly outside: string;
}

/** What somebody may have put in the place of a file; some link to what is not there. */
const PLANTS: Readonly<Record<string, (path: string, outside: string) => void>> = {
  "a symlink": (path, outside) => Deno.symlinkSync(`${outside}/file`, path),
  "a dangling symlink": (path, outside) => Deno.symlinkSync(`${outside}/new`, path),
  "a symlink to itself": (path) => Deno.symlinkSync(path, path),
  "a directory": (path) => Deno.mkdirSync(path),
  "a FIFO": (path) => assert(works("mkfifo", path)),
};

async function withPlace(run: (place: Place) => Promise<void>) {
  await withDirectory(async (path) => {
    const outside = `${path}/outside`;
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/file`, OUTSIDE);
    const directory = new CacheDirectory(`${path}/cache`);
    await directory.make();
    await run({ directory, outside });
    assertEquals(await Deno.readTextFile(`${outside}/file`), OUTSIDE);
    assertEquals(await Array.fromAsync(Deno.readDir(outside), ({ name }) => name), ["file"]);
  });
}

/** A run that records one object. */
async function record(directory: CacheDirectory) {
  await using store = await TickerRecords.open(directory, of);
  store.add(sampleRecord(0));
  await TickerRecords.foldAll([store]);
}

const RECORD_PATHS: Readonly<Record<string, (directory: CacheDirectory) => string>> = {
  "the journal": (directory) => directory.journalPath(of),
  "the cache entry": (directory) => directory.entryPath(of.dataset, of.ticker),
  "the lock": (directory) => directory.lockPath(of.dataset, of.ticker),
};

for (const [plant, put] of Object.entries(PLANTS)) {
  for (const [what, pathOf] of Object.entries(RECORD_PATHS)) {
    const name = `TickerRecords refuses ${plant} in the place of ${what}`;
    Deno.test({ name, ignore }, async () => {
      await withPlace(async ({ directory, outside }) => {
        const path = pathOf(directory);
        await directory.makeParent(path);
        put(path, outside);
        const error = await assertRejects(() => record(directory), StorageError);
        assertEquals(error.path, path);
      });
    });
  }

  Deno.test(
    { name: `a kept object or listing that is ${plant} is not there`, ignore },
    async () => {
      await withPlace(async ({ directory, outside }) => {
        const store = new ObjectStore(directory);
        for (const path of [directory.objectPath(key), directory.listingPath(kept.prefix)]) {
          await directory.makeParent(path);
          put(path, outside);
        }
        assertEquals(await store.read(key), undefined);
        assertEquals(await readListing(directory, kept), undefined);
        const isReplaced = await store.write(key, bytes).then(() => true, isStorageError);
        assertEquals(isReplaced, plant !== "a directory");
        assertEquals(await store.read(key), isReplaced ? bytes : undefined);
        if (isReplaced) await writeListing(directory, kept);
        assertEquals(
          (await readListing(directory, kept))?.objects,
          isReplaced ? kept.objects : undefined,
        );
      });
    },
  );
}

Deno.test({ name: "no folder of the cache may be a symlink", ignore }, async () => {
  const folders = ["", "/us_stocks_sip", "/us_stocks_sip/day_aggs_v1"];
  for (
    const folder of ["bars", "objects", "listings"].flatMap((kind) => folders.map((f) => kind + f))
  ) {
    await withPlace(async ({ directory, outside }) => {
      const path = `${directory.path}/${folder}`;
      await directory.makeParent(path);
      await Deno.symlink(outside, path);
      for (const look of [() => directory.check(), () => directory.make()]) {
        const error = await assertRejects(look, StorageError, "it is a symbolic link");
        assertEquals(error.path, path);
      }
    });
  }
});

Deno.test(
  { name: "no object is read, written or removed through a linked folder", ignore },
  async () => {
    for (const folder of ["2024", "2024/03"]) {
      await withPlace(async ({ directory, outside }) => {
        const store = new ObjectStore(directory);
        await Deno.mkdir(`${outside}/03`);
        await Deno.writeTextFile(`${outside}/2024-03-07.csv.gz`, "planted");
        await Deno.writeTextFile(`${outside}/03/2024-03-07.csv.gz`, "planted");
        const path = `${directory.folderPath("objects", of.dataset)}/${folder}`;
        await directory.makeParent(path);
        await Deno.symlink(outside, path);
        assertEquals(await store.read(key), undefined);
        await store.remove(key);
        const error = await assertRejects(() => store.write(key, bytes), StorageError);
        assertEquals(error.path, path);
        for (const planted of [`${outside}/03/2024-03-07.csv.gz`, `${outside}/2024-03-07.csv.gz`]) {
          assertEquals(await Deno.readTextFile(planted), "planted");
          await Deno.remove(planted);
        }
        await Deno.remove(`${outside}/03`);
      });
    }
  },
);

function isStorageError(error: unknown): false {
  assert(error instanceof StorageError, String(error));
  return false;
}

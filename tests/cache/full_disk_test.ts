import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { PERMITTED, startScript, withDirectory, works } from "./samples.ts";

/** Whether this machine lets the test mount a small disk of its own. */
async function canMount(): Promise<boolean> {
  let isMounted = false;
  await withDirectory((path) => {
    isMounted = mountSmall(path, 64);
    if (isMounted) unmount(path);
    return Promise.resolve();
  });
  return isMounted;
}

function mountSmall(path: string, kibibytes: number): boolean {
  return works("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k,mode=700`, "tmpfs", path);
}

function unmount(path: string) {
  assert(works("umount", path));
}

async function withSmallDisk(kibibytes: number, run: (path: string) => Promise<void>) {
  await withDirectory(async (path) => {
    assert(mountSmall(path, kibibytes));
    try {
      await run(path);
    } finally {
      unmount(path);
    }
  });
}

const isMountable = await canMount();
const mountWord = isMountable ? "" : " (skipped: this machine does not let it mount a tmpfs)";

Deno.test({
  name: `TickerRecords loses nothing on a disk that fills, and goes on with more room${mountWord}`,
  ignore: !isMountable,
  fn: async () => {
    await withSmallDisk(48, async (path) => {
      const directory = new CacheDirectory(path);
      await directory.make();
      const added: string[] = [];
      const error = await assertRejects(async () => {
        await using store = await TickerRecords.open(directory, of);
        for (let n = 0;; n++) {
          store.add(sampleRecord(n));
          added.push(sampleRecord(n).key);
        }
      }, StorageError);
      assertEquals([error.code, error.path], ["ENOSPC", directory.journalPath(of)]);
      assert(added.length > 50);
      const foldError = await assertRejects(async () => {
        await using store = await TickerRecords.open(directory, of);
        assertEquals([...store.records.keys()], added);
        await TickerRecords.foldAll([store]);
      }, StorageError);
      assertEquals(foldError.code, "ENOSPC");
      assert(works("mount", "-o", "remount,size=1m", path));
      await using store = await TickerRecords.open(directory, of);
      assertEquals([...store.records.keys()], added);
      await TickerRecords.foldAll([store]);
    });
  },
});

Deno.test({
  name: `ObjectStore keeps no part of an object on a full disk${mountWord}`,
  ignore: !isMountable,
  fn: async () => {
    await withSmallDisk(64, async (path) => {
      const store = new ObjectStore(new CacheDirectory(path));
      const { key } = sampleRecord(0);
      const error = await assertRejects(
        () => store.write(key, new Uint8Array(1 << 20)),
        StorageError,
      );
      assertEquals([error.code, await store.read(key)], ["ENOSPC", undefined]);
      await store.write(key, new Uint8Array(40 << 10));
      assertEquals((await store.read(key))?.length, 40 << 10);
    });
  },
});

Deno.test({
  name: `TickerRecords is told by path that its disk is read-only${mountWord}`,
  ignore: !isMountable,
  fn: async () => {
    await withSmallDisk(64, async (path) => {
      const directory = new CacheDirectory(path);
      await (await TickerRecords.open(directory, of))[Symbol.asyncDispose]();
      assert(works("mount", "-o", "remount,ro", path));
      const made = await assertRejects(() => directory.make(), StorageError);
      assertEquals([made.code, made.path], ["EROFS", path]);
      const opened = await assertRejects(() => TickerRecords.open(directory, of), StorageError);
      const lockPath = directory.lockPath(of.dataset, of.ticker);
      assertEquals([opened.code, opened.path], ["EROFS", lockPath]);
    });
  },
});

/** A command that takes from the superuser what lets him write everywhere; others need none. */
const weaken = Deno.uid() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
const isWeak = Deno.build.os !== "windows" &&
  (weaken.length === 0 || works(weaken[0]!, ...weaken.slice(1), "true"));
const weakWord = isWeak ? "" : " (skipped: needs a plain user, or setpriv)";

/** What a process of a user who may not write everywhere tells of using a cache. */
async function errorOf(path: string): Promise<string> {
  const { stdout } = await startScript("record_one.ts", path, { through: weaken }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: `a read-only cache directory, folder, lock and journal are told by their paths${weakWord}`,
  ignore: !isWeak,
  fn: async () => {
    await withDirectory(async (path) => {
      assertEquals(await errorOf(path), "none");
      const directory = new CacheDirectory(path);
      const lock = directory.lockPath(of.dataset, of.ticker);
      const journal = directory.journalPath(of);
      const folder = directory.folderPath("bars", of.dataset);
      for (const readOnly of [journal, lock, path]) {
        const { mode } = await Deno.lstat(readOnly);
        await Deno.chmod(readOnly, mode! & 0o555);
        assertEquals(await errorOf(path), `StorageError EACCES ${readOnly}`);
        await Deno.chmod(readOnly, mode!);
      }
      await Deno.remove(lock);
      await Deno.chmod(folder, 0o500);
      assertEquals(await errorOf(path), `StorageError EACCES ${lock}`);
      await Deno.chmod(folder, 0o700);
    }, PERMITTED);
  },
});

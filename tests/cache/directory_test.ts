import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { StorageError } from "../../lib/errors.ts";
import { namesIn, PERMITTED, startScript, withDirectory } from "./samples.ts";

const isWindows = Deno.build.os === "windows";

/** Permission bits of everything below a path, by kind. */
async function modesBelow(path: string): Promise<Set<string>> {
  const modes = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    const below = `${path}/${name}`;
    const { mode } = await Deno.lstat(below);
    modes.add(`${isDirectory ? "directory" : "file"} ${(mode! & 0o777).toString(8)}`);
    if (isDirectory) { for (const one of await modesBelow(below)) modes.add(one); }
  }
  return modes;
}

Deno.test("CacheDirectory names a path for each thing, none of them outside of it", () => {
  const directory = new CacheDirectory("/c//x/./y/");
  const of = { symbol: "../TSLA", period: "5y", interval: "1d" };
  assertEquals(directory.path, isWindows ? "\\c\\x\\y" : "/c/x/y");
  assertEquals(new CacheDirectory("/").path, isWindows ? "\\" : "/");
  assertEquals(
    directory.journalPath(of),
    `${directory.path}/.progress_%2E.%2FTSLA_5y_1d.ndjson`,
  );
  assertThrows(() => new CacheDirectory(""), TypeError);
  assertThrows(() => directory.journalPath({ ...of, period: "../5y" }), TypeError);
  assertThrows(() => directory.entryPath("..", "TSLA"), TypeError, "it is no plain path");
  assertThrows(() => directory.objectPath("a/../../b"), TypeError, "it is no plain path");
  assertThrows(() => directory.listingPath("/etc/"), TypeError, "it is no plain path");
});

Deno.test({
  name: "everything in the cache is for its owner alone, with two permissions for it",
  ignore: isWindows,
  fn: async () => {
    await withDirectory(async (path) => {
      const run = startScript("two_permissions.ts", `${path}/new/cache`);
      const { success, stdout } = await run.output();
      assertEquals([success, new TextDecoder().decode(stdout)], [true, "all read back\n"]);
      assertEquals(await modesBelow(path), new Set(["directory 700", "file 600"]));
      const kinds = [".progress_TSLA_5y_1d.ndjson", "CACHEDIR.TAG", "bars", "listings", "objects"];
      assertEquals(await namesIn(`${path}/new/cache`), kinds);
    }, PERMITTED);
  },
});

Deno.test("CacheDirectory refuses a file, and a symlink however it is spelled", async () => {
  await withDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/file`, "");
    const error = await assertRejects(
      () => new CacheDirectory(`${path}/file`).make(),
      StorageError,
      `Cannot use cache directory "${path}/file": it is not a directory`,
    );
    assertEquals(error.path, `${path}/file`);
    if (isWindows) return;
    await Deno.mkdir(`${path}/real`);
    await Deno.symlink(`${path}/real`, `${path}/link`);
    await Deno.symlink(`${path}/none`, `${path}/dangling`);
    for (const spelled of ["link", "link/", "link//", "link/.", "./link/", "dangling"]) {
      const directory = new CacheDirectory(`${path}/${spelled}`);
      await assertRejects(() => directory.make(), StorageError, "it is a symbolic link");
      await assertRejects(() => directory.check(), StorageError, "it is a symbolic link");
    }
    assertEquals(await namesIn(`${path}/real`), []);
  });
});

Deno.test({
  name: "CacheDirectory refuses a directory of another user",
  ignore: isWindows || Deno.uid() !== 0,
  fn: async () => {
    await withDirectory(async (path) => {
      await Deno.chown(path, 12_345, 12_345);
      await assertRejects(
        () => new CacheDirectory(path).make(),
        StorageError,
        `Cannot use cache directory "${path}": it belongs to another user (12345)`,
      );
      assertEquals(await namesIn(path), []);
    });
  },
});

Deno.test("ObjectStore writes an object whose folder another process removes meanwhile", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const store = new ObjectStore(directory);
    const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
    const makeParent = directory.makeParent.bind(directory);
    let removals = 0;
    directory.makeParent = async (path) => {
      await makeParent(path);
      if (++removals < 3) await Deno.remove(directory.folderPath("objects"), { recursive: true });
    };
    await store.write(key, Uint8Array.of(7));
    assertEquals([removals, await store.read(key)], [3, Uint8Array.of(7)]);
    removals = -9;
    const other = new ObjectStore(directory);
    const error = await assertRejects(() => other.write(key, Uint8Array.of(8)), StorageError);
    assertEquals(error.code, "ENOENT");
  });
});

import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { StorageError } from "../../mod.ts";
import { namesIn } from "../cache/samples.ts";
import { checkAll, FILESYSTEM, fullBucket, illnesses, only } from "./full_bucket.ts";

const { fetch } = fullBucket();

/** Runs with a directory that is removed in the end. */
async function inDirectory<T>(test: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempDir({ prefix: "flatfetch_" });
  try {
    return await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("diagnose() tells the versions and that threads can start", async () => {
  const all = await checkAll(fetch, { version: "1.2.3" });
  const { deno } = Deno.version;
  const { os, arch } = Deno.build;
  assertEquals(only(all, "version").text, `flatfetch 1.2.3, Deno ${deno}, ${os} ${arch}`);
  assertEquals(only(all, "threads").text, "files are read on threads");
});

Deno.test("diagnose() makes the cache directory, and says on what it is", async () => {
  await inDirectory(async (path) => {
    const cacheDirectory = `${path}/a/b`;
    const all = await checkAll(fetch, { cacheDirectory });
    assertEquals(illnesses(all), []);
    const text = `"${cacheDirectory}" is a directory of yours, and can be written, on ext4`;
    assertEquals(only(all, "cache-directory").text, text);
    assertEquals(await namesIn(cacheDirectory), ["CACHEDIR.TAG"]);
  });
});

Deno.test("diagnose() (symlinked cache directory) is a failure, and leaves the disk alone", async () => {
  await inDirectory(async (path) => {
    await Deno.mkdir(`${path}/real`);
    await Deno.symlink(`${path}/real`, `${path}/cache`);
    const all = await checkAll(fetch, { cacheDirectory: `${path}/cache` });
    const { status, text, error } = only(all, "cache-directory");
    assertEquals([status, text], [
      "failure",
      `Cannot use cache directory "${path}/cache": it is a symbolic link`,
    ]);
    assertInstanceOf(error, StorageError);
    assertEquals(only(all, "disk-space").text, "not tried: the cache directory cannot be used");
    assertEquals(illnesses(all), ["cache-directory failure", "disk-space warning"]);
  });
});

Deno.test("diagnose() (a file in the place of the cache directory) is a failure", async () => {
  await inDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/cache`, "");
    const all = await checkAll(fetch, { cacheDirectory: `${path}/cache` });
    assertMatch(only(all, "cache-directory").text, /it is not a directory$/);
  });
});

Deno.test({
  name: "diagnose() (no permission to write) is a failure that names it",
  permissions: { read: true, net: true, sys: true, write: false },
  fn: async () => {
    const { diagnose } = await import("../../mod.ts");
    for await (
      const { name, status, error } of diagnose({
        cacheDirectory: "/tmp/flatfetch_not_made",
        findCredentials: () => Promise.reject(new Error("not reached")),
        fetch,
      })
    ) {
      if (name !== "cache-directory") continue;
      assertEquals(status, "failure");
      assertInstanceOf(error, StorageError);
      assertInstanceOf(error.cause, Deno.errors.NotCapable);
      return;
    }
  },
});

/** How much is free, and what is said. */
const SPACES: readonly (readonly [number, "ok" | "warning" | "failure", RegExp])[] = [
  [2 ** 30, "ok", /^1,024 MiB are free$/],
  [2 ** 30 - 1, "warning", /^only 1,023 MiB are free; a run may keep files up to 1,024 MiB$/],
  [32 * 2 ** 20, "warning", /^only 32 MiB are free/],
  [32 * 2 ** 20 - 1, "failure", /^Cannot rely on the disk of ".*": 31 MiB are free, want at least/],
  [0, "failure", /: 0 MiB are free/],
];

for (const [freeBytes, status, text] of SPACES) {
  Deno.test(`diagnose() (${freeBytes} bytes free) is ${status}`, async () => {
    const readFilesystem = () => Promise.resolve({ ...FILESYSTEM, freeBytes });
    const space = only(await checkAll(fetch, { readFilesystem }), "disk-space");
    assertEquals(space.status, status);
    assertMatch(space.text, text);
    if (status !== "failure") return;
    assertInstanceOf(space.error, StorageError);
    assertEquals(space.error.code, "ENOSPC");
  });
}

Deno.test("diagnose() (the system may not be asked) warns, and finds the directory all the same", async () => {
  const all = await checkAll(fetch, { readFilesystem: () => Promise.resolve(undefined) });
  assertEquals(illnesses(all), ["disk-space warning"]);
  assertMatch(only(all, "cache-directory").text, /can be written$/);
});

Deno.test("diagnose() (cache directory on another machine) warns of locks", async () => {
  const readFilesystem = () => Promise.resolve({ ...FILESYSTEM, kind: "nfs", isRemote: true });
  const { status, text } = only(await checkAll(fetch, { readFilesystem }), "cache-directory");
  assertEquals(status, "warning");
  assertMatch(text, /, on nfs, where locks may not hold between machines$/);
});

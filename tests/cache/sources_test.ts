import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeListing } from "../../lib/cache/kept_listing.ts";
import { disown, findSource, listSources, openSource } from "../../lib/cache/sources.ts";
import { StorageError } from "../../lib/errors.ts";
import { namesIn, withDirectory } from "./samples.ts";

const A = "http://127.0.0.1:9000/a flatfiles";
const B = "http://127.0.0.1:9000/b flatfiles";
const PLAIN = "http://127.0.0.1:9000 flatfiles";

/** A kept listing, as older versions have written it too. */
async function keepListing(root: CacheDirectory, source: string): Promise<void> {
  const prefix = "us_stocks_sip/day_aggs_v1/2024/";
  await writeListing(root, { source, prefix, listedAtMs: 1, objects: [] });
}

Deno.test("openSource() gives the first bucket the directory itself, each other one a folder", async () => {
  await withDirectory(async (path) => {
    const root = new CacheDirectory(`${path}/cache`);
    assertEquals((await openSource(root, A)).path, root.path);
    const other = await openSource(root, B);
    assertMatch(other.path.slice(root.path.length), /^\/sources\/127\.0\.0\.1-[0-9a-f]{16}$/);
    for (let again = 0; again < 2; again++) {
      assertEquals((await openSource(root, A)).path, root.path);
      assertEquals((await openSource(root, B)).path, other.path);
      assertEquals((await findSource(root, B)).path, other.path);
    }
    assertEquals(
      (await listSources(root)).map(({ directory, source }) => [directory.path, source]),
      [[root.path, A], [other.path, B]],
    );
  });
});

Deno.test("findSource() touches nothing", async () => {
  await withDirectory(async (path) => {
    const root = new CacheDirectory(path);
    assertEquals((await findSource(root, A)).path, root.path);
    assertEquals(await namesIn(path), []);
    await openSource(root, A);
    await findSource(root, B);
    assertEquals(await namesIn(path).then((names) => names.includes("sources")), false);
  });
});

Deno.test("openSource() gives an older version's directory to the bucket that it has listed", async () => {
  for (
    const [listed, wanted, isOwn] of [
      [PLAIN, PLAIN, true],
      // Older versions have left the path out.
      [PLAIN, A, true],
      [PLAIN, "http://127.0.0.1:9001 flatfiles", false],
      [PLAIN, "http://127.0.0.1:9000 other", false],
      [A, A, true],
      [A, B, false],
      [A, PLAIN, false],
    ] as const
  ) {
    await withDirectory(async (path) => {
      const root = new CacheDirectory(path);
      await keepListing(root, listed);
      for (let again = 0; again < 2; again++) {
        const { path } = await openSource(root, wanted);
        assertEquals(path === root.path, isOwn, `${wanted} in a directory of ${listed}`);
      }
      // Where it went elsewhere the directory is still the other's.
      assertEquals(
        (await openSource(root, listed)).path === root.path,
        !isOwn || listed === wanted,
      );
    });
  }
});

Deno.test("openSource() lets no damage to source.json give a directory to another bucket that has listings", async () => {
  await withDirectory(async (path) => {
    const root = new CacheDirectory(path);
    await openSource(root, A);
    await keepListing(root, A);
    const owner = `${path}/bars/source.json`;
    const whole = await Deno.readFile(owner);
    for (let at = 0; at <= whole.length; at++) {
      const flipped = whole.map((byte, i) => i === at ? byte ^ 1 << at % 8 : byte);
      const damaged = at === whole.length ? new Uint8Array() : flipped;
      await Deno.writeFile(owner, damaged);
      assert((await findSource(root, B)).path !== path);
      assertEquals((await openSource(root, A)).path, path);
      assertEquals((await listSources(root))[0]!.source, A);
    }
  });
});

Deno.test("openSource() gives the directory to one of several that come at once", async () => {
  await withDirectory(async (path) => {
    for (let round = 0; round < 100; round++) {
      const root = () => new CacheDirectory(`${path}/${round}`);
      const sources = Array.from({ length: 8 }, (_, i) => `http://127.0.0.1:${9000 + i % 4} b`);
      const opened = await Promise.all(sources.map((source) => openSource(root(), source)));
      const places = Map.groupBy(sources, (_, i) => opened[i]!.path);
      assertEquals(places.size, 4);
      for (const [place, of] of places) {
        assertEquals(new Set(of).size, 1, `${place} has ${of}`);
      }
      assertEquals(places.has(`${path}/${round}`), true);
    }
  });
});

Deno.test("openSource() ends with the path where source.json cannot be read", async () => {
  await withDirectory(async (path) => {
    const root = new CacheDirectory(`${path}/cache`);
    await root.make();
    await Deno.mkdir(`${root.path}/bars/source.json`, { recursive: true, mode: 0o700 });
    const error = await assertRejects(() => openSource(root, A), StorageError);
    assertEquals(error.path, `${root.path}/bars/source.json`);
  });
});

Deno.test("disown() lets the next bucket have the directory", async () => {
  await withDirectory(async (path) => {
    const root = new CacheDirectory(path);
    await openSource(root, A);
    await openSource(root, B);
    await disown(root);
    assertEquals((await openSource(root, PLAIN)).path, path);
  });
});

Deno.test({
  name: "openSource() goes through no symlink",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withDirectory(async (path) => {
      await Deno.mkdir(`${path}/elsewhere`);
      const root = new CacheDirectory(`${path}/cache`);
      await openSource(root, A);
      const { path: folder } = await findSource(root, B);
      await Deno.symlink(`${path}/elsewhere`, `${root.path}/sources`);
      await assertRejects(() => openSource(root, B), StorageError, "it is a symbolic link");
      await Deno.remove(`${root.path}/sources`);
      await Deno.mkdir(`${root.path}/sources`);
      await Deno.symlink(`${path}/elsewhere`, folder);
      await assertRejects(() => openSource(root, B), StorageError, "it is a symbolic link");
      assertEquals(await namesIn(`${path}/elsewhere`), []);
    });
  },
});

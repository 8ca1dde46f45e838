import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { readFilesystem } from "../../lib/cache/filesystem.ts";
import { StorageError } from "../../lib/errors.ts";

Deno.test("readFilesystem() tells what df tells", async () => {
  const path = await Deno.makeTempDir();
  try {
    const found = await readFilesystem(path);
    const args = ["--output=avail,fstype", "--block-size=1", path];
    const { stdout } = await new Deno.Command("df", { args }).output();
    const [avail, kind] = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!.trim()
      .split(/\s+/);
    assert(found !== undefined);
    // Others write to the same disk meanwhile.
    assert(Math.abs(found.freeBytes - Number(avail)) < 2 ** 30);
    if (found.kind !== undefined) {
      assert(kind!.startsWith(found.kind), `${found.kind}, df: ${kind}`);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readFilesystem() of a directory that is not there is a StorageError", async () => {
  const error = await assertRejects(() => readFilesystem("/no/such/directory"));
  assertInstanceOf(error, StorageError);
  assertEquals(error.code, "ENOENT");
});

Deno.test({
  name: "readFilesystem() without the permission asks for nothing and tells nothing",
  permissions: { read: true },
  fn: async () => assertEquals(await readFilesystem("/"), undefined),
});

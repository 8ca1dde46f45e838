import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  finishedName,
  fittingName,
  isTemporaryName,
  lastPart,
  temporaryPath,
  writeAtomically,
} from "../../lib/cache/atomic_file.ts";
import { StorageError } from "../../lib/errors.ts";
import { FailingDisk } from "./failing_disk.ts";
import { namesIn, withDirectory } from "./samples.ts";

const isWindows = Deno.build.os === "windows";
const chunks = [Uint8Array.of(1, 2), Uint8Array.of(3)];

Deno.test("writeAtomically() syncs the bytes before it renames, and the folder after", async () => {
  await withDirectory(async (directory) => {
    const written = ["openSync", "writeSync", "writeSync"];
    const folder = isWindows ? [] : ["sync"];
    for (
      const [sync, names] of [[true, ["sync", "renameSync", ...folder]], [false, [
        "renameSync",
      ]]] as const
    ) {
      using disk = new FailingDisk({ at: Infinity });
      await writeAtomically(`${directory}/file`, chunks, { sync });
      assertEquals(disk.names, [...written, ...names]);
    }
    assertEquals(await Deno.readFile(`${directory}/file`), Uint8Array.of(1, 2, 3));
  });
});

Deno.test("writeAtomically() leaves the old file alone when its source throws, and passes it on", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/file`;
    await Deno.writeTextFile(path, "old");
    const source = async function* () {
      yield chunks[0]!;
      await Promise.resolve();
      throw new RangeError("no more");
    };
    await assertRejects(() => writeAtomically(path, source()), RangeError, "no more");
    assertEquals([await namesIn(directory), await Deno.readTextFile(path)], [["file"], "old"]);
  });
});

Deno.test("writeAtomically() replaces a symlink, by a file for its owner alone", async () => {
  if (isWindows) return;
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/other`, "old");
    await Deno.symlink(`${directory}/other`, `${directory}/file`);
    await writeAtomically(`${directory}/file`, chunks);
    const { isFile, mode } = await Deno.lstat(`${directory}/file`);
    assertEquals([isFile, mode! & 0o777], [true, 0o600]);
    assertEquals(await Deno.readTextFile(`${directory}/other`), "old");
  });
});

Deno.test("writeAtomically() names the path that it cannot write", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/none/file`;
    const error = await assertRejects(() => writeAtomically(path, chunks), StorageError);
    assertEquals([error.path, error.code], [path, "ENOENT"]);
  });
});

Deno.test("isTemporaryName() knows unfinished files from others", () => {
  assert(isTemporaryName(".TSLA.ndjson.0123abcd.tmp"));
  assertEquals(finishedName(".TSLA.ndjson.0123abcd.tmp"), "TSLA.ndjson");
  assertEquals(finishedName("TSLA.ndjson"), undefined);
  for (const name of ["TSLA.ndjson", ".TSLA.tmp", "TSLA.0123abcd.tmp", "..0123abc.tmp"]) {
    assert(!isTemporaryName(name), name);
  }
});

Deno.test("temporaryPath() fits beside a name of any length, and leads back to it", () => {
  for (const char of ["a", "é", "株", "📈"]) {
    for (let length = 220; length <= 255; length++) {
      const name = char.repeat(Math.floor(length / new TextEncoder().encode(char).length));
      const beside = lastPart(temporaryPath(`/folder/${name}`));
      assert(new TextEncoder().encode(beside).length <= 255, beside);
      assertEquals(finishedName(beside), fittingName(name));
      assert(name.startsWith(fittingName(name)));
    }
  }
});

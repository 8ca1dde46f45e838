import { assert, assertEquals, assertRejects } from "@std/assert";
import { Lock } from "../../lib/cache/lock.ts";
import { LockedError, StorageError } from "../../lib/errors.ts";
import { firstLine, namesIn, PERMITTED, startScript, withDirectory } from "./samples.ts";

Deno.test("Lock.take() is refused while this process holds the lock, and then not", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lock`;
    {
      using _lock = await Lock.take(path);
      const error = await assertRejects(() => Lock.take(path), LockedError);
      assertEquals([error.path, error.holder], [path, `process ${Deno.pid}`]);
      assertEquals(error.message, `Cannot lock "${path}": process ${Deno.pid} holds it`);
    }
    using _again = await Lock.take(path);
    assertEquals(await namesIn(directory), ["lock"]);
  });
});

Deno.test("Lock.take() names the process that holds it; kill -9 frees it, the file stays", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lock`;
    const holder = startScript("lock_holder.ts", directory);
    assertEquals(await firstLine(holder), "held");
    const { ino } = await Deno.lstat(path);
    const error = await assertRejects(() => Lock.take(path), LockedError);
    assertEquals(error.holder, `process ${holder.pid}`);
    holder.kill("SIGKILL");
    await holder.status;
    using _lock = await Lock.take(path);
    assertEquals((await Deno.lstat(path)).ino, ino);
    assertEquals(await Deno.readTextFile(path), `process ${Deno.pid}\n`);
  }, PERMITTED);
});

Deno.test("Lock.take() with wait takes the lock when the other process is killed", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lock`;
    const holder = startScript("lock_holder.ts", directory);
    await firstLine(holder);
    const twice = looked();
    const wait = { signal: new AbortController().signal };
    const waiting = Lock.take(path, { wait });
    assertEquals(await Promise.race([waiting, twice]), "looked");
    holder.kill("SIGKILL");
    using _lock = await waiting;
    await holder.status;
  }, PERMITTED);
});

Deno.test("Lock.take() with wait ends with the signal's reason", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lock`;
    using _lock = await Lock.take(path);
    const controller = new AbortController();
    const twice = looked();
    const waiting = Lock.take(path, { wait: { signal: controller.signal } });
    await Promise.race([waiting, twice]);
    controller.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    await assertRejects(() => Lock.take(path, { wait: { signal: controller.signal } }), Error);
  });
});

Deno.test("Lock.take() waits for nothing when the lock is free, and then is exclusive", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/lock`;
    const { signal } = new AbortController();
    let holders = 0;
    const hold = async () => {
      using _lock = await Lock.take(path, { wait: { signal } });
      assertEquals(++holders, 1);
      await Promise.resolve();
      holders--;
    };
    await Promise.all(Array.from({ length: 5 }, hold));
  });
});

Deno.test("Lock.take() says which folder is missing", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/none/lock`;
    const error = await assertRejects(() => Lock.take(path), StorageError, "Cannot lock");
    assertEquals([error.path, error.code], [path, "ENOENT"]);
  });
});

Deno.test("Lock.take() makes its file for the owner alone", async () => {
  await withDirectory(async (directory) => {
    using _lock = await Lock.take(`${directory}/lock`);
    const { mode } = await Deno.lstat(`${directory}/lock`);
    assert(Deno.build.os === "windows" || (mode! & 0o777) === 0o600);
  });
});

/** Resolves when two looks from now on have found a lock taken. */
function looked(): Promise<string> {
  const prototype = Deno.FsFile.prototype;
  const { tryLockSync } = prototype;
  let looks = 0;
  return new Promise((resolve) => {
    prototype.tryLockSync = function (exclusive) {
      const isTaken = tryLockSync.call(this, exclusive);
      if (isTaken || ++looks < 2) return isTaken;
      prototype.tryLockSync = tryLockSync;
      resolve("looked");
      return false;
    };
  });
}

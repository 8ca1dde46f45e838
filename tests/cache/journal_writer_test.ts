import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY, sampleJournal, sampleRecord } from "../../fixtures/make_journals.ts";
import { FailingDisk } from "./failing_disk.ts";
import { readSample, sampleRecords, withDirectory } from "./samples.ts";

const open = (path: string) => JournalWriter.open(path, SAMPLE_IDENTITY);

for (const short of [false, true]) {
  const how = short ? "a short write and then none" : "a write that fails";
  Deno.test(`JournalWriter.append() cuts ${how} off again and is done`, async () => {
    await withDirectory(async (directory) => {
      const path = `${directory}/journal`;
      const writer = await open(path);
      writer.append([sampleRecord(0)]);
      const before = await Deno.readFile(path);
      let error: StorageError;
      {
        using _disk = new FailingDisk({ at: 0, call: "writeSync", short });
        error = assertThrows(() => writer.append([sampleRecord(1)]), StorageError);
      }
      assertEquals([error.path, error.code], [path, "ENOSPC"]);
      assertEquals(
        error.message,
        `Cannot append to journal "${path}": No space left on device`,
      );
      assertThrows(() => writer.append([sampleRecord(2)]), StorageError, error.message);
      await writer[Symbol.asyncDispose]();
      assertEquals([...writer.records.values()], sampleRecords(1));
      assertEquals(await Deno.readFile(path), before);
    });
  });
}

Deno.test("JournalWriter.append() leaves a torn tail when it cannot cut it off", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const writer = await open(path);
    writer.append([sampleRecord(0)]);
    {
      using _disk = new FailingDisk({ at: 0, forGood: true, short: true });
      assertThrows(() => writer.append([sampleRecord(1)]), StorageError, "No space left");
    }
    await writer[Symbol.asyncDispose]();
    assertEquals([...(await readSample(path)).records.values()], sampleRecords(1));
    await using again = await open(path);
    again.append([sampleRecord(1)]);
    const { records, badLines } = await readSample(path);
    assertEquals([[...records.values()], badLines], [sampleRecords(2), 0]);
  });
});

Deno.test("JournalWriter takes nothing more when a sync has failed", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const writer = await open(path);
    using _disk = new FailingDisk({ at: 0, call: "syncData" });
    for (const record of sampleRecords(16)) writer.append([record]);
    await assertRejects(
      async () => {
        for (let n = 16; n < 1_000; n++) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          writer.append([sampleRecord(n)]);
        }
      },
      StorageError,
      `Cannot sync journal "${path}"`,
    );
    assertThrows(() => writer.append([sampleRecord(0)]), StorageError, "Cannot sync journal");
    await writer[Symbol.asyncDispose]();
    assert((await readSample(path)).records.size >= 16);
  });
});

Deno.test("JournalWriter tells of a failed sync when it is closed, unless an append did", async () => {
  await withDirectory(async (directory) => {
    const writer = await open(`${directory}/journal`);
    writer.append([sampleRecord(0)]);
    using disk = new FailingDisk({ at: 0, call: "syncData" });
    const error = await assertRejects(() => writer[Symbol.asyncDispose](), StorageError);
    assertEquals([error.code, disk.calls], ["ENOSPC", 1]);
    await writer[Symbol.asyncDispose]();
  });
});

Deno.test("JournalWriter syncs after sixteen records, and its folder once", async () => {
  await withDirectory(async (directory) => {
    const writer = await open(`${directory}/journal`);
    using files = new FailingDisk({ at: Infinity, call: "syncData" });
    using folders = new FailingDisk({ at: Infinity, call: "sync" });
    for (const record of sampleRecords(40)) writer.append([record]);
    await writer[Symbol.asyncDispose]();
    assertEquals([files.calls, folders.calls], [3, Deno.build.os === "windows" ? 0 : 1]);
  });
});

Deno.test("JournalWriter takes nothing when it is closed or its journal removed", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    for (const end of ["remove", Symbol.asyncDispose] as const) {
      const writer = await open(path);
      writer.append([sampleRecord(0)]);
      await writer[end]();
      assertThrows(() => writer.append([sampleRecord(1)]), TypeError, "it is closed");
      await writer[Symbol.asyncDispose]();
    }
    await (await open(path)).remove();
    await (await open(path)).remove();
  });
});

Deno.test("JournalWriter does not append to a journal that was cut or removed since", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    await Deno.writeFile(path, sampleJournal(3));
    await using cut = await open(path);
    await Deno.truncate(path, 10);
    assertThrows(() => cut.append([sampleRecord(3)]), StorageError, "it was cut since it was read");
    assertEquals((await Deno.lstat(path)).size, 10);
    await Deno.writeFile(path, sampleJournal(3));
    await using removed = await open(path);
    await Deno.remove(path);
    assertThrows(() => removed.append([sampleRecord(3)]), StorageError, "it was removed since");
  });
});

Deno.test("JournalWriter makes its file at the first append, for the owner alone", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    await using writer = await open(path);
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);
    writer.append([sampleRecord(0)]);
    const { mode } = await Deno.lstat(path);
    assert(Deno.build.os === "windows" || (mode! & 0o777) === 0o600);
  });
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeEntry } from "../../lib/cache/entry.ts";
import { sealLine } from "../../lib/cache/line.ts";
import { KeptRecord } from "../../lib/cache/record.ts";
import { JournalError, StorageError } from "../../lib/errors.ts";
import { FailingDisk } from "./failing_disk.ts";
import { anyText } from "../any_text.ts";
import { bitsIn, type EntryContent, namesIn, readEntry, withDirectory } from "./samples.ts";

const of = { dataset: "us_stocks_sip/day_aggs_v1", ticker: "TSLA", symbol: "TSLA" };

/** Runs with the path of an entry whose folder is there. */
async function withEntryPath(run: (path: string) => Promise<void>) {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const entryPath = directory.entryPath(of.dataset, of.ticker);
    await directory.makeParent(entryPath);
    await run(entryPath);
  });
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const record: fc.Arbitrary<KeptRecord> = fc.record({
  key: anyText(),
  size: fc.maxSafeNat(),
  etag: fc.string(),
  rows: fc.array(fc.array(fc.option(finite))),
  failure: fc.option(anyText(), { nil: undefined }),
  warning: fc.option(fc.string(), { nil: undefined }),
}).map(KeptRecord.of);
const someRecords = fc.uniqueArray(record, { selector: ({ key }) => key });

Deno.test("readEntry() gives what writeEntry() wrote, in the order of the keys, whole", async () => {
  await withEntryPath(async (path) => {
    await fc.assert(
      fc.asyncProperty(someRecords, async (records) => {
        await writeEntry(path, of, records);
        const found = await readEntry(path);
        assert(found?.whole);
        assertEquals(found.of, of);
        assertEquals(found.records, new Map(records.map((one) => [one.key, one])));
        for (const { key, rows, failure, warning } of records) {
          const read = found.records.get(key)!;
          assertEquals([read.rows, read.failure, read.warning], [rows, failure, warning]);
        }
        assertEquals([...found.records.keys()], records.map(({ key }) => key).sort());
        assertEquals(found.bytes, (await Deno.lstat(path)).size);
      }),
      { numRuns: 60 },
    );
  });
});

/** Records short enough for every bit of an entry to be flipped. */
const small = Array.from({ length: 12 }, (_, n) => {
  const rows = n % 5 === 4 ? [] : [[n, 1.25]];
  return KeptRecord.of({ key: `d/${n + 10}`, size: 9 + n, etag: `e${n}`, rows });
});
const written = new Map(small.map((one) => [one.key, JSON.stringify(one)]));

function assertNothingWrong(found: EntryContent | undefined, what: string) {
  if (found === undefined) return;
  assert(!found.whole, `passes for whole: ${what}`);
  for (const [key, one] of found.records) {
    assert(written.get(key) === JSON.stringify(one), `wrong record: ${what}`);
  }
}

Deno.test("no flipped bit of a cache entry gives a wrong record or passes for whole", async () => {
  await withEntryPath(async (path) => {
    await writeEntry(path, of, small);
    const whole = await Deno.readFile(path);
    using file = await Deno.open(path, { write: true });
    const write = (byte: number, at: number) => {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(Uint8Array.of(byte));
    };
    for (const bit of bitsIn(whole.length)) {
      write(whole[bit >> 3]! ^ 1 << (bit & 7), bit >> 3);
      assertNothingWrong(await readEntry(path), `bit ${bit}`);
      write(whole[bit >> 3]!, bit >> 3);
    }
    assert((await readEntry(path))!.whole);
  });
});

Deno.test("a cache entry that is cut, or whose lines are moved, never passes for whole", async () => {
  await withEntryPath(async (path) => {
    await writeEntry(path, of, small);
    const text = await Deno.readTextFile(path);
    for (let length = 0; length < text.length; length++) {
      await Deno.writeTextFile(path, text.slice(0, length));
      assertNothingWrong(await readEntry(path), `cut at ${length}`);
    }
    const lines = text.split(/(?<=\n)/);
    const order = fc.array(fc.nat(lines.length - 1), { maxLength: 20 });
    const [header, first, second, ...others] = lines;
    for (const [moved, lost] of [[[second, first], 1], [[first, second, first], 0]] as const) {
      await Deno.writeTextFile(path, [header, ...moved, ...others].join(""));
      assertNothingWrong(await readEntry(path), "doubled or swapped");
      assertEquals((await readEntry(path))?.records.size, small.length - lost);
    }
    const inOrder = lines.map((_, i) => i).join();
    await fc.assert(
      fc.asyncProperty(order, async (order) => {
        if (order.join() === inOrder) return;
        await Deno.writeTextFile(path, order.map((i) => lines[i]!).join(""));
        assertNothingWrong(await readEntry(path), `lines ${order}`);
      }),
      { numRuns: 200 },
    );
  });
});

Deno.test("readEntry() takes no entry of another ticker, dataset or format", async () => {
  await withEntryPath(async (path) => {
    assertEquals(await readEntry(path), undefined);
    for (const other of [{ ticker: "AAPL" }, { dataset: "global_crypto/day_aggs_v1" }]) {
      await writeEntry(path, { ...of, ...other }, small);
      assertEquals(await readEntry(path), undefined);
    }
    for (const change of [{ version: 0 }, { nonce: "xyz" }, { of: {} }, { of: null }]) {
      const header = { format: "flatfetch-bars", version: 1, nonce: "00000000", of, ...change };
      await Deno.writeTextFile(path, sealLine(header, 0));
      assertEquals(await readEntry(path), undefined);
    }
  });
});

Deno.test("readEntry() refuses an entry of a newer format and leaves it", async () => {
  await withEntryPath(async (path) => {
    const line = sealLine({ format: "flatfetch-bars", version: 2 }, 0);
    await Deno.writeTextFile(path, line);
    const told = "its format is 2, this program knows formats up to 1";
    const error = await assertRejects(() => readEntry(path), JournalError, told);
    assertEquals([error.path, await Deno.readTextFile(path)], [path, line]);
  });
});

Deno.test("writeEntry() leaves the older entry and no other file when the disk is full", async () => {
  await withEntryPath(async (path) => {
    await writeEntry(path, of, small.slice(0, 3));
    const older = await Deno.readFile(path);
    for (let at = 0;; at++) {
      using disk = new FailingDisk({ at, short: at % 2 === 1 });
      const failure = await writeEntry(path, of, small).catch((error) => error);
      if (disk.calls <= at) break;
      assert(failure instanceof StorageError, `call ${at}: ${failure}`);
      assertEquals(await namesIn(path.slice(0, -"/TSLA.ndjson".length)), ["TSLA.ndjson"]);
      const isRenamed = failure.message.startsWith("Cannot sync") && failure.path !== path;
      if (!isRenamed) assertEquals(await Deno.readFile(path), older);
    }
    assertEquals((await readEntry(path))!.records.size, small.length);
  });
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type JournalContent, readJournal } from "../../lib/cache/journal.ts";
import { KeptRecord } from "../../lib/cache/record.ts";
import { JournalError } from "../../lib/errors.ts";
import { sampleJournal } from "../../fixtures/make_journals.ts";
import { appendAll, bitsIn, readSample, withDirectory } from "./samples.ts";

const LF = 10;
const COUNT = 40;
const whole = sampleJournal(COUNT, { record: smallRecord });
const records = Array.from({ length: COUNT }, (_, n) => smallRecord(n));
const written = new Map(records.map((record) => [record.key, JSON.stringify(record)]));

/** Short, because the time of these tests grows with the square of a journal's bytes. */
function smallRecord(n: number): KeptRecord {
  const rows = n % 7 === 6 ? [] : [[n, 1.25]];
  return KeptRecord.of({ key: `d/${n}`, size: 100 + n, etag: `e${n}`, rows });
}

/** What may be read of a damaged journal: nothing, or records exactly as they were written. */
function assertNothingWrong(found: JournalContent | "foreign" | undefined, what: string): number {
  if (found === undefined || found === "foreign") return 0;
  for (const [key, record] of found.records) {
    if (written.get(key) !== JSON.stringify(record)) throw new Error(`wrong record: ${what}`);
  }
  return found.records.size;
}

/** Reads a journal of these bytes; only a newer format may throw. */
async function countOf(path: string, bytes: Uint8Array): Promise<number> {
  await Deno.writeFile(path, bytes);
  try {
    return assertNothingWrong(await readJournal(path), "damaged");
  } catch (error) {
    if (error instanceof JournalError) return 0;
    throw error;
  }
}

/** The lines of the whole journal, with their LF. */
const lines = new TextDecoder().decode(whole).split(/(?<=\n)/).map((line) =>
  new TextEncoder().encode(line)
);

const join = (parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));

Deno.test("no flipped bit of a journal gives a wrong record, nor costs more than two", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    await Deno.writeFile(path, whole);
    using file = await Deno.open(path, { write: true });
    const write = (byte: number, at: number) => {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(Uint8Array.of(byte));
    };
    const headerLength = lines[0]!.length;
    for (const bit of bitsIn(whole.length)) {
      const at = bit >> 3;
      write(whole[at]! ^ 1 << (bit & 7), at);
      const count = assertNothingWrong(await readJournal(path), `bit ${bit}`);
      assert(at < headerLength ? count === 0 : count >= COUNT - 2, `bit ${bit}: ${count}`);
      write(whole[at]!, at);
    }
    assertEquals(await Deno.readFile(path), whole);
  });
});

Deno.test("no overwritten block of a journal gives a wrong record", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const block = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.nat(600).map((length) => new Uint8Array(length)),
      fc.tuple(fc.nat(whole.length), fc.nat(600)).map(([from, length]) =>
        whole.slice(from, from + length)
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), block, async (at, block) => {
        const damaged = whole.slice();
        damaged.set(block.subarray(0, damaged.length - at), at);
        await countOf(path, damaged);
      }),
      { numRuns: 500 },
    );
  });
});

Deno.test("lines of a journal that are removed, doubled or swapped give no wrong record", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const recordLines = lines.slice(1);
    const order = fc.array(fc.nat(COUNT - 1), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (order, hasHeader) => {
        const parts = order.map((i) => recordLines[i]!);
        const count = await countOf(path, join(hasHeader ? [lines[0]!, ...parts] : parts));
        assertEquals(count, hasHeader ? new Set(order).size : 0);
      }),
      { numRuns: 200 },
    );
  });
});

Deno.test("lines spliced from a journal with another nonce are not accepted", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const other = sampleJournal(COUNT, { nonce: "1f2e3d4d", record: smallRecord });
    const otherRecords = other.subarray(other.indexOf(LF) + 1);
    await fc.assert(
      fc.asyncProperty(fc.nat(COUNT), async (kept) => {
        assertEquals(await countOf(path, join([...lines.slice(0, kept + 1), otherRecords])), kept);
        assertEquals((await readSample(path)).badLines, COUNT);
      }),
      { numRuns: 20 },
    );
    await appendAll(path, records);
    assertEquals(assertNothingWrong(await readJournal(path), "spliced"), COUNT);
  });
});

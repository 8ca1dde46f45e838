import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { readJournal } from "../../lib/cache/journal.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { KeptRecord } from "../../lib/cache/record.ts";
import { JournalError } from "../../lib/errors.ts";
import {
  journalSamples,
  SAMPLE_IDENTITY,
  sampleJournal,
  sampleRecord,
} from "../../fixtures/make_journals.ts";
import { anyText } from "../any_text.ts";
import { appendAll, namesIn, readSample, sampleRecords, withDirectory } from "./samples.ts";

const LF = 10;
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const record: fc.Arbitrary<KeptRecord> = fc.record({
  key: anyText(),
  size: fc.maxSafeNat(),
  etag: fc.string(),
  rows: fc.array(fc.array(fc.option(number))),
}).map(KeptRecord.of);

Deno.test("readJournal() finds what any number of writers appended, the later of a key", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(record), { maxLength: 4 }), async (runs) => {
      await withDirectory(async (directory) => {
        const path = `${directory}/journal`;
        for (const records of runs) await appendAll(path, records);
        const written = new Map(runs.flat().map((one) => [one.key, one]));
        if (written.size === 0) return assertEquals(await readJournal(path), undefined);
        const { records, badLines, of } = await readSample(path);
        assertEquals([records, badLines, of], [written, 0, SAMPLE_IDENTITY]);
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("a journal cut at any byte gives the whole lines, and grows whole again", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const whole = sampleJournal(4);
    const records = sampleRecords(4);
    for (let length = 0; length <= whole.length; length++) {
      await Deno.writeFile(path, whole.subarray(0, length));
      const lines = whole.subarray(0, length).filter((byte) => byte === LF).length;
      const found = await readJournal(path);
      if (lines === 0) assertEquals(found, undefined);
      else {assertEquals(
          [...(await readSample(path)).records.values()],
          records.slice(0, lines - 1),
        );}
      await appendAll(path, records.slice(Math.max(0, lines - 1)));
      const { records: grown, badLines } = await readSample(path);
      assertEquals([[...grown.values()], badLines], [records, 0]);
      if (lines > 0) assertEquals(await Deno.readFile(path), whole);
    }
    assertEquals(await namesIn(directory), ["journal"]);
  });
});

Deno.test("readJournal() reads the sample journals as their names say", async () => {
  await withDirectory(async (directory) => {
    for (const [name, bytes] of journalSamples()) {
      const path = new URL(`../../fixtures/journals/${name}`, import.meta.url);
      assertEquals(await Deno.readFile(path), bytes, `${name} is not what make_journals.ts makes`);
      await Deno.writeFile(`${directory}/${name}`, bytes);
    }
    const counts = async (name: string) => {
      const { records, badLines } = await readSample(`${directory}/${name}.ndjson`);
      return [records.size, badLines];
    };
    assertEquals(await counts("complete"), [5, 0]);
    assertEquals(await counts("torn"), [4, 0]);
    assertEquals(await counts("bad_crc"), [4, 1]);
    assertEquals(await counts("other_host"), [2, 0]);
    assertEquals(await readJournal(`${directory}/torn_header.ndjson`), undefined);
    assertEquals(await readJournal(`${directory}/older_format.ndjson`), "foreign");
    assertEquals(await readJournal(`${directory}/foreign.ndjson`), "foreign");
  });
});

Deno.test("a journal of a newer format is refused by its reader and writer, untouched", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const newer = journalSamples().get("newer_format.ndjson")!;
    await Deno.writeFile(path, newer);
    const told = "its format is 2, this program knows formats up to 1";
    const error = await assertRejects(() => readJournal(path), JournalError, told);
    assertEquals(error.path, path);
    await assertRejects(() => JournalWriter.open(path, SAMPLE_IDENTITY), JournalError, told);
    assertEquals([await namesIn(directory), await Deno.readFile(path)], [["journal"], newer]);
  });
});

Deno.test("JournalWriter moves aside what it must not append to, over nothing else", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const samples = journalSamples();
    const names = ["older_format", "foreign", "other_host"] as const;
    for (const name of names) {
      await Deno.writeFile(path, samples.get(`${name}.ndjson`)!);
      await using writer = await JournalWriter.open(path, SAMPLE_IDENTITY);
      assertEquals([writer.records.size, writer.notices.length], [0, 1]);
      assertStringIncludes(writer.notices[0]!, "was moved aside to");
      writer.append([sampleRecord(0)]);
    }
    const asides = ["journal.aside", "journal.aside-2", "journal.aside-3"];
    assertEquals(await namesIn(directory), ["journal", ...asides]);
    for (const [i, name] of names.entries()) {
      assertEquals(await Deno.readFile(`${directory}/${asides[i]}`), samples.get(`${name}.ndjson`));
    }
    assertEquals((await readSample(path)).records.size, 1);
  });
});

Deno.test("JournalWriter never cuts off a text without a line end that is no header", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    for (const text of ["a note of mine", "{", '{"format":"flatfetch-bars"', "\0".repeat(300)]) {
      await Deno.writeTextFile(path, text);
      await appendAll(path, [sampleRecord(0)]);
      assertEquals((await readSample(path)).records.size, 1);
    }
    const kept = ["journal.aside", "journal.aside-2", "journal.aside-3"];
    assertEquals(await namesIn(directory), ["journal", ...kept]);
    assertEquals(await Deno.readTextFile(`${directory}/journal.aside`), "a note of mine");
  });
});

Deno.test("JournalWriter tells how many lines are damaged and leaves them where they are", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/journal`;
    const damaged = journalSamples().get("bad_crc.ndjson")!;
    await Deno.writeFile(path, damaged);
    await using writer = await JournalWriter.open(path, SAMPLE_IDENTITY);
    assertEquals(writer.notices, [
      `1 damaged line of "${path}" is skipped; its file is fetched again`,
    ]);
    writer.append([sampleRecord(9)]);
    assertEquals((await Deno.readFile(path)).subarray(0, damaged.length), damaged);
  });
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gunzipSync, gzipSync } from "node:zlib";
import { writeEntry } from "../../lib/cache/entry.ts";
import {
  headerLine,
  type JournalContent,
  journalSeed,
  readJournal,
} from "../../lib/cache/journal.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { sealBodies } from "../../lib/cache/line.ts";
import { PLAIN_MAX_BYTES, readStoredLines, toMember, toMembers } from "../../lib/cache/members.ts";
import { KeptRecord } from "../../lib/cache/record.ts";
import { StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY as of } from "../../fixtures/make_journals.ts";
import { FailingDisk } from "./failing_disk.ts";
import { appendAll, bitsIn, namesIn, readEntry, readSample, withDirectory } from "./samples.ts";

const NONCE = "1f2e3d4c";
const COUNT = 12;
const encode = (text: string) => new TextEncoder().encode(text);
const recordOf = (n: number, etag = `e${n}`) =>
  KeptRecord.of({ key: `d/${n}`, size: 100 + n, etag, rows: [[n, 1.25]] });
/** A record of about ten bytes a row that hardly shrinks. */
const largeRecord = (n: number, count = 3_000) => {
  const rows = Array.from({ length: count }, (_, i) => [Math.sin(n * count + i)]);
  return KeptRecord.of({ key: `d/${String(n).padStart(4, "0")}`, size: 1, etag: "e", rows });
};
const lineOf = (n: number, nonce = NONCE) =>
  new TextDecoder().decode(sealBodies([recordOf(n).toBody()], journalSeed(nonce)));

/** The header and each pair of records in members of their own. */
function membersOf(nonce = NONCE): Uint8Array[] {
  const pairs = Array.from(
    { length: COUNT / 2 },
    (_, i) => lineOf(2 * i, nonce) + lineOf(2 * i + 1, nonce),
  );
  return [headerLine(nonce, of), ...pairs].map((lines) => toMember(encode(lines)));
}

/** Compares what is written of records, in a hundredth of the time that their rows take. */
function assertSame(found: Iterable<KeptRecord>, want: Iterable<KeptRecord>): void {
  const textsOf = (all: Iterable<KeptRecord>) =>
    Array.from(all, ({ head, content }) => [head.text, content]);
  assertEquals(textsOf(found), textsOf(want));
}

const join = (parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const members = membersOf();
const whole = join(members);

async function read(path: string, bytes: Uint8Array): Promise<JournalContent | undefined> {
  await Deno.writeFile(path, bytes);
  const found = await readJournal(path);
  if (found === undefined || found === "foreign") return undefined;
  for (const [key, record] of found.records) {
    assertSame([record], [recordOf(Number(key.slice(2)))]);
  }
  return found;
}

Deno.test("gzip reads members as the plain lines", () => {
  const lines = headerLine(NONCE, of) + Array.from({ length: COUNT }, (_, n) => lineOf(n)).join("");
  assertEquals(new TextDecoder().decode(gunzipSync(whole)), lines);
});

Deno.test("a journal of members that is cut at any byte has every member before", async () => {
  await withDirectory(async (directory) => {
    const ends = members.map((_, i) => join(members.slice(0, i + 1)).length);
    for (let length = 0; length < whole.length; length++) {
      const found = await read(`${directory}/j`, whole.subarray(0, length));
      const complete = ends.filter((end) => end <= length);
      assertEquals(found?.records.size ?? 0, Math.max(0, complete.length - 1) * 2, `${length}`);
      assertEquals(found?.validBytes ?? 0, complete.at(-1) ?? 0);
    }
  });
});

Deno.test("no flipped bit of a journal of members gives a wrong record, nor costs more than a member", async () => {
  await withDirectory(async (directory) => {
    for (const bit of bitsIn(whole.length)) {
      const damaged = whole.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const count = (await read(`${directory}/j`, damaged))?.records.size ?? 0;
      const want = bit >> 3 < members[0]!.length ? 0 : COUNT - 2;
      assert(count >= want, `bit ${bit}: ${count}`);
    }
  });
});

Deno.test("members that are removed, doubled or swapped give no wrong record; others' do not count", async () => {
  await withDirectory(async (directory) => {
    const other = membersOf("1f2e3d4d").slice(1);
    const order = fc.array(fc.nat(COUNT / 2 - 1), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(order, fc.nat(3), async (order, strangers) => {
        const parts = order.map((i) => members[i + 1]!);
        const bytes = join([members[0]!, ...other.slice(0, strangers), ...parts]);
        const found = await read(`${directory}/j`, bytes);
        assertEquals(found!.records.size, new Set(order).size * 2);
        assertEquals(found!.badLines, strangers * 2);
      }),
      { numRuns: 100 },
    );
  });
});

Deno.test("members split any lines and give them back", async () => {
  await withDirectory(async (directory) => {
    const sizes = fc.array(fc.nat(200_000), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (sizes) => {
        const records = sizes.map((length, n) => recordOf(n, "e".repeat(length)));
        const lines = records.map((record) => sealBodies([record.toBody()], journalSeed(NONCE)));
        const all = join([...toMembers([encode(headerLine(NONCE, of)), ...lines])]);
        await Deno.writeFile(`${directory}/j`, all);
        assertSame((await readSample(`${directory}/j`)).records.values(), records);
      }),
      { numRuns: 20 },
    );
  });
});

Deno.test("a member that inflates beyond what it tells, or beyond the limit, is skipped", async () => {
  await withDirectory(async (directory) => {
    const bomb = toMember(new Uint8Array(66 << 20).fill(10));
    const liar = bomb.slice();
    new DataView(liar.buffer).setUint32(liar.length - 4, 10, true);
    for (const hostile of [bomb, liar, gzipSync("x\n"), toMember(encode("no end"))]) {
      const found = await read(
        `${directory}/j`,
        join([...members.slice(0, 3), hostile, members[3]!]),
      );
      assertEquals([found?.records.size, found?.badLines], [6, 1]);
    }
  });
});

Deno.test("a member of millions of lines gives some at a time", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/members`;
    await Deno.writeFile(path, toMember(new Uint8Array(2_000_500).fill(10)));
    using file = await Deno.open(path);
    let lines = 0;
    for await (const some of readStoredLines(file)) {
      assert(some.length <= 1_000);
      lines += some.length;
    }
    assertEquals(lines, 2_000_500);
  });
});

Deno.test("JournalWriter compresses a journal that grows over 1 MiB, and appends members", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/j`;
    const records = Array.from({ length: 60 }, (_, n) => largeRecord(n));
    await appendAll(path, records.slice(0, 10));
    assertEquals((await readSample(path)).isCompressed, false);
    await appendAll(path, records.slice(10, 50));
    const found = await readSample(path);
    assert(found.isCompressed);
    assertSame(found.records.values(), records.slice(0, 50));
    const { size } = await Deno.lstat(path);
    await Deno.truncate(path, size - 1);
    await appendAll(path, records.slice(49));
    const again = await readSample(path);
    assertSame(again.records.values(), records);
    assertEquals(again.badLines, 0);
    assertEquals(await namesIn(directory), ["j"]);
  });
});

Deno.test("JournalWriter keeps the plain journal when its compressed form cannot be written", async () => {
  const records = Array.from({ length: 5 }, (_, n) => largeRecord(n, 14_000));
  await withDirectory(async (directory) => {
    for (let at = 0, isFailing = true; isFailing; at++) {
      const path = `${directory}/j${at}`;
      const added: KeptRecord[] = [];
      {
        using disk = new FailingDisk({ at });
        try {
          await using writer = await JournalWriter.open(path, of);
          for (const record of records) {
            writer.append([record]);
            added.push(record);
          }
        } catch (error) {
          assert(error instanceof StorageError, `${error}`);
        }
        isFailing = disk.calls > at;
      }
      const found = await readJournal(path);
      const kept = found === undefined || found === "foreign" ? [] : [...found.records.values()];
      assertSame(kept.slice(0, added.length), added);
    }
  });
});

Deno.test("an entry over 1 MiB is written compressed and read alike; a damaged one keeps the rest", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/us_stocks_sip/day_aggs_v1/TSLA.ndjson`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const records = Array.from({ length: 60 }, (_, n) => largeRecord(n));
    await writeEntry(path, of, records);
    const bytes = await Deno.readFile(path);
    assertEquals([...bytes.subarray(0, 4)], [0x1f, 0x8b, 8, 4]);
    assert(gunzipSync(bytes).length > PLAIN_MAX_BYTES);
    const entry = await readEntry(path);
    assert(entry!.whole);
    assertSame(entry!.records.values(), records);
    assertEquals(entry!.bytes, bytes.length);
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(path, bytes);
    const damaged = await readEntry(path);
    assertEquals(damaged!.whole, false);
    assert(damaged!.records.size >= 40, `${damaged!.records.size}`);
  });
});

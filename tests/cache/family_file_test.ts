/** What is kept of a family in one object: whole or nothing, and read side by side. */

import { gunzipSync } from "node:zlib";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FamilyBody, type FamilyNotes, type TickerRows } from "../../lib/cache/family_body.ts";
import { FamilyFile, writeFamilyFile } from "../../lib/cache/family_file.ts";
import { mergeFamily } from "../../lib/cache/family_merge.ts";
import { JournalError, TemporaryError } from "../../lib/errors.ts";
import { withDirectory } from "./samples.ts";

const OF = { dataset: "us_options_opra/day_aggs_v1", family: "O:SPY*" };
const keyOf = (day: number) =>
  `${OF.dataset}/2025/12/2025-12-${String(day).padStart(2, "0")}.csv.gz`;
const objectOf = (day: number) => ({ key: keyOf(day), size: 123, etag: `"${day}` });

const NOTES: FamilyNotes = { failures: { "O:SPYX": "line 5: odd" }, warning: "the file is odd" };

async function write(
  directory: string,
  rows: readonly TickerRows[],
  { day = 19, notes = NOTES }: { day?: number; notes?: FamilyNotes } = {},
): Promise<string> {
  const body = new FamilyBody(OF.family, keyOf(day));
  for (const one of rows) body.add(one);
  const path = `${directory}/2025-12-${String(day).padStart(2, "0")}.ndjson.gz`;
  await writeFamilyFile(path, { of: OF, object: objectOf(day), body: body.end(notes) });
  return path;
}

function readAll(file: FamilyFile): { rows: TickerRows[]; notes: FamilyNotes } {
  const rows: TickerRows[] = [];
  const all = file.read();
  let next = all.next();
  for (; !next.done; next = all.next()) rows.push(next.value);
  return { rows, notes: next.value };
}

const rowsOf = (...tickers: string[]): TickerRows[] =>
  tickers.map((ticker, i) => ({
    ticker,
    rowsText: `[[${i},1.5,2e-7,3,4,null,5],[7,1,1,1,1,1,1]]`,
  }));

Deno.test("FamilyFile gives what was written, whatever the tickers are called", async () => {
  await withDirectory(async (directory) => {
    const odd = ['"', "\\", "]}", "__proto__", '":[[1]],"', "É", "\u2028", "{"].sort();
    for (const rows of [[], rowsOf("A"), rowsOf(...odd)]) {
      const path = await write(directory, rows);
      const file = FamilyFile.open(path)!;
      assertEquals({ key: file.key, size: file.size, etag: file.etag }, objectOf(19));
      assertEquals([file.of, file.isWhole()], [OF, true]);
      assertEquals(readAll(file), { rows, notes: NOTES });
    }
  });
});

Deno.test("FamilyFile reads lines of about 32 KiB, and zcat gives them", async () => {
  await withDirectory(async (directory) => {
    const rows = rowsOf(
      ...Array.from({ length: 5_000 }, (_, i) => `O:${String(i).padStart(5, "0")}`),
    );
    const path = await write(directory, rows);
    assertEquals(readAll(FamilyFile.open(path)!).rows, rows);
    const lines = new TextDecoder().decode(gunzipSync(await Deno.readFile(path))).trimEnd().split(
      "\n",
    );
    for (const line of lines) JSON.parse(line);
    const most = Math.max(...lines.map(({ length }) => length));
    assert(lines.length > 5 && most < 40_000, `${lines.length} lines, ${most} characters`);
  });
});

Deno.test("FamilyFile is not whole when it is cut, or a bit of it is flipped, anywhere", async () => {
  await withDirectory(async (directory) => {
    const path = await write(directory, rowsOf("A", "B", "C"));
    const bytes = await Deno.readFile(path);
    const expected = readAll(FamilyFile.open(path)!);
    const isHarmless = (damaged: Uint8Array) => {
      Deno.writeFileSync(path, damaged);
      const file = FamilyFile.open(path);
      if (file === undefined || !file.isWhole()) return false;
      assertEquals(readAll(file), expected);
      assertEquals({ key: file.key, size: file.size, etag: file.etag }, objectOf(19));
      return true;
    };
    for (let length = 0; length < bytes.length; length++) {
      assertEquals(isHarmless(bytes.subarray(0, length)), false, `cut at ${length}`);
    }
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << at % 8;
      isHarmless(flipped);
    }
    assertEquals(isHarmless(new Uint8Array([...bytes, ...bytes])), false);
    assertEquals(isHarmless(bytes), true);
  });
});

Deno.test("FamilyFile takes no lines of another family or object", async () => {
  await withDirectory(async (directory) => {
    const body = new FamilyBody("O:QQQ*", keyOf(19));
    for (const one of rowsOf("A")) body.add(one);
    const path = `${directory}/19.ndjson.gz`;
    await writeFamilyFile(path, { of: OF, object: objectOf(19), body: body.end(NOTES) });
    assertEquals(FamilyFile.open(path)!.isWhole(), false);
  });
});

Deno.test("FamilyFile tells a file that is replaced or removed while it is read from a damaged one", async () => {
  await withDirectory(async (directory) => {
    const many = rowsOf(...Array.from({ length: 3_000 }, (_, i) => `O:${10_000 + i}`));
    for (
      const [change, text] of [
        [async () => void await write(directory, many.slice(1)), "was replaced meanwhile"],
        [(path: string) => Deno.remove(path), "was removed meanwhile"],
      ] as const
    ) {
      const path = await write(directory, many);
      const file = FamilyFile.open(path)!;
      const rows = file.read();
      rows.next();
      await change(path);
      assertThrows(() => [...rows], TemporaryError, text);
      assertEquals(file.isWhole(), false);
    }
  });
});

Deno.test("FamilyFile refuses a newer format", async () => {
  await withDirectory(async (directory) => {
    const path = await write(directory, []);
    const { sealBodies } = await import("../../lib/cache/line.ts");
    const { toMember } = await import("../../lib/cache/members.ts");
    const header = '{"format":"flatfetch-family","version":2';
    await Deno.writeFile(path, toMember(sealBodies([header], 0)));
    assertThrows(() => FamilyFile.open(path), JournalError, "its format is 2");
  });
});

Deno.test("mergeFamily() gives each ticker once, in order, with its rows in the order of the files", async () => {
  const tickers = fc.uniqueArray(fc.constantFrom(..."ABCDEFGHIJKLMNOP"), { maxLength: 12 });
  await withDirectory(async (directory) => {
    await fc.assert(
      fc.asyncProperty(fc.array(tickers, { maxLength: 6 }), async (lists) => {
        const files: FamilyFile[] = [];
        for (const [i, list] of lists.entries()) {
          const path = await write(directory, rowsOf(...list.toSorted()), { day: i + 1 });
          files.push(FamilyFile.open(path)!);
        }
        const noted: string[] = [];
        const merged = [...mergeFamily(files, ({ key }) => noted.push(key))];
        const all = [...new Set(lists.flat())].sort();
        assertEquals(merged.map(({ ticker }) => ticker), all);
        for (const { ticker, rows } of merged) {
          const days = lists.flatMap((list, i) => list.includes(ticker) ? [i + 1] : []);
          assertEquals(rows.map(({ date }) => Number(date.slice(-2))), days);
          for (const { rowsText } of rows) assert(rowsText.startsWith("[["));
        }
        assertEquals(noted.sort(), lists.map((_, i) => keyOf(i + 1)));
      }),
      { numRuns: 60 },
    );
  });
});

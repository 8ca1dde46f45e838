import { gzipSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { IntegrityError } from "../../lib/errors.ts";
import { extract as extractAll } from "../../lib/flatfile/extract.ts";
import { TickerSet } from "../../lib/flatfile/ticker_set.ts";
import { assertDamaged, COLUMNS, KEY, sample, START } from "./extract_samples.ts";

const extract = (key: string, compressed: Uint8Array, tickers: readonly string[]) =>
  extractAll(key, compressed, new TickerSet(tickers));

Deno.test("extract() refuses a file that is empty, before or after inflating", async () => {
  await assertDamaged(() => extract(KEY, new Uint8Array(), ["A"]), "gzip", "Cannot inflate");
  await assertDamaged(() => extract(KEY, gzipText(""), ["A"]), "format", 'no column "ticker"');
});

Deno.test("extract() refuses a gzip that is cut at any byte", async () => {
  const whole = sample("stocks_day");
  for (let length = 0; length < whole.length; length++) {
    await assertDamaged(() => extract(KEY, whole.subarray(0, length), ["AAPL"]), "gzip");
  }
});

Deno.test("extract() refuses a gzip of two members that is cut anywhere but between them", async () => {
  const whole = sample("multi_member");
  const sound: number[] = [];
  for (let length = 0; length < whole.length; length++) {
    try {
      await extract(KEY, whole.subarray(0, length), ["AAPL"]);
      sound.push(length);
    } catch (error) {
      assert(error instanceof IntegrityError && error.check === "gzip");
    }
  }
  assertEquals(sound.length, 1);
  assertEquals([...whole.subarray(sound[0]!, sound[0]! + 2)], [0x1f, 0x8b]);
});

Deno.test("extract() refuses a gzip with a wrong byte, or finds the true rows", async () => {
  const whole = sample("stocks_day");
  const want = await extract(KEY, whole, ["AAPL"]);
  const unharmed: number[] = [];
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 0xff;
    try {
      assertEquals(await extract(KEY, bytes, ["AAPL"]), want);
      unharmed.push(at);
    } catch (error) {
      assert(error instanceof IntegrityError && error.check === "gzip", String(error));
    }
  }
  assertEquals(unharmed.filter((at) => at > 9), []);
});

Deno.test("extract() refuses damaged gzip files", async () => {
  for (const name of ["cut", "bad_crc", "trailing_garbage"]) {
    await assertDamaged(() => extract(KEY, sample(name), ["AAPL"]), "gzip", "Cannot inflate");
  }
  await assertDamaged(() => extract(KEY, new TextEncoder().encode("<html>"), ["A"]), "gzip");
});

Deno.test("extract() stops inflating far beyond what a flat file can be", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(64 << 20), { level: 9 }));
  const message = "it inflates to more than 16777216 bytes";
  await assertDamaged(() => extract(KEY, bomb, ["A"]), "gzip", message);
});

Deno.test("extract() takes a file of up to 16 MiB of text however well it is packed", async () => {
  const line = `A,1,1,1,1,1,${START},1\n`;
  const head = `${COLUMNS}\n${line}`;
  const text = head + "B\n".repeat(((16 << 20) - head.length) >> 1);
  const { rows } = await extract(KEY, gzipText(text, 9), ["A"]);
  assertEquals(JSON.parse(rows[0]!).length, 1);
});

/** About 5 MiB of text, which is inflated in slices. */
function largeFile(): { bytes: Uint8Array<ArrayBuffer>; rows: number } {
  const other = `B,1,1,1,1,1,${START},1\n`.repeat(500);
  const wanted = Array.from({ length: 300 }, (_, i) => `A,${i},1,1,1,1,${START},1\n`);
  const text = `${COLUMNS}\n${wanted.join(other)}`;
  assert(text.length > 4 << 20);
  return { bytes: gzipText(text), rows: wanted.length };
}

Deno.test("extract() finds in a large file, slice by slice, every row in its order", async () => {
  const { bytes, rows } = largeFile();
  const many = Array.from({ length: 30 }, (_, i) => `UNUSED${i}`);
  for (const tickers of [["A"], ["A", ...many]]) {
    const found = JSON.parse((await extract(KEY, bytes, tickers)).rows[0]!);
    assertEquals(found.map((row: number[]) => row[5]), Array.from({ length: rows }, (_, i) => i));
  }
});

Deno.test("extract() refuses a large file that is cut, damaged or followed by something", async () => {
  const { bytes } = largeFile();
  const flipped = (at: number) => bytes.map((byte, i) => i === at ? byte ^ 1 : byte);
  for (const length of [bytes.length - 1, bytes.length - 8, bytes.length - 9, bytes.length >> 1]) {
    await assertDamaged(() => extract(KEY, bytes.subarray(0, length), ["A"]), "gzip");
  }
  for (const at of [bytes.length - 8, bytes.length - 5]) {
    await assertDamaged(() => extract(KEY, flipped(at), ["A"]), "gzip");
  }
  for (const byte of [0, 7]) {
    const trailing = new Uint8Array([...bytes, ...new Uint8Array(16).fill(byte)]);
    await assertDamaged(() => extract(KEY, trailing, ["A"]), "gzip");
  }
});

Deno.test("extract() stops in a large file, too, when its text is beyond what it can be", async () => {
  const lines = new TextEncoder().encode(`${COLUMNS}\n${"B\n".repeat(1 << 20)}`);
  const members = gzipSync(lines, { level: 9 });
  const bomb = new Uint8Array(Array.from({ length: 20 }, () => [...members]).flat());
  const message = "it inflates to more than 16777216 bytes";
  await assertDamaged(() => extract(KEY, bomb, ["A"]), "gzip", message);
});

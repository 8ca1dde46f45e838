import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipText } from "../fixtures/flat_files.ts";
import { type IntegrityCheck, IntegrityError } from "../lib/errors.ts";
import { extract } from "../lib/extract.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const COLUMNS = "ticker,volume,open,close,high,low,window_start,transactions";
const START = "1709787600000000000";
const SAMPLES = new URL("../fixtures/data/flat_files/", import.meta.url);

const sample = (name: string) => Deno.readFileSync(new URL(`${name}.csv.gz`, SAMPLES));

function assertDamaged(run: () => unknown, check: IntegrityCheck, message = ""): void {
  const error = assertThrows(run, IntegrityError, message);
  assertEquals([error.key, error.check], [KEY, check], error.message);
  assert(error.message.includes(JSON.stringify(KEY)), error.message);
}

Deno.test("extract() refuses a file that is empty, before or after inflating", () => {
  assertDamaged(() => extract(KEY, new Uint8Array(), ["A"]), "gzip", "Cannot inflate");
  assertDamaged(() => extract(KEY, gzipText(""), ["A"]), "format", 'no column "ticker"');
});

Deno.test("extract() refuses a gzip that is cut at any byte", () => {
  const whole = sample("stocks_day");
  for (let length = 0; length < whole.length; length++) {
    assertDamaged(() => extract(KEY, whole.subarray(0, length), ["AAPL"]), "gzip");
  }
});

Deno.test("extract() refuses a gzip of two members that is cut anywhere but between them", () => {
  const whole = sample("multi_member");
  const sound: number[] = [];
  for (let length = 0; length < whole.length; length++) {
    try {
      extract(KEY, whole.subarray(0, length), ["AAPL"]);
      sound.push(length);
    } catch (error) {
      assert(error instanceof IntegrityError && error.check === "gzip");
    }
  }
  assertEquals(sound.length, 1);
  assertEquals([...whole.subarray(sound[0]!, sound[0]! + 2)], [0x1f, 0x8b]);
});

Deno.test("extract() refuses a gzip with a wrong byte, or finds the true rows", () => {
  const whole = sample("stocks_day");
  const want = extract(KEY, whole, ["AAPL"]);
  const unharmed: number[] = [];
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 0xff;
    try {
      assertEquals(extract(KEY, bytes, ["AAPL"]), want);
      unharmed.push(at);
    } catch (error) {
      assert(error instanceof IntegrityError && error.check === "gzip", String(error));
    }
  }
  assertEquals(unharmed.filter((at) => at > 9), []);
});

Deno.test("extract() refuses damaged gzip files", () => {
  for (const name of ["cut", "bad_crc", "trailing_garbage"]) {
    assertDamaged(() => extract(KEY, sample(name), ["AAPL"]), "gzip", "Cannot inflate");
  }
  assertDamaged(() => extract(KEY, new TextEncoder().encode("<html>"), ["A"]), "gzip");
});

Deno.test("extract() stops inflating far beyond what a flat file can be", () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(64 << 20), { level: 9 }));
  const message = "it inflates to more than 16777216 bytes";
  assertDamaged(() => extract(KEY, bomb, ["A"]), "gzip", message);
});

Deno.test("extract() takes a file of up to 16 MiB of text however well it is packed", () => {
  const line = `A,1,1,1,1,1,${START},1\n`;
  const head = `${COLUMNS}\n${line}`;
  const text = head + "B\n".repeat(((16 << 20) - head.length) >> 1);
  assertEquals(extract(KEY, gzipText(text, 9), ["A"]).get("A")!.length, 1);
});

import { createHash } from "node:crypto";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IntegrityError } from "../../lib/errors.ts";
import { checkBytes } from "../../lib/bucket/integrity.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const BYTES = new TextEncoder().encode("not looked into here");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const OBJECT = { key: KEY, size: BYTES.length, md5: md5(BYTES) };

Deno.test("checkBytes() compares length and MD5, where it is known", () => {
  checkBytes(BYTES, OBJECT);
  checkBytes(BYTES, { ...OBJECT, md5: OBJECT.md5.toUpperCase() });
  checkBytes(BYTES, { ...OBJECT, md5: undefined });
  checkBytes(new Uint8Array(), { key: KEY, size: 0, md5: "d41d8cd98f00b204e9800998ecf8427e" });
  const short = assertThrows(() => checkBytes(BYTES.slice(1), OBJECT), IntegrityError);
  assertEquals([short.check, short.key], ["size", KEY]);
  assertEquals(short.message, `Cannot download "${KEY}": received 19 of 20 bytes`);
});

Deno.test("checkBytes() notices every single bit that flips", () => {
  for (let bit = 0; bit < 8 * BYTES.length; bit++) {
    const bytes = BYTES.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const error = assertThrows(() => checkBytes(bytes, OBJECT), IntegrityError);
    assertEquals(error.check, "md5");
    assert(error.message.includes(OBJECT.md5), error.message);
  }
});

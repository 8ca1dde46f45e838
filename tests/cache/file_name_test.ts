import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fileName, plainPath } from "../../lib/cache/directory.ts";
import { anyText } from "../any_text.ts";

Deno.test("fileName() keeps what every file system takes and escapes the rest", () => {
  const names = [
    ["TSLA", "TSLA"],
    ["BRK.B", "BRK.B"],
    ["BACpB", "BAC%70B"],
    ["X:BTC-USD", "X%3ABTC-USD"],
    ["^GSPC", "%5EGSPC"],
    ["../../etc/passwd", "%2E.%2F..%2F%65%74%63%2F%70%61%73%73%77%64"],
    [".", "%2E"],
    ["..", "%2E."],
    ["CON", "%43ON"],
    ["AUX.A", "%41UX.A"],
    ["COM1", "%43OM1"],
    ["CONE", "CONE"],
    ["", "%"],
    ["\0", "%00"],
    ["%", "%25"],
    ["é", "%C3%A9"],
  ] as const;
  for (const [text, name] of names) assertEquals(fileName(text), name);
  assertThrows(() => fileName("A\ud800"), TypeError, "Cannot name a file of");
});

const text = anyText();
const tickerLike = fc.string({ unit: fc.constantFrom(..."AaBb1.:%-/\\^ \0CON") });

Deno.test("fileName() gives different texts names that differ beyond their case", () => {
  const either = fc.oneof(text, tickerLike);
  fc.assert(
    fc.property(either, either, (a, b) => {
      const isSame = fileName(a).toLowerCase() === fileName(b).toLowerCase();
      assertEquals(isSame, a === b);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(tickerLike, (a) => {
      for (const b of [a.toLowerCase(), a.toUpperCase(), `${a}.`, `%${a}`]) {
        if (a !== b) assert(fileName(a).toLowerCase() !== fileName(b).toLowerCase());
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("fileName() gives names that stay in their folder, on Windows too", () => {
  const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
  fc.assert(
    fc.property(fc.oneof(text, tickerLike), (any) => {
      const name = fileName(any);
      assert(/^[A-Z0-9.%\-]+$/.test(name) && !name.startsWith("."), name);
      assert(!device.test(`${name}.ndjson`), name);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("plainPath() takes the keys of flat files and refuses what leads elsewhere", () => {
  const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
  assertEquals(plainPath(key), key);
  const hostile = ["", "/", "/etc", "a//b", "a/", "../a", "a/../b", "a/./b", ".a", "a\\b", "C:a"];
  for (const path of [...hostile, "a\0", "a\nb", "a\u001b[2J", "é", "-a", "a".repeat(102)]) {
    assertThrows(() => plainPath(path), TypeError, "it is no plain path");
  }
});

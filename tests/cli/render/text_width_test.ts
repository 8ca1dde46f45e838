import { assertEquals } from "@std/assert";
import { stringWidth } from "../../deps/string_width.ts";
import { textWidth } from "../../../lib/cli/render/text_width.ts";

/** Latin, Greek, Cyrillic, Arabic, Devanagari; lines and blocks; kana, Han, Hangul; halves and squares. */
const RANGES = [
  ...[[0x20, 0x52f], [0x600, 0x6ff], [0x900, 0x97f], [0x1100, 0x115f], [0x2000, 0x23ff]],
  ...[[0x2500, 0x25ff], [0x2e80, 0x3247], [0x3250, 0x33ff], [0x3400, 0xa4cf], [0xac00, 0xd7a3]],
  ...[[0xf900, 0xfaff], [0xfe10, 0xfe6b], [0xff00, 0xffee], [0x1f300, 0x1faff], [0x20000, 0x2a6df]],
] as const;

Deno.test("textWidth() of each character is another's count", () => {
  const differing: string[] = [];
  for (const [first, last] of RANGES) {
    for (let code = first; code <= last; code++) {
      const character = String.fromCodePoint(code);
      // A mark by itself has no letter to sit on.
      if (!/\p{Assigned}/v.test(character) || /\p{Mark}/v.test(character)) continue;
      if (textWidth(character) !== stringWidth(character)) differing.push(code.toString(16));
    }
  }
  assertEquals(differing, []);
});

Deno.test("textWidth() counts what is one to the eye once", () => {
  const texts = ["", "TSLA", "e\u0301", "⏳ ██░░", "⚠", "⚠\ufe0f", "1\ufe0f\u20e3", "🇩🇪", "👩‍👩‍👧"];
  assertEquals(texts.map(textWidth), [0, 4, 1, 7, 1, 2, 2, 2, 2]);
  assertEquals(texts.map(textWidth), texts.map((text) => stringWidth(text)));
});

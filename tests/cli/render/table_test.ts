import { assertEquals } from "@std/assert";
import { stringWidth } from "../../deps/string_width.ts";
import { renderTable, textWidth } from "../../../lib/cli/render/style.ts";

Deno.test("renderTable() aligns columns, numbers to the right", () => {
  const rows = [["TSLA", "1255", "2025-10-31"], ["X:BTC-USD", "7", "2024-01-01"]];
  assertEquals(renderTable(["symbol", ">bars", "last"], rows), [
    "symbol     bars  last",
    "TSLA       1255  2025-10-31",
    "X:BTC-USD     7  2024-01-01",
  ]);
});

Deno.test("renderTable() without a row is its heading", () => {
  assertEquals(renderTable(["symbol", ">bars"], []), ["symbol  bars"]);
});

Deno.test("renderTable() ends no line with a space", () => {
  assertEquals(renderTable(["a", "b"], [["x", ""], ["", "long"]]), ["a  b", "x", "   long"]);
});

Deno.test("renderTable() counts columns of the screen, not characters", () => {
  assertEquals(renderTable(["a", "b"], [["日本", "1"], ["e\u0301", "2"], ["🚀", "3"]]), [
    "a     b",
    "日本  1",
    "e\u0301     2",
    "🚀    3",
  ]);
});

Deno.test("renderTable() makes harmless what could steer a terminal or break a line", () => {
  assertEquals(renderTable(["a", "b"], [["x\x1b[2Jy", "1"], ["one\ntwo", "2"]]), [
    "a            b",
    "x\\u{1b}[2Jy  1",
    "one two      2",
  ]);
});

Deno.test("renderTable() keeps its columns with a cell of a thousand characters", () => {
  const [, line] = renderTable(["a", ">b"], [["x".repeat(1_000), "1"]]);
  assertEquals(line, `${"x".repeat(199)}…  1`);
});

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

import { assertEquals } from "@std/assert";
import { renderTable } from "../../../lib/cli/render/table.ts";

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

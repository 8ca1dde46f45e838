import { assertEquals, assertThrows } from "@std/assert";
import { parseSymbolList, readSymbols } from "../../../lib/cli/arguments/symbol_words.ts";
import { UsageError } from "../../../lib/errors.ts";

Deno.test("parseSymbolList() takes symbols from lines, with comments, blanks and CRLF", () => {
  const text = "# my list\r\nTSLA\r\n\r\n  BTC-USD, EURUSD=X\t^GSPC # four kinds\nBRK-B";
  assertEquals(parseSymbolList(text, "list.txt"), [
    "TSLA",
    "BTC-USD",
    "EURUSD=X",
    "^GSPC",
    "BRK-B",
  ]);
  assertEquals(parseSymbolList("SPX\n", "list.txt", { asset: "index" }), ["SPX"]);
});

Deno.test("parseSymbolList() leaves the padding of an option in one symbol", () => {
  const text = "SPY   250606C00600000, F     250620P00010000\nSPY 250606C00600000 TSLA AAPL";
  assertEquals(parseSymbolList(text, "list.txt"), [
    "SPY   250606C00600000",
    "F     250620P00010000",
    "SPY 250606C00600000",
    "TSLA",
    "AAPL",
  ]);
});

Deno.test("readSymbols() takes several symbols in a word, with commas between them", () => {
  const words = ["TSLA,AAPL", "BTC-USD,", ",^GSPC", "MSFT, NVDA", "SPY   250606C00600000"];
  assertEquals(readSymbols(words), [
    "TSLA",
    "AAPL",
    "BTC-USD",
    "^GSPC",
    "MSFT",
    "NVDA",
    "SPY   250606C00600000",
  ]);
  for (const word of ["", " "]) assertThrows(() => readSymbols([word]), UsageError, "Cannot read");
});

Deno.test("parseSymbolList() names the file and the line of what is no symbol", () => {
  const refused: [string, string][] = [
    ["TSLA\nA/B/C/D", '"list.txt", line 2: Cannot read symbol "A/B/C/D"'],
    ["# one\n\nES=F", '"list.txt", line 3: Cannot load "ES=F": futures are not offered'],
    ["", 'Cannot read symbols from "list.txt": it has none, want one a line'],
    ["# nothing\n", 'Cannot read symbols from "list.txt": it has none'],
  ];
  for (const [text, message] of refused) {
    assertThrows(() => parseSymbolList(text, "list.txt"), UsageError, message);
  }
});

Deno.test("parseSymbolList() refuses megabytes in one line, and more symbols than there are", () => {
  const long = `TSLA\na${"!".repeat(8 << 20)}a`;
  assertThrows(
    () => parseSymbolList(long, "f"),
    UsageError,
    '"f", line 2: Cannot read symbol "a!!',
  );
  const many = "A,B\n".repeat(125_000);
  assertEquals(parseSymbolList(many, "f").length, 250_000);
  const message = '"f", line 125001: want at most 250000 symbols in all';
  assertThrows(() => parseSymbolList(`${many}A`, "f"), UsageError, message);
});

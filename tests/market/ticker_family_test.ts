/** Which tickers are in a family, and how families are spelled. */

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../lib/errors.ts";
import { parseSymbol } from "../../lib/market/symbol.ts";
import { chainName, parseFamily } from "../../lib/market/ticker_family.ts";

function members(name: string, tickers: readonly string[]): string[] {
  const family = parseFamily(name);
  const found = tickers.filter((ticker) => family.has(ticker));
  assertEquals(found.filter((ticker) => !ticker.startsWith(family.prefix)), []);
  return found;
}

Deno.test("parseFamily() matches what a regular expression of the pattern matches", () => {
  const text = fc.string({ unit: fc.constantFrom("A", "B", "."), maxLength: 8 });
  const glob = fc.string({
    unit: fc.constantFrom("A", "B", ".", "*", "?"),
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(glob, text, (glob, text) => {
      const source = glob.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".");
      const want = text !== "" && new RegExp(`^${source}$`).test(text);
      assertEquals(parseFamily(glob).has(text), want);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("covers() of a family is true only of families whose tickers it has", () => {
  const text = fc.string({ unit: fc.constantFrom("A", "B"), maxLength: 6 });
  const unit = fc.constantFrom("A", "B", "*", "?");
  const glob = fc.string({ unit, minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(glob, glob, text, (one, other, text) => {
      const [wide, narrow] = [parseFamily(one), parseFamily(other)];
      if (wide.covers(narrow) && narrow.has(text)) assertEquals(wide.has(text), true);
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("covers() of a family tells by the patterns", () => {
  const covers = (one: string, other: string) => parseFamily(one).covers(parseFamily(other));
  for (
    const [wide, narrow] of [
      ["*", "T?*"],
      ["T*", "TS*"],
      ["T*", "T**"],
      ["T?", "T?"],
      ["BRK.*", "BRK.?"],
      ["*A*", "*BA"],
      ["O:SPY*", "O:SPY:2025-12:C"],
      ["O:SPY:*", "O:SPY:2025-12:C"],
      ["O:S*:*", "O:SPY:*"],
      ["O:SPY:C:2025-12", "O:SPY:2025-12:C"],
    ] as const
  ) {
    assertEquals(covers(wide, narrow), true, `${wide} ${narrow}`);
    const isSame = parseFamily(wide).name === parseFamily(narrow).name;
    if (!isSame) assertEquals(covers(narrow, wide), false, `${narrow} ${wide}`);
  }
  for (
    const [one, other] of [
      ["T?", "T*"],
      ["T?*", "T*"],
      ["T*", "A*"],
      ["O:*2025*", "O:SPY:2025-12"],
      ["O:SPY:*", "O:SPY*"],
      ["O:SPX:*", "O:SPXW:*"],
      ["O:SPY:C", "O:SPY:P"],
    ] as const
  ) assertEquals(covers(one, other), false, `${one} ${other}`);
});

Deno.test("parseFamily() of a pattern with many stars looks at no ticker for long", () => {
  const family = parseFamily(`${"A*".repeat(29)}B`);
  assertEquals(family.has("A".repeat(100_000)), false);
});

const CONTRACTS = [
  "O:SPX251219C00650000",
  "O:SPXW251219C00650000",
  "O:SPY1251219C00650000",
  "O:SPY251130P00007500",
  "O:SPY251201C00600000",
  "O:SPY251219C00650000",
  "O:SPY251219P00700500",
  "O:SPY260116C00650000",
  "SPY",
  "O:SPY",
  "O:SPY251219X00650000",
];

Deno.test("a chain has the contracts of its exact root that its filter lets through", () => {
  const of = (root: string, filter = {}) =>
    members(chainName(root, filter), CONTRACTS).map((ticker) => ticker.slice(2));
  assertEquals(of("SPX"), ["SPX251219C00650000"]);
  assertEquals(of("SPY1"), ["SPY1251219C00650000"]);
  assertEquals(of("SPY"), CONTRACTS.slice(3, 8).map((ticker) => ticker.slice(2)));
  assertEquals(of("SPY?"), ["SPY1251219C00650000"]);
  assertEquals(of("SP*").length, 8);
  const december = ["SPY251201C00600000", "SPY251219C00650000", "SPY251219P00700500"];
  for (const expiry of ["2025-12", "2025-12-01..2025-12-31", "2025-12-01..2025-12", "2025-12.."]) {
    assertEquals(of("SPY", { expiry }).slice(0, 3), december, expiry);
  }
  assertEquals(of("SPY", { expiry: "..2025-11" }), ["SPY251130P00007500"]);
  assertEquals(of("SPY", { expiry: "2026" }), ["SPY260116C00650000"]);
  assertEquals(of("SPY", { expiry: "2025-12-19", right: "put" }), ["SPY251219P00700500"]);
  assertEquals(of("SPY", { strike: "7.5" }), ["SPY251130P00007500"]);
  assertEquals(of("SPY", { strike: "650..700.5", right: "C" }), [
    "SPY251219C00650000",
    "SPY260116C00650000",
  ]);
  assertEquals(of("SPY", { strike: "700.." }), ["SPY251219P00700500"]);
});

Deno.test("chainName() is the same for all spellings of a chain, and reads itself", () => {
  const name = "O:SPY:2025-12-01..2025-12-31:C:600..700.5";
  const filter = { expiry: "2025-12", right: "calls", strike: "600.000..700.50" };
  for (const root of ["SPY", "spy", "O:SPY", " SPY "]) assertEquals(chainName(root, filter), name);
  assertEquals(parseFamily(name).name, name);
  assertEquals(chainName("BRK-B", {}), "O:BRKB:*");
  assertEquals(chainName("^SPX", { right: "p", strike: "..700" }), "O:SPX:P:..700");
  assertEquals(chainName("SPY", { expiry: "2025-12-19" }), "O:SPY:2025-12-19");
});

Deno.test("chainName() refuses what is no underlying, expiry, right or strike, and says what is", () => {
  const refused: [Parameters<typeof chainName>[1], string][] = [
    [{ expiry: "2025-02-30" }, 'Cannot read expiry "2025-02-30": want 2025-12-19, '],
    [{ expiry: "2025-13" }, "Cannot read expiry"],
    [{ expiry: ".." }, "Cannot read expiry"],
    [{ expiry: "2025-12..2025-11" }, "its end comes before its beginning"],
    [{ right: "both" }, 'Cannot read right "both": want call or put'],
    [{ strike: "700..600" }, "its end comes before its beginning"],
    [{ strike: "1.2345" }, 'Cannot read strike "1.2345": want 650, 7.5, 600..700, 600.. or ..700'],
    [{ strike: "-5" }, "Cannot read strike"],
  ];
  for (const [filter, message] of refused) {
    assertThrows(() => chainName("SPY", filter), UsageError, message);
  }
  assertThrows(() => chainName("S[PY", {}), UsageError, 'Cannot read underlying "S[PY"');
});

Deno.test("parseSymbol() reads families of every asset, in the vendor's spelling and yfinance's", () => {
  const families: [symbol: string, asset: string, name: string][] = [
    ["O:SPY*", "option", "O:SPY*"],
    ["o:spy2512*c**", "option", "O:SPY2512*C*"],
    ["SPY2512*C*", "option", "O:SPY2512*C*"],
    ["O:SPY:2025-12:call", "option", "O:SPY:2025-12-01..2025-12-31:C"],
    ["o:spy:*", "option", "O:SPY:*"],
    ["X:*-USD", "crypto", "X:*-USD"],
    ["*-USD", "crypto", "X:*-USD"],
    ["eth-*", "stock", "ETH.*"],
    ["ETH/US?", "stock", ""],
    ["C:EUR-*", "forex", "C:EUR-*"],
    ["EUR*=X", "forex", "C:EUR-*"],
    ["*USD=X", "forex", "C:*-USD"],
    ["*=X", "forex", "C:*"],
    ["I:*", "index", "I:*"],
    ["^SP*", "index", "I:SP*"],
    ["TSL?", "stock", "TSL?"],
    ["tsl?", "stock", "TSL?"],
    ["BACp?", "stock", "BACp?"],
    ["BAC-P?", "stock", "BACp?"],
    ["*-PB", "stock", "*pB"],
    ["*-WT", "stock", "*.WS"],
    ["AAC-WT*", "stock", "AAC.WS*"],
    ["AAC-WT?", "stock", "AAC.WS.?"],
    ["?AC-UN", "stock", "?AC.U"],
    ["BRK-?", "stock", "BRK.?"],
    ["*", "stock", "*"],
  ];
  for (const [symbol, asset, name] of families) {
    if (name === "") {
      assertThrows(() => parseSymbol(symbol), UsageError, "Cannot read pattern");
      continue;
    }
    const { tickers, isFamily, ...rest } = parseSymbol(symbol);
    assertEquals([rest, tickers, isFamily], [{ symbol, asset } as typeof rest, [name], true]);
  }
  const { symbol, tickers, isForced } = parseSymbol("ETH*", { asset: "crypto" });
  assertEquals([symbol, tickers, isForced], ["ETH*", ["X:ETH*"], true]);
  assertEquals(parseSymbol("*", { asset: "index" }).tickers, ["I:*"]);
});

Deno.test("parseSymbol() refuses what is no family, and one of another asset", () => {
  for (
    const symbol of ["TSL[AB]*", "O:S$Y:*", "O:SPY:maybe", "X:A:*", "A%*", "*".repeat(2) + "/"]
  ) {
    assertThrows(() => parseSymbol(symbol), UsageError, "Cannot read");
  }
  assertThrows(() => parseSymbol("O:SPY*", { asset: "stock" }), UsageError, "as stock");
  assertEquals(parseSymbol("TSLA").isFamily, undefined);
});

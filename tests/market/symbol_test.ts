import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anyText } from "../any_text.ts";
import { UsageError } from "../../lib/errors.ts";
import { type Asset, parseAsset, parseSymbol } from "../../lib/market/symbol.ts";

type Row = readonly [typed: string, asset: Asset, ...tickers: string[]];

function assertRows(rows: readonly Row[]) {
  for (const [typed, asset, ...tickers] of rows) {
    const { symbol, ...found } = parseSymbol(typed);
    assertEquals({ typed, ...found }, { typed, asset, tickers: tickers as [string] });
    assertEquals(symbol, typed);
  }
}

function assertRefused(texts: readonly string[]) {
  for (const text of texts) {
    const error = assertThrows(() => parseSymbol(text), UsageError, "Cannot read symbol ");
    assert(error.message.length < 2_000, error.message);
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x1f\x7f\u202e]/.test(error.message), JSON.stringify(error.message));
  }
}

Deno.test("parseSymbol() understands every row of the vendor's table", () => {
  assertRows([
    ["TSLA", "stock", "TSLA"],
    ["BRK-B", "stock", "BRK.B"],
    ["BRK.B", "stock", "BRK.B"],
    ["BTC-USD", "crypto", "X:BTC-USD"],
    ["X:BTC-USD", "crypto", "X:BTC-USD"],
    ["X:BTCUSD", "crypto", "X:BTC-USD"],
    ["EURUSD=X", "forex", "C:EUR-USD"],
    ["C:EUR-USD", "forex", "C:EUR-USD"],
    ["C:EURUSD", "forex", "C:EUR-USD"],
    ["JPY=X", "forex", "C:USD-JPY"],
    ["^GSPC", "index", "I:SPX"],
    ["^VIX", "index", "I:VIX"],
    ["^NDX", "index", "I:NDX"],
    ["^DJI", "index", "I:DJI"],
    ["^RUT", "index", "I:RUT"],
    ["I:SPX", "index", "I:SPX"],
    ["O:SPY251219C00650000", "option", "O:SPY251219C00650000"],
    ["SPY251219C00650000", "option", "O:SPY251219C00650000"],
  ]);
});

Deno.test("parseSymbol() of an asset reads what would be another one's form", () => {
  const rows: [Asset, string, ...string[]][] = [
    ["stock", "BTC-USD", "BTC.USD"],
    ["stock", "btc-usd", "btc.usd", "BTC.USD"],
    ["index", "SPX", "I:SPX"],
    ["index", "gspc", "I:SPX"],
    ["forex", "EURUSD", "C:EUR-USD"],
    ["forex", "EUR-USD", "C:EUR-USD"],
    ["crypto", "BTCUSD", "X:BTC-USD"],
    ["crypto", "ETH-CHF", "X:ETH-CHF"],
  ];
  for (const [asset, symbol, ...tickers] of rows) {
    const found = { symbol, asset, tickers: tickers as [string], isForced: true as const };
    assertEquals(parseSymbol(symbol, { asset }), found);
    assertEquals(parseSymbol(tickers[0]!).tickers[0], tickers[0]);
  }
});

Deno.test("parseSymbol() of the asset that it would find changes nothing", () => {
  const symbols = ["TSLA", "brk-b", "BTC-USD", "X:BTCUSD", "EURUSD=X", "JPY=X", "C:EUR-USD"];
  for (const symbol of [...symbols, "^GSPC", "I:SPX", "O:SPY251219C00650000", "BAC-PB"]) {
    const found = parseSymbol(symbol);
    assertEquals(parseSymbol(symbol, { asset: found.asset }), found);
    assertEquals(parseSymbol(symbol, { asset: undefined }), found);
  }
});

Deno.test("parseSymbol() of an asset refuses what has no such form", () => {
  const rows: [Asset, string[]][] = [
    ["stock", ["^GSPC", "X:BTC-USD", "EURUSD=X", "SPY251219C00650000", "", "T/L"]],
    ["crypto", ["TSLA", "^GSPC", "C:EUR-USD", "-", "X:"]],
    ["forex", ["TSLA", "BTC-USDT", "X:BTC-USD", "USD=X"]],
    ["index", ["X:BTC-USD", "EURUSD=X", "S P", "../SPX"]],
    ["option", ["SPY", "SPY251219X00650000", "I:SPX"]],
  ];
  for (const [asset, symbols] of rows) {
    for (const symbol of symbols) {
      const error = assertThrows(() => parseSymbol(symbol, { asset }), UsageError, "want one such");
      assert(error.message.includes(` as ${asset}: `), error.message);
    }
  }
});

Deno.test("parseSymbol() refuses futures and says why", () => {
  for (const symbol of ["ES=F", "gc=f", "/ES", "/6E", "/ESZ5", "/MESH26"]) {
    for (const asset of [undefined, "stock", "index"] as const) {
      const error = assertThrows(() => parseSymbol(symbol, { asset }), UsageError);
      assert(error.message.includes("futures are not offered, their files have"), error.message);
    }
  }
});

Deno.test("parseAsset() takes the five kinds in any case, and says what there is", () => {
  for (const asset of ["stock", "crypto", "forex", "index", "option"] as const) {
    assertEquals([asset, ` ${asset.toUpperCase()}`].map(parseAsset), [asset, asset]);
  }
  for (const text of ["", "stocks", "etf", "constructor"]) {
    const wanted = "want stock, crypto, forex, index or option";
    assertThrows(() => parseAsset(text), UsageError, wanted);
  }
  assertThrows(() => parseAsset("futures"), UsageError, "futures are not offered");
});

Deno.test("parseSymbol() tries a stock in lower case as typed, then in upper case", () => {
  assertRows([
    ["tsla", "stock", "tsla", "TSLA"],
    ["Tsla", "stock", "Tsla", "TSLA"],
    ["brk-b", "stock", "brk.b", "BRK.B"],
    ["A", "stock", "A"],
    ["a", "stock", "a", "A"],
    ["Ar", "stock", "Ar", "AR"],
    ["bacpb", "stock", "bacpb", "BACPB"],
  ]);
});

Deno.test("parseSymbol() takes the tape's small letters as they are: in upper case it is another stock", () => {
  assertRows(
    ["BACpB", "TpA", "ABCp", "ABCr", "ABCw", "ABCpw", "ABCpAw", "ABCp.WD", "ABCrw", "BRKpA.CL"]
      .map((ticker) => [ticker, "stock", ticker]),
  );
});

Deno.test("parseSymbol() tries yfinance's preferred shares, then a class share", () => {
  assertRows([
    ["BAC-PB", "stock", "BACpB", "BAC.PB"],
    ["bac-pb", "stock", "BACpB", "bac.pb", "BAC.PB"],
    ["ABC-P", "stock", "ABCp", "ABC.P"],
    ["BAC.PB", "stock", "BAC.PB"],
    ["BF-PBC", "stock", "BF.PBC"],
  ]);
});

Deno.test("parseSymbol() turns every suffix of yfinance into the consolidated tape's", () => {
  const suffixes: readonly (readonly [string, string])[] = [
    ["P", "p"],
    ["PA", "pA"],
    ["PZ", "pZ"],
    ["PWI", "pw"],
    ["PAWI", "pAw"],
    ["PWD", "p.WD"],
    ["PAWD", "pA.WD"],
    ["PCL", "p.CL"],
    ["PACL", "pA.CL"],
    ["PACV", "pA.CV"],
    ["WT", ".WS"],
    ["WTA", ".WS.A"],
    ["WTB", ".WS.B"],
    ["WTWI", ".WSw"],
    ["WS", ".WS"],
    ["WSA", ".WS.A"],
    ["UN", ".U"],
    ["U", ".U"],
    ["RI", "r"],
    ["RT", "r"],
    ["RIWI", "rw"],
    ["WI", "w"],
    ["WD", ".WD"],
    ["CL", ".CL"],
    ["AWI", ".Aw"],
    ["ACL", ".A.CL"],
    ["BCV", ".B.CV"],
  ];
  for (const [suffix, tape] of suffixes) {
    const { tickers } = parseSymbol(`AAC-${suffix}`);
    assertEquals(tickers, [...new Set([`AAC${tape}`, `AAC.${suffix}`])] as [string, string]);
    assertEquals(parseSymbol(`aac-${suffix.toLowerCase()}`).tickers[0], `AAC${tape}`);
  }
  for (const suffix of ["A", "B", "X", "WIX", "USD", "PR", "CLCL"]) {
    if (suffix !== "USD" && suffix !== "PR") {
      assertEquals(parseSymbol(`AAC-${suffix}`).tickers, [`AAC.${suffix}`]);
    }
  }
  assertEquals(parseSymbol("AAC-PR").tickers, ["AACpR", "AAC.PR"]);
});

Deno.test("parseSymbol() takes what other programs write for pairs, indices and options", () => {
  assertRows([
    ["EUR/USD", "forex", "C:EUR-USD"],
    ["usd/jpy", "forex", "C:USD-JPY"],
    ["XAU/USD", "forex", "C:XAU-USD"],
    ["BTC/USD", "crypto", "X:BTC-USD"],
    ["SOL/USDT", "crypto", "X:SOL-USDT"],
    ["$SPX", "index", "I:SPX"],
    ["$SPX.X", "index", "I:SPX"],
    [".SPX", "index", "I:SPX"],
    ["$vix", "index", "I:VIX"],
    [".INX", "index", "I:SPX"],
    ["^IXIC", "index", "I:COMP"],
    [".IXIC", "index", "I:COMP"],
    ["^ixic", "index", "I:COMP"],
    ["^SP600", "index", "I:SML"],
    [".SPY251219C650", "option", "O:SPY251219C00650000"],
    [".SPY251219P652.5", "option", "O:SPY251219P00652500"],
    [".spxw251219c6050", "option", "O:SPXW251219C06050000"],
  ]);
  assertRefused([
    "$TSLA",
    "$",
    "$.X",
    ".",
    "EUR/USDX",
    "BRK/B",
    "EUR/USD/JPY",
    "/EURUSD",
  ]);
});

Deno.test("parseSymbol() takes an option with the padding of the OCC", () => {
  const padded = [
    ["SPY   250606C00600000", "SPY250606C00600000"],
    ["F     250620p00010000", "F250620p00010000"],
    ["  GOOGL 250606C00170000 ", "GOOGL250606C00170000"],
    ["BRKB  250606C00480000", "BRKB250606C00480000"],
  ] as const;
  for (const [typed, symbol] of padded) {
    const tickers = [`O:${symbol.toUpperCase()}`] as [string];
    assertEquals(parseSymbol(typed), { symbol, asset: "option", tickers });
  }
  assertRefused(["SPY 250606", "SPY  C00600000", "250606C00600000", "SPY\t250606C00600000"]);
});

Deno.test("parseSymbol() takes a ticker with two suffixes", () => {
  assertRows([
    ["GM.WS.B", "stock", "GM.WS.B"],
    ["GM-WS-B", "stock", "GM.WS.B"],
    ["GM-WSB", "stock", "GM.WS.B", "GM.WSB"],
  ]);
  assertRefused(["GM.WS.B.C", "GM..B", "GM.WS.", "GM.WS.ABCDE"]);
});

Deno.test("parseSymbol() takes every other kind in any case", () => {
  assertRows([
    ["btc-usd", "crypto", "X:BTC-USD"],
    ["x:btcusd", "crypto", "X:BTC-USD"],
    ["eurusd=x", "forex", "C:EUR-USD"],
    ["jpy=x", "forex", "C:USD-JPY"],
    ["c:eur-usd", "forex", "C:EUR-USD"],
    ["^gspc", "index", "I:SPX"],
    ["i:spx", "index", "I:SPX"],
    ["o:spy251219c00650000", "option", "O:SPY251219C00650000"],
  ]);
});

Deno.test("parseSymbol() reads a dash as a pair before a currency, else as a class share", () => {
  for (const quoted of ["USD", "EUR", "GBP", "JPY", "AUD", "BTC", "USDT", "USDC"]) {
    assertRows([
      [`ETH-${quoted}`, "crypto", `X:ETH-${quoted}`],
      [`X:ETH${quoted}`, "crypto", `X:ETH-${quoted}`],
    ]);
  }
  assertRows([
    ["BF-B", "stock", "BF.B"],
    ["GM-WS", "stock", "GM.WS"],
    ["ETH-CHF", "stock", "ETH.CHF"],
    ["1INCH-USD", "crypto", "X:1INCH-USD"],
    ["X:USDCUSD", "crypto", "X:USDC-USD"],
    ["X:USDTUSDC", "crypto", "X:USDT-USDC"],
    ["X:USDT-USD", "crypto", "X:USDT-USD"],
  ]);
});

Deno.test("parseSymbol() takes tickers that other programs mistake for a value", () => {
  assertRows(["NA", "NAN", "NULL", "TRUE", "INF", "USD"].map((name) => [name, "stock", name]));
});

Deno.test("parseSymbol() drops white space around a symbol", () => {
  assertEquals(parseSymbol(" TSLA\n"), { symbol: "TSLA", asset: "stock", tickers: ["TSLA"] });
});

Deno.test("parseSymbol() refuses half pairs and half options", () => {
  assertRefused([
    ..."X: C: I: O: ^ =X - . BTC- -USD X:USD X:BTC- X:-USD X:-USDT C:EUR C:EUR- C:EURUSDX".split(
      " ",
    ),
    ..."USD=X EUUSD=X EURUSD=Y O:SPY O:SPY251219X00650000 O:SPY251219C0065000".split(" "),
    ..."S:TSLA TSLA- BRK--B TSLA=X 007 1e5 0x10 -5".split(" "),
  ]);
});

Deno.test("parseSymbol() refuses what could be a path, a command or a formula", () => {
  assertRefused([
    "",
    " ",
    "../TSLA",
    "..",
    "/etc/passwd",
    "TS/LA",
    "TS\\LA",
    "C:\\TSLA",
    "TSLA;ls",
    "TS LA",
    "TSLA,AAPL",
    '"TSLA"',
    "=TSLA",
    "%54SLA",
    "__proto__",
    "I:../SPX",
    "X:../BTC-USD",
  ]);
});

Deno.test("parseSymbol() refuses control characters, long texts and other alphabets", () => {
  assertRefused([
    "TS\0LA",
    "TS\nLA",
    "TSLA\x1b[31m",
    "TS\u202eLA",
    "ＴＳＬＡ",
    "ТSLA",
    "TSLÄ",
    "🚀",
    "A".repeat(1_000),
    "X:" + "A".repeat(1_000) + "USD",
    "^" + "9".repeat(1_000),
    "\x1b".repeat(1_000),
  ]);
});

Deno.test("parseSymbol() refuses letters that become ASCII only in upper case", () => {
  assertRefused([
    "ı:spx",
    "^ſpx",
    "^ßpx",
    "EURUſD=X",
    "ſol-usd",
    "X:ﬁlUSD",
    "o:ſpy251219c00650000",
  ]);
});

Deno.test("parseSymbol() finds plain tickers or says what it wants, whatever it is given", () => {
  const texts = fc.oneof(
    anyText({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."ABCXIOabcx:^=-./019 "), maxLength: 24 }),
  );
  fc.assert(fc.property(texts, (text) => {
    try {
      const { asset, tickers, isFamily } = parseSymbol(text);
      if (isFamily) return assertEquals(parseSymbol(tickers[0], { asset }).tickers, tickers);
      const prefix = { stock: "", crypto: "X:", forex: "C:", index: "I:", option: "O:" }[asset];
      for (const ticker of tickers) {
        assert(/^([XCIO]:)?[A-Za-z0-9.\-]{1,31}$/.test(ticker), ticker);
        assert(ticker.startsWith(prefix), ticker);
      }
      assert(asset === "stock" || parseSymbol(tickers[0]).tickers[0] === tickers[0], tickers[0]);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }));
});

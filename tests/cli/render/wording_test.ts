import { assertEquals } from "@std/assert";
import {
  ageText,
  countText,
  durationText,
  grouped,
  meantText,
  namesText,
  percentText,
  rateText,
} from "../../../lib/cli/render/wording.ts";

Deno.test("durationText() takes the two largest units, and tenths below a minute", () => {
  const texts = {
    "0.0s": 0,
    "0.3s": 299,
    "14.8s": 14_760,
    "59.9s": 59_949,
    "1m 00s": 59_950,
    "2m 05s": 125_400,
    "59m 59s": 3_599_499,
    "1h 00m": 3_599_500,
    "1h 02m": 3_720_000,
    "100h 01m": 360_060_000,
  };
  for (const [text, ms] of Object.entries(texts)) {
    assertEquals(durationText(ms), text);
  }
  assertEquals(durationText(-5), "0.0s");
});

Deno.test("ageText() takes the largest unit", () => {
  const texts = {
    "just now": 59_999,
    "1 minute ago": 60_000,
    "12 minutes ago": 12.9 * 60_000,
    "1 hour ago": 3_600_000,
    "23 hours ago": 86_399_999,
    "2 days ago": 2 * 86_400_000,
  };
  for (const [text, ms] of Object.entries(texts)) {
    assertEquals(ageText(ms), text);
  }
  assertEquals(ageText(-1), "just now");
});

Deno.test("percentText() says 100.0% only when all is done", () => {
  assertEquals(percentText(10, 502), "2.0%");
  assertEquals(percentText(0, 502), "0.0%");
  assertEquals(percentText(99_999, 100_000), "99.9%");
  assertEquals(percentText(502, 502), "100.0%");
  assertEquals(percentText(0, 0), "100.0%");
});

Deno.test("namesText() shortens more than five names", () => {
  const symbols = Array.from({ length: 500 }, (_, i) => `S${i}`);
  assertEquals(namesText(["TSLA"]), "TSLA");
  assertEquals(namesText(symbols.slice(0, 5)), "S0, S1, S2, S3, S4");
  assertEquals(namesText(symbols.slice(0, 6)), "S0, S1, … (6 symbols)");
  assertEquals(namesText(symbols), "S0, S1, … (500 symbols)");
  assertEquals(namesText(["A\x1b[2J"]), "A\\u{1b}[2J");
});

Deno.test("countText() and rateText() name their unit", () => {
  assertEquals(countText(1, "file"), "1 file");
  assertEquals(countText(0, "file"), "0 files");
  assertEquals(rateText(12_400_000), "12.4 MB/s");
  assertEquals(rateText(0), "0 B/s");
});

Deno.test("meantText() suggests what was typed where it was taken for something else", () => {
  assertEquals(meantText("SPX", []), "");
  assertEquals(meantText("SPX", ["^SPX"]), "; did you mean ^SPX?");
  assertEquals(meantText("TSLA", ["TSLA", "TSLL"]), "; did you mean TSLA without --asset, TSLL?");
  assertEquals(meantText("BTC-*", ["X:BTC-*", "O:A:C"]), "; did you mean 'X:BTC-*', O:A:C?");
});

Deno.test("grouped() puts a comma before each three digits", () => {
  const texts = { 0: "0", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567" };
  for (const [count, text] of Object.entries(texts)) assertEquals(grouped(Number(count)), text);
});

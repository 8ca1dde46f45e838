import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  parseCount,
  parseCountOrAuto,
  parseDuration,
  parseSize,
  parseSizeBetween,
} from "../../../lib/cli/arguments/quantities.ts";
import { UsageError } from "../../../mod.ts";

Deno.test("parseCount() reads a whole number of at least one", () => {
  for (const [text, count] of [["1", 1], ["8", 8], ["010", 10], ["256", 256]] as const) {
    assertEquals(parseCount("n", text, 256), count);
  }
  assertEquals(parseCount("n", undefined, 256), undefined);
});

Deno.test("parseCount() refuses every other text", () => {
  for (const text of ["", "0", "257", "-1", "+1", "1.5", "1e2", "0x10", " 1", "1 ", "١", "NaN"]) {
    const message = `Cannot use "${text}" for --n: want a whole number from 1 to 256`;
    assertThrows(() => parseCount("n", text, 256), UsageError, message);
  }
});

Deno.test("parseCountOrAuto() reads a count, or auto in lower case", () => {
  for (const [text, count] of [["auto", "auto"], ["8", 8], [undefined, undefined]] as const) {
    assertEquals(parseCountOrAuto("n", text, 256), count);
  }
  for (const text of ["Auto", "AUTO", "automatic", "0", "257", ""]) {
    const message = `Cannot use "${text}" for --n: want a whole number from 1 to 256, or auto`;
    assertThrows(() => parseCountOrAuto("n", text, 256), UsageError, message);
  }
});

Deno.test("parseSizeBetween() reads a size, both ends included", () => {
  const parse = (text: string | undefined) => parseSizeBetween("s", text, ["1MiB", "1TiB"]);
  const sizes = [undefined, "1MiB", "1048576", "64M", "1TiB"].map(parse);
  assertEquals(sizes, [undefined, 2 ** 20, 2 ** 20, 2 ** 26, 2 ** 40]);
  for (const text of ["1048575", "1MB", "0", "1.1TiB", "x", ""]) {
    const message = `Cannot use "${text}" for --s: want a size from 1MiB to 1TiB`;
    assertThrows(() => parse(text), UsageError, message);
  }
});

Deno.test("parseSize() reads powers of a thousand and of 1,024", () => {
  const sizes: [string, number][] = [
    ["0", 0],
    ["500", 500],
    ["12B", 12],
    ["1k", 1_024],
    ["1K", 1_024],
    ["1KiB", 1_024],
    ["1kB", 1_000],
    ["500MB", 500e6],
    ["1.5M", 1_572_864],
    ["1GiB", 2 ** 30],
    ["1 GiB", 2 ** 30],
    ["2g", 2 ** 31],
    ["1GB", 1e9],
    ["3TiB", 3 * 2 ** 40],
    ["1TB", 1e12],
    ["0.5B", 1],
    ["0.4", 0],
  ];
  for (const [text, size] of sizes) assertEquals(parseSize("keep-limit", text), size, text);
  assertEquals(parseSize("keep-limit", undefined), undefined);
});

Deno.test("parseSize() refuses every other text", () => {
  const texts = "x -1 1e3 0x10 1,000 1.000.000 1.GB .5GB GB 1P 1GiBs 1gigabyte constructor " +
    "1constructor 1toString 999999999999999TB Infinity NaN 1_000";
  for (const text of ["", " ", "\n1", " 1", ...texts.split(" ")]) {
    const error = assertThrows(() => parseSize("keep-limit", text), UsageError);
    assertEquals(
      error.message,
      `Cannot use ${JSON.stringify(text)} for --keep-limit: want a size such as 500MB, 1GiB or 0`,
    );
  }
});

Deno.test("parseDuration() reads seconds, minutes, hours and days", () => {
  const durations: [string, number][] = [
    ["0", 0],
    ["0s", 0],
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h", 3_600_000],
    ["1.5h", 5_400_000],
    ["1H", 3_600_000],
    ["7d", 604_800_000],
    ["0.001s", 1],
  ];
  for (const [text, ms] of durations) assertEquals(parseDuration("max-age", text), ms, text);
  assertEquals(parseDuration("max-age", undefined), undefined);
});

Deno.test("parseDuration() refuses every other text, also a number without a unit", () => {
  const texts = "5 60 -1h 1e3s 1ms 1w 1mo 1y h 1hour 1h30m 00:30 constructor 1constructor NaN";
  for (const text of ["", ...texts.split(" ")]) {
    const error = assertThrows(() => parseDuration("max-age", text), UsageError);
    assertEquals(
      error.message,
      `Cannot use "${text}" for --max-age: want a duration such as 90s, 30m, 1h or 0`,
    );
  }
});

Deno.test("quantities are whole and safe, or refused", () => {
  const units = fc.constantFrom("", "B", "k", "M", "G", "T", "KiB", "MB", "TB", "s", "m", "h", "d");
  const text = fc.tuple(fc.double({ min: 0, noNaN: true }), units)
    .map(([value, unit]) => `${value}${unit}`);
  fc.assert(fc.property(text, (text) => {
    for (const parse of [parseSize, parseDuration]) {
      try {
        const value = parse("x", text)!;
        assertEquals([Number.isSafeInteger(value), value >= 0], [true, true]);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }
  }));
});

import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { parseInterval } from "../../lib/market/interval.ts";

Deno.test("parseInterval() takes 1d in any case, with white space around it", () => {
  for (const text of ["1d", "1D", " 1d "]) assertEquals(parseInterval(text), "1d");
});

Deno.test("parseInterval() says of intervals that will come that they are not there yet", () => {
  for (const text of ["1m", "5m", "15m", "30m", "1h", "60m", "1wk", "1mo"]) {
    assertThrows(() => parseInterval(text), UsageError, `Interval ${text} is not available yet`);
  }
});

Deno.test("parseInterval() refuses what is no interval", () => {
  for (const text of ["", "d", "2d", "1", "1dd", "constructor", "1\u0000d"]) {
    assertThrows(() => parseInterval(text), UsageError, "Cannot read interval ");
  }
});

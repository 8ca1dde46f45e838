import { assertEquals } from "@std/assert";
import { retryAfterMs, serverTimeMs } from "../../lib/http/exchange.ts";

Deno.test("retryAfterMs() reads seconds, dates and milliseconds", () => {
  const date = "Thu, 07 Mar 2024 12:00:00 GMT";
  const parse = (headers: Record<string, string>) =>
    retryAfterMs(new Headers({ date, ...headers }));
  assertEquals(parse({ "retry-after": "7" }), 7_000);
  assertEquals(
    parse({ "retry-after": "Thu, 07 Mar 2024 12:00:30 GMT" }),
    30_000,
  );
  assertEquals(parse({ "retry-after": "Thu, 07 Mar 2024 11:00:00 GMT" }), 0);
  assertEquals(parse({ "x-amz-retry-after": "1500" }), 1_500);
  for (const text of ["", "-1", "soon", "Someday, soon", "1:30", "2 minutes", "1e3", "."]) {
    assertEquals(parse({ "retry-after": text }), undefined, text);
  }
});

Deno.test("retryAfterMs() reads what servers send that RFC 9110 does not have", () => {
  const date = "Thu, 07 Mar 2024 12:00:00 GMT";
  const rows: [text: string, waitMs: number][] = [
    ["1.5", 1_500],
    [".25", 250],
    ["2.", 2_000],
    ["+3", 3_000],
    ["30s", 30_000],
    ["30 Seconds", 30_000],
    ["500ms", 500],
    ["7, 9", 7_000],
    ["10000000000000", 1e16],
    ["2024-03-07T12:00:30Z", 30_000],
    ["2024-03-07T12:00:30.5+00:00", 30_500],
    ["2024-03-07 12:00:30", 30_000],
  ];
  for (const [text, waitMs] of rows) {
    assertEquals(retryAfterMs(new Headers({ date, "retry-after": text })), waitMs, text);
  }
  assertEquals(retryAfterMs(new Headers({ date, "x-amz-retry-after": "1500.5" })), 1_500.5);
});

Deno.test("retryAfterMs() reads RFC 9110's three kinds of dates, all of them in UTC", () => {
  const date = "Sun, 06 Nov 1994 08:49:30 GMT";
  for (
    const text of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
    ]
  ) assertEquals(retryAfterMs(new Headers({ date, "retry-after": text })), 7_000, text);
});

Deno.test("serverTimeMs() reads the date of an answer, if it has one", () => {
  const date = "Thu, 07 Mar 2024 12:00:00 GMT";
  assertEquals(serverTimeMs(new Headers({ date })), Date.UTC(2024, 2, 7, 12));
  for (const text of ["", "soon"]) {
    assertEquals(serverTimeMs(new Headers({ date: text })), undefined);
  }
});

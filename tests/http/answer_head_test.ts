import { assertEquals } from "@std/assert";
import { retryAfterMs, serverTimeMs } from "../../lib/http/answer_head.ts";

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
  for (const text of ["", "-1", "1.5", "soon", "Someday, soon"]) {
    assertEquals(parse({ "retry-after": text }), undefined);
  }
});

Deno.test("serverTimeMs() reads the date of an answer, if it has one", () => {
  const date = "Thu, 07 Mar 2024 12:00:00 GMT";
  assertEquals(serverTimeMs(new Headers({ date })), Date.UTC(2024, 2, 7, 12));
  for (const text of ["", "soon"]) {
    assertEquals(serverTimeMs(new Headers({ date: text })), undefined);
  }
});

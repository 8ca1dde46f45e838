import { assert, assertEquals } from "@std/assert";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import {
  causeText,
  renderFailedFile,
  renderNotice,
  renderRetry,
  renderUnknownTicker,
} from "../../../lib/cli/render/warning.ts";
import { keyOf } from "../progress/events.ts";

const SIGNS = { signs: true, color: false };
const COLORS = { signs: true, color: true };
const key = keyOf(0);

Deno.test("renderRetry() and renderFailedFile() name the file and the cause", () => {
  const cause = `Cannot download ${JSON.stringify(key)}: HTTP 502`;
  assertEquals(
    renderRetry({ key, cause, delayMs: 400 }, SIGNS),
    `🔁 Retrying ${key} in 0.4s: HTTP 502`,
  );
  assertEquals(
    renderFailedFile({ key, cause: "HTTP 502" }, PLAIN),
    `Failed: ${key}: HTTP 502`,
  );
  assertEquals(
    renderFailedFile({ key, cause: "HTTP 502" }, COLORS),
    `\x1b[31m❌ Failed: ${key}: HTTP 502\x1b[39m`,
  );
});

Deno.test("renderUnknownTicker() suggests what is near", () => {
  const unknown = {
    symbol: "TSLAA",
    ticker: "TSLAA",
    date: "2025-10-31",
    suggestions: ["TSLA", "TSLL"],
  };
  assertEquals(
    renderUnknownTicker(unknown, SIGNS),
    "❗ TSLAA is not in the newest file (2025-10-31); did you mean TSLA, TSLL?",
  );
  const pair = { symbol: "BTX-USD", ticker: "X:BTX-USD", suggestions: [] };
  assertEquals(
    renderUnknownTicker({ ...unknown, ...pair }, PLAIN),
    "BTX-USD (X:BTX-USD) is not in the newest file (2025-10-31)",
  );
});

Deno.test("causeText() takes away the file's own name", () => {
  const rest = "received 1 of 2 bytes";
  const quoted = JSON.stringify(key);
  assertEquals(
    causeText({ key, cause: `Cannot download ${quoted}: ${rest}` }),
    rest,
  );
  for (const cause of [rest, `Timed out: ${rest}`, `At ${quoted}: ${rest}`]) {
    assertEquals(causeText({ key, cause }), cause);
  }
  const nested = `Cannot read ${quoted}: a ${quoted}: b`;
  assertEquals(causeText({ key, cause: nested }), `a ${quoted}: b`);
});

Deno.test("no warning carries a control character from outside", () => {
  const evil = "\x1b[2J\r\n\x9b";
  const facts = { key: evil, cause: evil, delayMs: 0 };
  const unknown = {
    symbol: evil,
    ticker: evil,
    date: evil,
    suggestions: [evil],
  };
  const lines = [
    renderRetry(facts, SIGNS),
    renderFailedFile(facts, SIGNS),
    renderUnknownTicker(unknown, SIGNS),
    renderNotice(evil, SIGNS),
  ];
  assert(lines.every((line) => !/\p{Cc}/u.test(line)));
  assertEquals(renderNotice("The data are synthetic", SIGNS), "📌 The data are synthetic");
});

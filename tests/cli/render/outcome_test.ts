import { assert, assertEquals } from "@std/assert";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import {
  type FinishedFile,
  renderAdjusted,
  renderBrokenOff,
  renderFailures,
  renderHits,
  renderIncomplete,
  renderInterrupted,
  renderSuccess,
} from "../../../lib/cli/render/outcome.ts";
import { after, DONE, file, keyOf, PLAN } from "../progress/events.ts";

const SIGNS = { signs: true, color: false };
const TSLA = {
  symbol: "TSLA",
  interval: "1d" as const,
  bars: 1255,
  from: "2020-11-02",
  to: "2025-10-31",
};

function failed(n: number, cause = "HTTP 502"): FinishedFile {
  return { key: keyOf(n), outcome: { kind: "failed", cause } };
}

function refused(n: number): FinishedFile {
  return { key: keyOf(n), outcome: { kind: "refused" } };
}

function done(n: number): FinishedFile {
  return { key: keyOf(n), outcome: DONE };
}

Deno.test("renderSuccess() says how many days, and which", () => {
  assertEquals(renderSuccess([TSLA], SIGNS), [
    "✅ SUCCESS: Cached 1255 days of TSLA data",
    "   Date range: 2020-11-02 to 2025-10-31",
  ]);
  const young = { ...TSLA, symbol: "NEW", bars: 1, from: TSLA.to, to: TSLA.to };
  const none = { ...TSLA, symbol: "A", bars: 0, from: null, to: null };
  assertEquals(renderSuccess([young, none], PLAIN), [
    "SUCCESS: Cached 1 day of NEW data",
    "   Date range: 2025-10-31 to 2025-10-31",
    "SUCCESS: Cached 0 days of A data",
  ]);
});

Deno.test("renderSuccess() puts more than five symbols in one", () => {
  const cached = Array.from({ length: 6 }, (_, i) => ({
    symbol: `S${i}`,
    interval: "1d" as const,
    bars: i,
    from: i === 0 ? null : `2020-01-0${i}`,
    to: i === 0 ? null : `2021-01-0${i}`,
  }));
  assertEquals(renderSuccess(cached, SIGNS), [
    "✅ SUCCESS: Cached 15 days of S0, S1, … (6 symbols) data",
    "   Date range: 2020-01-01 to 2021-01-05",
  ]);
  assertEquals(renderSuccess(cached.slice(0, 5), SIGNS).length, 9);
  assertEquals(renderSuccess([], SIGNS), []);
});

Deno.test("renderIncomplete() never says SUCCESS", () => {
  assertEquals(renderIncomplete([{ ...TSLA, missing: 251 }], { missing: 300, style: SIGNS }), [
    "🔶 INCOMPLETE: Cached 1255 days of TSLA data, 251 files missing",
    "   Date range: 2020-11-02 to 2025-10-31",
  ]);
});

Deno.test("renderHits() says how old the knowledge is", () => {
  const nowMs = 10 * 3_600_000;
  const hit = { ...TSLA, checkedAtMs: nowMs - 12 * 60_000 };
  const older = { ...hit, symbol: "AAPL", checkedAtMs: 0 };
  assertEquals(renderHits([hit, older], { nowMs, style: SIGNS }), [
    "⚡ Cache hit - TSLA: 1255 days, 2020-11-02 to 2025-10-31 (checked 12 minutes ago)",
    "⚡ Cache hit - AAPL: 1255 days, 2020-11-02 to 2025-10-31 (checked 10 hours ago)",
  ]);
  const six = [hit, hit, hit, hit, hit, older];
  assertEquals(renderHits(six, { nowMs, style: PLAIN }), [
    "Cache hit - TSLA, TSLA, ... (6 symbols): 7530 days, 2020-11-02 to 2025-10-31 (checked 10 hours ago)",
  ]);
});

Deno.test("renderInterrupted() counts recorded and finished files", () => {
  assertEquals(
    renderInterrupted(after([PLAN, file(0), file(1, { kind: "refused" })])),
    "Interrupted: 754/1255 files done; run the same command to resume",
  );
  assertEquals(
    renderInterrupted(after([])),
    "Interrupted: no file done; run the same command to resume",
  );
});

Deno.test("renderBrokenOff() counts recorded and finished files, where there are any", () => {
  assertEquals(
    renderBrokenOff(after([PLAN, file(0), file(1, { kind: "failed", cause: "reset" })])),
    "Broken off: 754/1255 files done, and cached",
  );
  const nothing = { ...PLAN, recorded: 0 } as const;
  assertEquals(renderBrokenOff(after([])), undefined);
  assertEquals(renderBrokenOff(after([nothing])), undefined);
});

Deno.test("renderFailures() groups by cause, with spans of dates", () => {
  const files = [
    done(0),
    failed(1),
    failed(2),
    done(3),
    failed(4),
    failed(5, "timed out"),
    ...Array.from({ length: 251 }, (_, i) => refused(i + 6)),
  ];
  assertEquals(renderFailures(files, SIGNS), [
    "❌ 4 files failed, to be tried again by the next run:",
    "   HTTP 502: 2024-01-02 … 2024-01-03, 2024-01-05 (3 files)",
    "   timed out: 2024-01-06 (1 file)",
    "🔒 not included in your plan: 2024-01-07 … 2024-09-13 (251 files)",
  ]);
  assertEquals(
    renderFailures(files, PLAIN).at(-1),
    "not included in your plan: 2024-01-07 ... 2024-09-13 (251 files)",
  );
  assertEquals(renderFailures([done(0)], SIGNS), []);
});

Deno.test("renderFailures() sees one cause in messages that name their files", () => {
  const files = [1, 2].map((n) =>
    failed(n, `Cannot download ${JSON.stringify(keyOf(n))}: HTTP 502`)
  );
  assertEquals(
    renderFailures(files, SIGNS)[1],
    "   HTTP 502: 2024-01-02 … 2024-01-03 (2 files)",
  );
});

Deno.test("renderFailures() names the datasets when there are several", () => {
  const crypto = "global_crypto/day_aggs_v1/2024/01/2024-01-02.csv.gz";
  const files = [refused(1), { ...refused(1), key: crypto }, done(0)];
  assertEquals(renderFailures(files, PLAIN), [
    "not included in your plan: us_stocks_sip/day_aggs_v1 2024-01-02 (1 file)",
    "not included in your plan: global_crypto/day_aggs_v1 2024-01-02 (1 file)",
  ]);
});

Deno.test("renderFailures() names ten causes and counts the rest", () => {
  const files = Array.from({ length: 25 }, (_, i) => failed(i, `cause ${i % 12}`));
  const lines = renderFailures(files, PLAIN);
  assertEquals(lines.length, 12);
  assertEquals(lines[1], "   cause 0: 2024-01-01, 2024-01-13, 2024-01-25 (3 files)");
  assertEquals(lines.at(-1), "   ... and 4 files of other causes");
});

Deno.test("renderFailures() shows a strange key and cause harmlessly", () => {
  const strange: FinishedFile = {
    key: "\x1b[2J/x",
    outcome: { kind: "failed", cause: "\x07\n" },
  };
  const text = renderFailures([strange], SIGNS).join("");
  assert(!/\p{Cc}/u.test(text));
});

Deno.test("renderAdjusted() counts what stocks are adjusted for, and says when that is nothing", () => {
  const split = { executionDate: "2022-08-25", from: 1, to: 3 };
  const paid = { exDate: "2022-08-25", factor: 0.9, amount: 1, close: 10, types: [""] };
  const stock = { symbol: "A", dataset: "us_stocks_sip/day_aggs_v1" };
  const rows: readonly [object, string[]][] = [
    [{}, []],
    [{ adjusted: [] }, ["A: there is no split to adjust for"]],
    [{ adjusted: [], dividends: [] }, ["A: there is no split or dividend to adjust for"]],
    [{ adjusted: [split] }, ["A: adjusted for 1 split"]],
    [{ adjusted: [split], dividends: [paid, paid] }, ["A: adjusted for 1 split and 2 dividends"]],
    [{ adjusted: [], dataset: "global_crypto/day_aggs_v1" }, []],
  ];
  for (const [of, want] of rows) assertEquals(renderAdjusted([{ ...stock, ...of }], PLAIN), want);
  const many = Array.from({ length: 6 }, () => ({ ...stock, adjusted: [split] }));
  assertEquals(renderAdjusted(many, PLAIN), ["A, A, ... (6 symbols): adjusted for 6 splits"]);
});

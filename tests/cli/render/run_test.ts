import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ReportedSymbol } from "../../../lib/progress.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import {
  renderDetected,
  renderHeading,
  renderMiss,
  renderPlan,
  renderProgress,
} from "../../../lib/cli/render/run.ts";
import { renderBlock } from "../../../lib/cli/render/progress_bar.ts";
import type { ProgressEvent } from "../../../mod.ts";
import { advance } from "../../../lib/cli/progress/progress_state.ts";
import { after, file, PLAN } from "../progress/events.ts";

const SIGNS = { signs: true, color: false };

function reported(facts: Partial<ReportedSymbol> = {}): ReportedSymbol {
  return {
    symbol: "TSLA",
    asset: "stock",
    period: "5y",
    from: "2020-11-02",
    to: "2025-11-01",
    ...facts,
  };
}

const rule = "=".repeat(70);

Deno.test("renderHeading() heads a run", () => {
  const start = { symbols: [reported()], interval: "1d", isAssetGiven: false };
  assertEquals(renderHeading(start, SIGNS), [
    "",
    rule,
    "PRE-LOADING DATA: TSLA",
    "  Period: 5y | Interval: 1d",
    rule,
    "",
  ]);
});

Deno.test("renderDetected() says whether it was detected or told", () => {
  const start = { symbols: [reported()], isAssetGiven: false };
  assertEquals(renderDetected(start, PLAIN), ["Auto-detected: TSLA is a stock, using 5y period"]);
  assertEquals(
    renderDetected({ ...start, isAssetGiven: true }, SIGNS),
    ["🔍 TSLA is a stock, using 5y period"],
  );
});

Deno.test("renderDetected() and renderHeading() name a span by its ends, and several periods", () => {
  const symbols = [
    reported({ period: "2020-01-01_2020-12-31" }),
    reported({ symbol: "BTC-USD", asset: "crypto", period: "2y" }),
  ];
  assertEquals(renderDetected({ symbols, isAssetGiven: false }, SIGNS), [
    "🔍 Auto-detected: TSLA is a stock, using 2020-01-01 to 2020-12-31",
    "🔍 Auto-detected: BTC-USD is a crypto pair, using 2y period",
  ]);
  assertEquals(renderHeading({ symbols, interval: "1d" }, SIGNS).slice(2, 4), [
    "PRE-LOADING DATA: TSLA, BTC-USD",
    "  Period: 2020-01-01 to 2020-12-31, 2y | Interval: 1d",
  ]);
});

Deno.test("renderDetected() says each kind with its article, and many in one line", () => {
  const detected = (asset: string, count = 1) =>
    renderDetected({
      symbols: Array.from({ length: count }, (_, i) => reported({ symbol: `S${i}`, asset })),
      isAssetGiven: false,
    }, SIGNS).map((line) => line.replace("🔍 Auto-detected: ", ""));
  assertEquals(detected("index"), ["S0 is an index, using 5y period"]);
  assertEquals(detected("option"), ["S0 is an option, using 5y period"]);
  assertEquals(detected("forex"), ["S0 is a currency pair, using 5y period"]);
  assertEquals(detected("etf"), ["S0 is an etf, using 5y period"]);
  assertEquals(detected("bond"), ["S0 is a bond, using 5y period"]);
  assertEquals(detected("index", 2), ["S0, S1 are indices, using 5y period"]);
  assertEquals(detected("stock", 500), [
    "S0, S1, … (500 symbols) are stocks, using 5y period",
  ]);
});

Deno.test("renderMiss() names the vendor, or the host of another bucket", () => {
  const miss = {
    symbols: ["TSLA"],
    from: "2020-11-02",
    to: "2025-10-31",
    isKnown: false,
    isKept: false,
  };
  const at = (host: string) => renderMiss({ ...miss, host }, SIGNS);
  assertEquals(at("files.massive.com"), [
    "💹 Cache miss - fetching fresh data for TSLA from files.massive.com",
    "📊 Fetching TSLA from Massive.com S3 (2020-11-02 to 2025-10-31)...",
  ]);
  assertMatch(at("files.polygon.io")[1]!, /from Massive\.com S3/);
  for (const host of ["127.0.0.1:9000", "massive.com.example", "xmassive.com"]) {
    assertEquals(
      at(host)[1],
      `📊 Fetching TSLA from S3 at ${host} (2020-11-02 to 2025-10-31)...`,
    );
  }
});

Deno.test("renderMiss() names no server where all files are kept", () => {
  const miss = { symbols: ["TSLA"], from: "2020-11-02", to: "2025-10-31", isKnown: false };
  assertEquals(renderMiss({ ...miss, isKept: true, host: "files.massive.com" }, SIGNS), [
    "📊 Reading TSLA from kept files (2020-11-02 to 2025-10-31)...",
  ]);
});

Deno.test("renderMiss() speaks of no miss where something is cached", () => {
  const miss = {
    symbols: ["TSLA"],
    from: "2020-11-02",
    to: "2025-10-31",
    isKnown: true,
    isKept: false,
  };
  assertEquals(renderMiss({ ...miss, host: "files.massive.com" }, SIGNS), [
    "📊 Checking TSLA against Massive.com S3 (2020-11-02 to 2025-10-31)...",
  ]);
});

Deno.test("renderPlan() tells what is resumed from what is cached", () => {
  const plan = { listed: 1255, recorded: 753, isResumed: true, toFetch: 502 };
  assertEquals(renderPlan(plan, SIGNS), [
    "🔄 Resuming: Skipping 753 already-processed files",
    "📁 Found 1255 files to process",
  ]);
  assertEquals(renderPlan({ ...plan, isResumed: false }, SIGNS), [
    "📁 Found 1255 files, 753 of them cached",
  ]);
  assertEquals(renderPlan({ ...plan, isResumed: false, recorded: 1255, toFetch: 0 }, SIGNS), [
    "📁 Found 1255 files, all of them cached",
  ]);
  const first = { listed: 1, recorded: 0, isResumed: false, toFetch: 1 };
  assertEquals(renderPlan(first, PLAIN), ["Found 1 file to process"]);
});

Deno.test("renderPlan() of an export says what its place has", () => {
  const plan = { listed: 12, recorded: 6, isResumed: false, toFetch: 6 };
  const objects = { count: 12, by: "date" } as const;
  const months = { count: 2, by: "month" } as const;
  assertEquals(renderPlan({ ...plan, objects: months }, SIGNS), [
    "📁 Found 12 files in 2 months to export, 6 of them are there",
  ]);
  assertEquals(renderPlan({ ...plan, objects, recorded: 12, toFetch: 0 }, SIGNS), [
    "📁 Found 12 files to export, all of them are there",
  ]);
  assertEquals(renderPlan({ ...plan, objects, recorded: 0, toFetch: 12 }, SIGNS), [
    "📁 Found 12 files to export",
  ]);
});

Deno.test("renderProgress() of an export says its bytes and rows, and nothing of an interruption", () => {
  const objects = { count: 502, by: "date" } as const;
  const plan = { ...PLAN, recorded: 4, isResumed: false, objects } as ProgressEvent;
  const made = { files: 1, fromCache: 1, rows: 1234 };
  const fetched = { ...file(1), made: { ...made, fromCache: 0 } } as ProgressEvent;
  const kept = { ...file(2, { kind: "done", from: "store" }), made } as ProgressEvent;
  const state = after([plan, { type: "bytes", count: 2_800_000 }, fetched, kept]);
  const moment = { nowMs: 1_000, style: SIGNS };
  const line = renderProgress(state, moment);
  assertEquals(
    line,
    "⏳ Progress: 2/502 files (0.4%) | Downloaded: 2.8 MB | Cached: 1 | Rows: 2,468 | " +
      "Elapsed: 1.0s | ETA: 4m 10s | Already there: 4",
  );
  const [, facts] = renderBlock(state, { ...moment, width: 200 });
  assertEquals(facts, `   2.8 MB/s | ${line.slice(line.indexOf("Downloaded"))}`);
  const topUp = after([{ ...PLAN, isResumed: false } as ProgressEvent]);
  assertEquals(renderProgress(topUp, moment).endsWith("| Cached: 753"), true);
});

Deno.test("renderProgress() says what there is to say", () => {
  const files = (count: number) => Array.from({ length: count }, (_, i) => file(i));
  const at = (events: ReturnType<typeof files>, nowMs: number, style = SIGNS) =>
    renderProgress(after([PLAN, ...events]), { nowMs, style });
  assertEquals(
    at(files(10), 300),
    "⏳ Progress: 10/502 files (2.0%) | Elapsed: 0.3s | ETA: 14.8s | Resumed: 753 skipped",
  );
  const bad = [
    file(502, { kind: "failed", cause: "x" }),
    file(503, { kind: "refused" }),
  ];
  assertEquals(
    at([...files(500), ...bad], 61_000, PLAIN),
    "Progress: 502/502 files (100.0%) | Elapsed: 1m 01s | ETA: 0.0s | Resumed: 753 skipped | Failed: 1 | Refused: 1",
  );
  const fresh = after([{ ...PLAN, recorded: 0 } as typeof PLAN, file(0)]);
  assertEquals(
    renderProgress(advance(fresh, file(1), 5), { nowMs: 1_000, style: PLAIN }),
    "Progress: 2/502 files (0.4%) | Elapsed: 1.0s | ETA: 4m 10s",
  );
});

Deno.test("no text from outside carries a control character", () => {
  const evil = "\x1b]0;x\x07\x9b2J\r\n\u202e";
  const odd = reported({ symbol: evil, asset: evil, period: evil });
  const lines = [
    ...renderDetected({ symbols: [odd], isAssetGiven: true }, SIGNS),
    ...renderHeading({ symbols: [odd], interval: evil }, SIGNS),
    ...renderMiss(
      { symbols: [evil], from: evil, to: evil, host: evil, isKnown: false, isKept: false },
      SIGNS,
    ),
  ];
  assert(lines.every((line) => !/[\p{Cc}\p{Cf}]/u.test(line)));
});

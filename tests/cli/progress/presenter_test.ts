import { assertEquals } from "@std/assert";
import type { FileOutcome } from "../../../lib/progress.ts";
import type { ProgressEvent } from "../../../mod.ts";
import { Presenter } from "../../../lib/cli/progress/presenter.ts";
import { renderBlock } from "../../../lib/cli/render/progress_bar.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import { Terminal } from "../../../lib/cli/terminal/terminal.ts";
import { file, keyOf, MISS, PLAN, START } from "./events.ts";
import { Screen } from "../terminal/screen.ts";

const SIGNS = { signs: true, color: false };

/** A presenter whose lines are kept, with no terminal to redraw. */
function plain(options: { progressEvery?: number } = {}) {
  const lines: string[] = [];
  let nowMs = 0;
  const terminal = {
    drawsLive: false,
    line: (text: string) => void lines.push(text),
    live: () => {},
    stop: () => {},
  };
  const now = () => nowMs;
  const presenter = new Presenter({ terminal, style: SIGNS, now, ...options });
  const report = (events: readonly ProgressEvent[], everyMs = 0) => {
    for (const event of events) {
      nowMs += everyMs;
      presenter.report(event);
    }
  };
  return { presenter, lines, report };
}

/** A presenter on a screen, with a timer that is called by hand. */
function onScreen(columns = 80) {
  const screen = new Screen(columns);
  let tick = () => {};
  const terminal = new Terminal({
    stderr: screen,
    columns: () => screen.columns,
    repeat: (run) => {
      tick = run;
      return { [Symbol.dispose]: () => {} };
    },
  });
  let nowMs = 0;
  const presenter = new Presenter({
    terminal,
    style: SIGNS,
    now: () => nowMs,
  });
  const at = (ms: number) => {
    nowMs = ms;
    tick();
    return screen.lines;
  };
  return { screen, presenter, at };
}

function retry(n: number, { attempt = 1, cause = "reset" } = {}): ProgressEvent {
  return { type: "retry", key: keyOf(n), attempt, cause, delayMs: 100 };
}

const files = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => file(from + i));

const HEAD = [
  "🔍 Auto-detected: TSLA is a stock, using 5y period",
  "",
  "=".repeat(70),
  "PRE-LOADING DATA: TSLA",
  "  Period: 5y | Interval: 1d",
  "=".repeat(70),
  "",
  "💹 Cache miss - fetching fresh data for TSLA from files.massive.com",
  "📊 Fetching TSLA from Massive.com S3 (2020-11-02 to 2025-10-31)...",
];
const FOUND = [
  "🔄 Resuming: Skipping 753 already-processed files",
  "📁 Found 1255 files to process",
];

Deno.test("Presenter keeps what has ended, in that order, and when each cached symbol was checked", () => {
  const { presenter, report } = plain();
  const hit = (symbol: string, checkedAtMs: number): ProgressEvent => ({
    type: "hit",
    symbol,
    checkedAtMs,
  });
  report([START, hit("TSLA", 5), hit("AAPL", 7), MISS, PLAN, file(1), file(0)]);
  presenter.stop();
  report([file(2, { kind: "refused" })]);
  assertEquals(presenter.finished.map(({ key }) => key), [1, 0, 2].map(keyOf));
  assertEquals([...presenter.hitTimes], [["TSLA", 5], ["AAPL", 7]]);
});

Deno.test("Presenter tells a resumed run in plain lines", () => {
  const { presenter, lines, report } = plain();
  report([START, MISS, PLAN]);
  report(files(0, 10), 500);
  presenter.stop();
  assertEquals(lines, [
    ...HEAD,
    ...FOUND,
    "⏳ Progress: 10/502 files (2.0%) | Elapsed: 5.0s | ETA: 4m 06s | Resumed: 753 skipped",
  ]);
});

Deno.test("Presenter heads no run that the cache answers", () => {
  const { lines, report } = plain();
  report([START, { type: "hit", symbol: "TSLA", checkedAtMs: 0 }]);
  assertEquals(lines, HEAD.slice(0, 1));
});

Deno.test("Presenter heads a run once, also one that asks no bucket", () => {
  const rules = (lines: readonly string[]) => lines.filter((line) => /^=+$/.test(line)).length;
  for (const events of [[START, MISS, PLAN], [START, PLAN], [START, MISS]]) {
    const { lines, report } = plain();
    report(events);
    assertEquals(rules(lines), 2);
  }
});

Deno.test("Presenter has a plain line every ten files or five seconds, the rarer, and at the end", () => {
  const endsOf = (toFetch: number, everyMs: number) => {
    const { lines, report } = plain();
    report([{ ...PLAN, toFetch } as ProgressEvent]);
    report(files(0, toFetch), everyMs);
    return lines.flatMap((line) => /Progress: (\d+)/.exec(line)?.slice(1).map(Number) ?? []);
  };
  assertEquals(endsOf(1255, 3), [1255]);
  assertEquals(endsOf(1255, 10), [500, 1000, 1255]);
  assertEquals(endsOf(25, 1_000), [10, 20, 25]);
  assertEquals(endsOf(1, 1), [1]);
});

Deno.test("Presenter has a plain line every N files and one at the end", () => {
  for (
    const [progressEvery, ends] of [
      [10, [10, 20, 25]],
      [5, [5, 10, 15, 20, 25]],
      [100, [25]],
      [1, Array.from({ length: 25 }, (_, i) => i + 1)],
    ] as const
  ) {
    const { lines, report } = plain({ progressEvery });
    report([{ ...PLAN, toFetch: 25 } as ProgressEvent, ...files(0, 25)]);
    const counts = lines.flatMap((line) =>
      /Progress: (\d+)/.exec(line)?.slice(1).map(Number) ?? []
    );
    assertEquals(counts, [...ends]);
  }
});

Deno.test("Presenter warns of the first retry of each cause, whatever its numbers, of twenty", () => {
  const { presenter, lines, report } = plain();
  report([
    retry(0),
    retry(0, { attempt: 2 }),
    retry(1),
    retry(2, { cause: `Cannot download "${keyOf(2)}": received 3 of 40 bytes` }),
    retry(3, { cause: `Cannot download "${keyOf(3)}": received 22 of 41 bytes` }),
    retry(4, { cause: `its MD5 is ${"ab1".repeat(10)}, the listing has "${"c0".repeat(16)}"` }),
    retry(4, { cause: `its MD5 is ${"0fe".repeat(10)}, the listing has "${"c0".repeat(16)}"` }),
  ]);
  assertEquals(lines, [
    `🔁 Retrying ${keyOf(0)} in 0.1s: reset`,
    `🔁 Retrying ${keyOf(2)} in 0.1s: received 3 of 40 bytes`,
    `🔁 Retrying ${keyOf(4)} in 0.1s: its MD5 is ${"ab1".repeat(10)}, the listing has "${
      "c0".repeat(16)
    }"`,
  ]);
  report(Array.from({ length: 148 }, (_, i) => retry(i, { cause: "x".repeat(i + 1) })));
  assertEquals(lines.length, 20);
  presenter.stop();
  assertEquals(lines.slice(20), ["… and 135 more retries"]);
  presenter.stop();
  assertEquals(lines.length, 21);
});

Deno.test("Presenter says nothing of retries that all had a line", () => {
  const { presenter, lines, report } = plain();
  report([retry(0)]);
  presenter.stop();
  assertEquals(lines.length, 1);
});

Deno.test("Presenter warns of twenty failed files and of no refused one", () => {
  const { lines, report } = plain({ progressEvery: 1000 });
  const failed = { kind: "failed", cause: "HTTP 502" } as const;
  report([PLAN]);
  lines.length = 0;
  for (let n = 0; n < 30; n++) {
    report([file(n, failed), file(100 + n, { kind: "refused" })]);
  }
  assertEquals(lines, Array.from({ length: 20 }, (_, n) => `❌ Failed: ${keyOf(n)}: HTTP 502`));
});

Deno.test("Presenter counts an export's months as lines of failures, and their files as progress", () => {
  const { lines, report } = plain({ progressEvery: 50 });
  const made = { files: 21, fromCache: 0, rows: 0 };
  const month = (n: number, outcome?: FileOutcome) =>
    ({ ...file(n, outcome), made }) as ProgressEvent;
  report([{ ...PLAN, toFetch: 126 } as ProgressEvent]);
  lines.length = 0;
  const failed = { kind: "failed", cause: "HTTP 502" } as const;
  report([month(0, failed), month(1, failed), month(2), month(3), month(4), month(5)]);
  assertEquals(
    lines.map((line) => /Failed: us_|Progress: \d+/.exec(line)?.[0]),
    ["Failed: us_", "Failed: us_", "Progress: 63", "Progress: 105", "Progress: 126"],
  );
});

Deno.test("Presenter passes notices and unknown tickers on", () => {
  const { lines, report } = plain();
  report([
    { type: "notice", message: "The data are synthetic" },
    {
      type: "unknown-ticker",
      symbol: "TSLAA",
      ticker: "TSLAA",
      date: "2025-10-31",
      suggestions: ["TSLA"],
    },
    { type: "hit", symbol: "TSLA", checkedAtMs: 0 },
    { type: "bytes", count: 5 },
  ]);
  assertEquals(lines, [
    "📌 The data are synthetic",
    "❗ TSLAA is not in the newest file (2025-10-31); did you mean TSLA?",
  ]);
});

Deno.test("Presenter warns of twenty unknown symbols, and counts the others", () => {
  const { presenter, lines, report } = plain();
  const unknown = (n: number): ProgressEvent => {
    const name = `ZZ${n}`;
    const of = { symbol: name, ticker: name, date: "2025-10-31", suggestions: [] };
    return { type: "unknown-ticker", ...of };
  };
  report(Array.from({ length: 23 }, (_, n) => unknown(n)));
  presenter.stop();
  assertEquals(lines.length, 21);
  assertEquals(lines.slice(19), [
    "❗ ZZ19 is not in the newest file (2025-10-31)",
    "… and 3 more unknown symbols",
  ]);
});

Deno.test("Presenter redraws a block on a terminal, and no plain lines", async () => {
  const { screen, presenter, at } = onScreen();
  [START, MISS].forEach(presenter.report);
  await presenter.drawing;
  assertEquals(at(1_200), [...HEAD, "⏳ Listing files | Elapsed: 1.2s"]);
  [PLAN, ...files(0, 10)].forEach(presenter.report);
  assertEquals(at(1_500), [
    ...HEAD,
    ...FOUND,
    "⏳ ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 10/502 files (2.0%)",
    "   Elapsed: 0.3s | ETA: 14.8s | Resumed: 753 skipped",
  ]);
  presenter.report(file(10, { kind: "failed", cause: "HTTP 502" }));
  assertEquals(at(1_500).slice(HEAD.length + FOUND.length), [
    `❌ Failed: ${keyOf(10)}: HTTP 502`,
    "⏳ ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 11/502 files (2.2%)",
    "   Elapsed: 0.3s | ETA: 13.4s | Resumed: 753 skipped | Failed: 1",
  ]);
  presenter.stop();
  assertEquals(screen.lines, [
    ...HEAD,
    ...FOUND,
    `❌ Failed: ${keyOf(10)}: HTTP 502`,
  ]);
  assertEquals(screen.cursorVisible, true);
});

Deno.test("Presenter fits every width that a terminal is resized to", async () => {
  const { screen, presenter, at } = onScreen(200);
  presenter.report(MISS);
  await presenter.drawing;
  const head = screen.lines.slice(0, 2);
  [PLAN, ...files(0, 10)].forEach(presenter.report);
  const letters = (lines: readonly string[]) => lines.join("").replaceAll(" ", "");
  const above = letters([...head, ...FOUND]);
  for (let columns = 200; columns >= 4; columns--) {
    screen.reflow(columns);
    const drawn = { width: columns, nowMs: columns, style: SIGNS };
    const block = letters(renderBlock(presenter.state, drawn));
    assertEquals(letters(at(columns)), above + block);
    assertEquals(screen.cursor.column, 0);
  }
  presenter.stop();
  screen.reflow(200);
  assertEquals(screen.lines, [...head, ...FOUND]);
});

Deno.test("Presenter draws nothing when the run ends before it can", async () => {
  const { screen, presenter } = onScreen();
  presenter.report(MISS);
  const { lines } = screen;
  presenter.stop();
  await presenter.drawing;
  assertEquals([screen.lines, screen.cursorVisible], [lines, true]);
});

Deno.test("Presenter takes events after its end without showing them", () => {
  const { presenter, lines, report } = plain();
  report([PLAN]);
  presenter.stop();
  const { length } = lines;
  report(files(0, 10));
  assertEquals([lines.length, presenter.state.done], [length, 10]);
});

Deno.test("Presenter without signs", () => {
  const lines: string[] = [];
  const terminal = {
    drawsLive: false,
    line: (text: string) => void lines.push(text),
    live: () => {},
    stop: () => {},
  };
  {
    using presenter = new Presenter({ terminal, style: PLAIN });
    [START, MISS, PLAN, retry(0), retry(0, { attempt: 2 })].forEach(presenter.report);
  }
  assertEquals(lines.at(-1), "... and 1 more retry");
  assertEquals(lines.every((line) => /^[ -~]*$/.test(line)), true);
});

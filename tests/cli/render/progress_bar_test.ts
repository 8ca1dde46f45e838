import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { renderBlock } from "../../../lib/cli/render/progress_bar.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import { advance, type ProgressState } from "../../../lib/cli/progress/progress_state.ts";
import { after, file, MISS, PLAN, START } from "../progress/events.ts";
import { Screen } from "../terminal/screen.ts";

const SIGNS = { signs: true, color: false };
const COLORS = { signs: true, color: true };

/** 255 of 502 files after 7.5 s, 2 failed and 1 refused, at 12.4 MB/s. */
function halfway(): ProgressState {
  const state = after([
    START,
    MISS,
    PLAN,
    ...Array.from({ length: 252 }, (_, i) => file(i)),
    file(252, { kind: "failed", cause: "HTTP 502" }),
    file(253, { kind: "failed", cause: "HTTP 502" }),
    file(254, { kind: "refused" }),
  ]);
  const first = advance(state, { type: "bytes", count: 0 }, 6_500);
  return advance(first, { type: "bytes", count: 12_400_000 }, 7_500);
}

const block = (width: number, style = SIGNS) =>
  renderBlock(halfway(), { width, nowMs: 7_500, style });

Deno.test("renderBlock() tells everything where there is room", () => {
  assertEquals(block(100), [
    "⏳ ████████████████████░░░░░░░░░░░░░░░░░░░░ 255/502 files (50.8%)",
    "   12.4 MB/s | Elapsed: 7.5s | ETA: 7.3s | Resumed: 753 skipped | Refused: 1 | Failed: 2",
  ]);
});

Deno.test("renderBlock() without signs is ASCII", () => {
  assertEquals(block(100, PLAIN), [
    "####################-------------------- 255/502 files (50.8%)",
    "12.4 MB/s | Elapsed: 7.5s | ETA: 7.3s | Resumed: 753 skipped | Refused: 1 | Failed: 2",
  ]);
  for (let width = 1; width <= 200; width++) {
    assertMatch(block(width, PLAIN).join("\n"), /^[ -~\n]*$/);
  }
});

Deno.test("renderBlock() drops the least important first", () => {
  assertEquals(block(60), [
    "⏳ █████████████████░░░░░░░░░░░░░░░░░░ 255/502 files (50.8%)",
    "   12.4 MB/s | ETA: 7.3s | Refused: 1 | Failed: 2",
  ]);
  assertEquals(block(30), [
    "⏳ ██████░░░░░░░ 255/502 50.8%",
    "   ETA: 7.3s | Failed: 2",
  ]);
  assertEquals(block(13), ["255/502 50.8%", "   ETA: 7.3s"]);
  assertEquals(block(7), ["255/502"]);
  assertEquals(block(5), ["50.8%"]);
  assertEquals(block(3), ["50%"]);
  assertEquals(block(2), ["█░"]);
  assertEquals(block(1), ["░"]);
});

Deno.test("renderBlock() draws nothing where nothing is to be fetched", () => {
  const state = after([START, MISS, { ...PLAN, recorded: 502, toFetch: 0 } as typeof PLAN]);
  assertEquals(renderBlock(state, { width: 80, nowMs: 10, style: SIGNS }), []);
});

Deno.test("renderBlock() fits every width", () => {
  const states = [
    after([START, MISS]),
    after([PLAN]),
    halfway(),
    after([{ type: "plan", listed: 0, recorded: 0, isResumed: false, toFetch: 0, bytes: 0 }]),
    after([{ ...PLAN, toFetch: 1e6, recorded: 1e9 } as typeof PLAN, file(0)]),
  ];
  for (const state of states) {
    for (const style of [SIGNS, COLORS, PLAIN]) {
      for (let width = 1; width <= 300; width++) {
        for (const nowMs of [0, 7_500, 4e8]) {
          const lines = renderBlock(state, { width, nowMs, style });
          assertLess(lines.length, 3);
          lines.forEach((line) => assertOneRow(line, width));
        }
      }
    }
  }
});

Deno.test("renderBlock() tells more facts, never fewer, on a wider terminal", () => {
  const words = (width: number) => block(width).join("").match(/[A-Z][a-zA-Z]+:|\/s/g)?.length ?? 0;
  for (let width = 2; width <= 200; width++) {
    assert(words(width) >= words(width - 1), `at ${width} columns`);
  }
});

Deno.test("renderBlock() fills the bar only when all is done", () => {
  const plan = { ...PLAN, toFetch: 2000 } as typeof PLAN;
  const files = Array.from({ length: 1999 }, (_, i) => file(i));
  const line = (extra: typeof files) =>
    renderBlock(after([plan, ...files, ...extra]), {
      width: 80,
      nowMs: 1,
      style: PLAIN,
    })[0];
  assertEquals(line([]), "#".repeat(39) + "- 1999/2000 files (99.9%)");
  assertEquals(
    line([file(1999)]),
    "#".repeat(40) + " 2000/2000 files (100.0%)",
  );
});

Deno.test("renderBlock() says that it lists before there is a plan", () => {
  const lines = (width: number) =>
    renderBlock(after([START, MISS]), { width, nowMs: 1_200, style: SIGNS });
  assertEquals(lines(80), ["⏳ Listing files | Elapsed: 1.2s"]);
  assertEquals(lines(20), ["⏳ Listing files"]);
  assertEquals(lines(8), ["1.2s"]);
  assertEquals(lines(3), []);
});

Deno.test("renderBlock() colors change no text", () => {
  for (let width = 1; width <= 200; width++) {
    const colored = block(width, COLORS).join("\n");
    assertEquals(
      colored.replaceAll(/\p{Cc}\[\d+m/gu, ""),
      block(width).join("\n"),
    );
  }
});

function assertOneRow(line: string, width: number) {
  const screen = new Screen(width);
  const bytes = new TextEncoder().encode(line);
  for (let at = 0; at < bytes.length;) {
    at += screen.writeSync(bytes.subarray(at));
  }
  assertEquals(screen.cursor.row, 0, `${line} at ${width} columns`);
}

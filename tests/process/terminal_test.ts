/**
 * What a person sees on a terminal; ignored where none can be made.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import type { Program } from "./program.ts";
import {
  checkScreen,
  framesOf,
  hasTerminal,
  linesOnScreen,
  startOnTerminal,
} from "./pseudo_terminal.ts";

const ignore = !hasTerminal;

/** A run of about half a second. */
const LATENCY_MS = 30;

/** So slow that a run is interrupted a second before its end. */
const SLOW_MS = 100;

for (const columns of [30, 120]) {
  Deno.test({
    name: `a terminal of ${columns} columns shows progress that fits, and is left clean`,
    ignore,
    async fn() {
      await using place = await Place.open({ latencyMs: LATENCY_MS });
      await using run = start(place, columns);
      const { code, stdout } = await run.ended;
      assertEquals(code, 0, stdout);
      const lines = checkDrawn(stdout, columns);
      const frames = framesOf(stdout);
      assert(frames.length >= 4, `${frames.length} frames`);
      assert(frames.some((frame) => /\d\/60/.test(frame[0]!) && /[█░]/.test(frame[0]!)), "a bar");
      assertStringIncludes(lines.join("\n"), "✅ SUCCESS: Cached 60 days");
    },
  });
}

Deno.test({
  name: "a terminal shows a chart of its own size, in colors, below the run",
  ignore,
  async fn() {
    await using place = await Place.open({ latencyMs: LATENCY_MS });
    const cache = ["--cache-dir", place.cache().directory.path];
    const args = ["run", "-A", "--quiet", "--cached-only", `${ROOT}cli.ts`, "chart", "TSLA"];
    await using run = startOnTerminal(100, {
      args: [...args, ...IN_SPAN, ...cache],
      env: {},
      place,
    });
    const { code, stdout } = await run.ended;
    assertEquals(code, 0, stdout);
    const lines = linesOnScreen(stdout, 100);
    const chart = lines.slice(lines.findIndex((line) => line.startsWith("TSLA  ")));
    // `startOnTerminal()` makes forty rows; one is left for the prompt.
    assertEquals(chart.length, 39);
    assert(chart.some((line) => line.includes("┃")) && chart.some((line) => line.includes("█")));
    assertStringIncludes(stdout, "\x1b[38;5;33m");
    assertStringIncludes(lines.join("\n"), "✅ SUCCESS: Cached 60 days");
  },
});

Deno.test({
  name: "a terminal is left clean when a file is missing (exit 3)",
  ignore,
  async fn() {
    await using place = await Place.open({ latencyMs: LATENCY_MS });
    place.s3.faults.add("not-found", { key: place.keys[30]! });
    await using run = start(place, 100);
    const { code, stdout } = await run.ended;
    assertEquals(code, 3, stdout);
    const lines = checkDrawn(stdout, 100);
    assertStringIncludes(
      lines.join("\n"),
      "INCOMPLETE: Cached 59 days of TSLA data, 1 file missing",
    );
  },
});

Deno.test({
  name:
    "a terminal gets no Parquet and nothing compressed (exit 2), and nothing is downloaded for it",
  ignore,
  async fn() {
    await using place = await Place.open();
    const cache = ["--cache-dir", place.cache().directory.path];
    for (const format of ["parquet", "csv.gz", "json.zst"]) {
      const argv = ["TSLA", ...IN_SPAN, ...cache, "-f", format, "-o", "-"];
      const args = ["run", "-A", "--quiet", "--cached-only", `${ROOT}cli.ts`, ...argv];
      await using run = startOnTerminal(100, { place, args, env: {} });
      const { code, stdout } = await run.ended;
      assertEquals(code, 2, stdout);
      assertStringIncludes(stdout, `Cannot write ${format} to a terminal: want a file or a pipe`);
    }
    assertEquals(place.s3.requests, []);
  },
});

Deno.test({
  name: "a terminal is left clean when there are no keys (exit 4)",
  ignore,
  async fn() {
    await using place = await Place.open();
    await using run = start(place, 100, {
      MASSIVE_S3_ACCESS_KEY_ID: "",
      MASSIVE_S3_SECRET_ACCESS_KEY: "",
    });
    const { code, stdout } = await run.ended;
    assertEquals(code, 4, stdout);
    assertStringIncludes(checkScreen(stdout, 100).join("\n"), "no S3 credentials were found");
  },
});

Deno.test({
  name: "a terminal is left clean after Ctrl+C (exit 130)",
  ignore,
  async fn() {
    await using place = await Place.open({ latencyMs: SLOW_MS });
    await using run = start(place, 100);
    await run.before(place.s3.untilGets(20));
    await run.type("\x03");
    const { code, stdout } = await run.ended;
    assertEquals(code, 130, stdout);
    const last = checkDrawn(stdout, 100).at(-1)!;
    assertMatch(last, /^Interrupted: \d+\/60 files done; run the same command to resume$/);
  },
});

Deno.test({
  name: "a terminal is left clean when the program is terminated (exit 143)",
  ignore,
  async fn() {
    await using place = await Place.open({ latencyMs: SLOW_MS });
    await using run = start(place, 100, { NO_COLOR: "1" });
    await run.before(place.s3.untilGets(20));
    const holder = await Deno.readTextFile(lockPath(place));
    Deno.kill(Number(/\d+/.exec(holder)![0]), "SIGTERM");
    const { code, stdout } = await run.ended;
    assertEquals(code, 143, stdout);
    const lines = checkDrawn(stdout, 100);
    assertMatch(lines.at(-1)!, /^Interrupted: /);
    assertEquals(lines.filter((line) => /[^\x20-\x7e]/.test(line)), [], "NO_COLOR has no signs");
  },
});

/** Also that there was a block. */
function checkDrawn(output: string, columns: number): string[] {
  assert(framesOf(output).length > 0, "a block is drawn");
  return checkScreen(output, columns);
}

function start(place: Place, columns: number, env: Record<string, string> = {}): Program {
  const places = ["--cache-dir", place.cache().directory.path];
  const args = [
    "run",
    "-A",
    "--quiet",
    "--cached-only",
    `${ROOT}cli.ts`,
    "TSLA",
    ...IN_SPAN,
    "-j",
    "4",
  ];
  return startOnTerminal(columns, { args: [...args, ...places], env, place });
}

/** The lock's file tells the process that holds it. */
function lockPath(place: Place): string {
  return place.cache().directory.lockPath(place.files.dataset, "TSLA");
}

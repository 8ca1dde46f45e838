/**
 * `deno task demo`, as a newcomer meets it.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { DEMO_PORT, takeDemoPort } from "./demo_port.ts";
import { Place, ROOT } from "./place.ts";
import type { Ended } from "./program.ts";
import { hasTerminal, startOnTerminal } from "./pseudo_terminal.ts";

/** The demo makes whole years, and of 2020 it has these two months. */
const FIRST_MONTH = ["--from", "2020-11-02", "--to", "2020-11-30"];

const SUCCESS = "SUCCESS: Cached 1255 days of TSLA data\n   Date range: 2020-11-02 to 2025-10-31\n";

Deno.test("deno task demo of five years", async (t) => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  let interrupted: Interrupted | undefined;
  await t.step({
    name: "says on Ctrl+C where it stands (exit 130)",
    ignore: !hasTerminal,
    fn: async () => void (interrupted = await interruptOnTerminal(place)),
  });
  let first!: Ended;
  await t.step("loads them", async () => {
    first = await demo(place, []);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stderr, "Demo: the data are synthetic");
    assertStringIncludes(first.stderr, "0 ms a request");
    assertStringIncludes(first.stderr, "Found 1255 files to process\n");
    assertStringIncludes(first.stderr, SUCCESS);
    assertEquals(first.stdout, "");
    assert(
      (await Deno.stat(`${place.home}/.cache/flatfetch-demo`)).isDirectory,
      "a cache of its own",
    );
  });
  await t.step({
    name: "where the interrupted run left off, when the port was free both times",
    ignore: interrupted?.port !== DEMO_PORT || portOf(first) !== DEMO_PORT,
    fn: () => {
      const resuming = `Resuming: Skipping ${interrupted!.done} already-processed files`;
      assertStringIncludes(first.stderr, resuming);
    },
  });
  await t.step("needs no network a second time", async (t) => {
    const second = await demo(place, ["TSLA", "-o", "-"]);
    assertEquals(second.code, 0, second.stderr);
    assertEquals(second.stdout.trimEnd().split("\n").length, 1256);
    await t.step({
      name: "when the port was free both times",
      ignore: portOf(first) !== DEMO_PORT || portOf(second) !== DEMO_PORT,
      fn: () => assertStringIncludes(second.stderr, "Cache hit - TSLA: 1255 days"),
    });
  });
  await t.step("is forgotten by clear --all", async () => {
    const third = await demo(place, ["clear", "--all"]);
    assertStringIncludes(third.stderr, "Forgot everything: ");
  });
});

Deno.test("deno task demo NVDA --adjust splits asks a REST API of its own, whose splits are true", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const around = ["--from", "2024-05-15", "--to", "2024-06-30"];
  const run = ["NVDA", "--adjust", "splits", ...around, "-o", "-"];
  const { code, stdout, stderr } = await demo(place, run);
  assertEquals(code, 0, stderr);
  const closes = stdout.trimEnd().split("\n").slice(1).map((line) => Number(line.split(",")[6]));
  assertEquals(closes.length, 31);
  const leaps = closes.map((close, i) => close / (closes[i - 1] ?? close));
  assertEquals(leaps.filter((leap) => leap < 0.8 || leap > 1.25), []);
});

Deno.test("deno task demo META --follow asks it for the earlier ticker, whose bars come first", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const around = ["--from", "2022-06-01", "--to", "2022-06-15"];
  const { code, stdout, stderr } = await demo(place, ["META", "--follow", ...around, "-o", "-"]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "META: FB to 2022-06-08, META from 2022-06-09");
  const tickers = stdout.trimEnd().split("\n").slice(1).map((line) => line.split(",")[1]);
  assertEquals(tickers, [...Array(6).fill("FB"), ...Array(5).fill("META")]);
});

Deno.test("deno task demo takes another port when its own is taken, and its place in XDG_CACHE_HOME", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  using _taken = listenIfFree(DEMO_PORT);
  const env = { XDG_CACHE_HOME: `${place.home}/caches` };
  const { code, stderr } = await demo(place, ["AAPL", "BTC-USD", ...FIRST_MONTH], { env });
  assertEquals(code, 0, stderr);
  assertNotEquals(portOf({ stderr }), DEMO_PORT);
  assertStringIncludes(
    stderr,
    `Port ${DEMO_PORT} is taken; under another one nothing is cached yet.`,
  );
  assertMatch(
    stderr,
    /SUCCESS: Cached 20 days of AAPL data[^]*SUCCESS: Cached 29 days of BTC-USD data/,
  );
  assert((await Deno.stat(`${env.XDG_CACHE_HOME}/flatfetch-demo`)).isDirectory);
});

Deno.test("deno task demo export --shard auto takes the part that the scheduler names", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const args = ["export", "us_stocks_sip/day_aggs_v1", ...FIRST_MONTH, "--into", "~/lake"];
  const env = { AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "4" };
  const { code, stderr } = await demo(place, [...args, "--shard", "auto"], { env });
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, `into ${place.home}/lake (shard 2/4), `);
});

Deno.test("deno task demo --symbols FILE serves what the symbols of the file need", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const list = `${place.home}/list.txt`;
  await Deno.writeTextFile(list, "AAPL # a stock\nBTC-USD\n");
  const { code, stderr } = await demo(place, ["--symbols", list, ...FIRST_MONTH]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "SUCCESS");
});

Deno.test("deno task demo SYMBOL… -i 1h has the last month's hours of every asset", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const symbols = ["TSLA", "BTC-USD", "EURUSD=X", "^GSPC", "SPY251219C00650000"];
  const { code, stderr } = await demo(place, [...symbols, "-p", "5d", "-i", "1h"]);
  assertEquals(code, 0, stderr);
  const counts = symbols.map((symbol) => {
    const name = symbol.replace("^", "\\^");
    return Number(new RegExp(`SUCCESS: Cached (\\d+) bars of ${name} data`).exec(stderr)?.[1]);
  });
  // Four days of 16 hours and of 7, five around the clock, and forex's until Friday evening.
  assertEquals(counts.slice(0, 4), [64, 120, 94, 28]);
  assert(counts[4]! > 10 && counts[4]! <= 28, stderr);
});

Deno.test("deno task demo check --symbols FILE lists what the symbols of the file need", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const list = `${place.home}/list.txt`;
  await Deno.writeTextFile(list, "BTC-USD\n");
  const { code, stderr } = await demo(place, ["check", "--symbols", list, ...FIRST_MONTH]);
  assertEquals(code, 3, stderr);
  assertStringIncludes(stderr, "BTC-USD: 1 problem; nothing of 29 files is cached");
});

for (const option of [["--cwd", ROOT], ["--config", `${ROOT}deno.json`]]) {
  Deno.test(`deno task ${option[0]} … demo -o FILE writes it where the user is`, async () => {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const folder = `${place.home}/a user's folder`;
    await Deno.mkdir(folder);
    const run = ["BTC-USD", ...FIRST_MONTH, "-o", "bars.csv"];
    const { code, stderr } = await demo(place, run, { task: option, cwd: folder });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "SUCCESS: Cached 29 days of BTC-USD data");
    const lines = (await Deno.readTextFile(`${folder}/bars.csv`)).trimEnd().split("\n");
    assertEquals(lines.length, 1 + 29);
  });
}

const REFUSED: readonly (readonly [args: readonly string[], message: string])[] = [
  [["TSLA", "--perod", "5y"], "did you mean --period?"],
  [["TSLA", "--from", "2030-01-01"], "❌ Cannot use the span 2030-01-01 to 2025-11-01"],
  [["TSLA", "-o"], "--output wants a value"],
  [["-o"], "--output wants a value"],
  [["chart", "TSLA", "--html"], "--html wants a value"],
  [["TSLA", "AAPL", "--split"], "--split wants a value"],
  [["--symbols"], "--symbols wants a value"],
  [["dcotor"], 'Unknown command "dcotor": did you mean doctor?'],
  [["chrat", "TSLA"], 'Unknown command "chrat": did you mean chart?'],
  [["clear"], "Cannot clear: give either symbols or --all"],
  [["clear", "--progress-only"], "Cannot clear: give either symbols or --all"],
  [["export", "days", "--into", "lake"], 'Cannot read dataset "days"'],
  [["check", "days", "--into", "lake"], 'Cannot read dataset "days"'],
  [["worker"], "Cannot work for a fleet: want the URL of its server"],
  [["fleet", "status"], "Cannot ask the fleet for status: want the server's URL"],
  [["-p", "5q"], 'Cannot read period "5q"'],
  [["--latency", "AAPL"], "Cannot read --latency"],
  [["--latency=", "AAPL"], "Cannot read --latency"],
  [["--latency"], "Cannot read --latency"],
  [["--latency", "1", "--latency=2"], "Cannot use --latency more than once"],
];

Deno.test("deno task demo (arguments that cannot be) exits 2, says why, and makes no file", async (t) => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  for (const [args, message] of REFUSED) {
    await t.step(args.join(" "), async () => {
      const line = ["run", "-A", "--cached-only", `${ROOT}fixtures/demo.ts`, ...args];
      await using program = place.deno(line, { cwd: place.home });
      const { code, stderr } = await program.ended;
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
      assertEquals(Array.from(Deno.readDirSync(place.home)), []);
    });
  }
});

interface Interrupted {
  /** How many files it had done. */
  readonly done: string;
  readonly port: number;
}

/** Interrupts the demo in the midst of its files. */
async function interruptOnTerminal(place: Place): Promise<Interrupted> {
  const args = ["task", "--quiet", "--cwd", ROOT, "demo"];
  await using run = startOnTerminal(100, { args, env: {}, place });
  await run.output(/ \d{3}\/1255 files/, "stdout");
  await run.type("\x03");
  const { code, stdout } = await run.ended;
  assertEquals(code, 130, stdout);
  const last = stdout.trimEnd().split("\n").at(-1)!;
  assertMatch(last, /Interrupted: \d+\/1255 files done; run the same command to resume$/);
  const [done] = /\d+(?=\/1255)/.exec(last)!;
  return { done: done!, port: portOf({ stderr: stdout }) };
}

interface DemoOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Options of `deno task`. */
  readonly task?: readonly string[];
}

async function demo(
  place: Place,
  args: readonly string[],
  { task = [], cwd = ROOT, env = {} }: DemoOptions = {},
): Promise<Ended> {
  await using program = place.deno(["task", ...task, "demo", "--latency", "0", ...args], {
    cwd,
    env,
  });
  return await program.ended;
}

function portOf({ stderr }: Pick<Ended, "stderr">): number {
  return Number(/Server http:\/\/127\.0\.0\.1:(\d+)/.exec(stderr)![1]);
}

/** Takes a port, unless somebody else has it: then it is taken as well. */
function listenIfFree(port: number): Disposable {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch {
    return { [Symbol.dispose]() {} };
  }
}

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

const SUCCESS = "SUCCESS: Cached 1255 days of TSLA data\n   Date range: 2020-11-02 to 2025-10-31\n";

// What one of these runs has kept the next ones need not fetch.
Deno.test("deno task demo of five years", async (t) => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  await t.step("loads them; a second time it needs no network", async (t) => {
    const first = await demo(place, []);
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

    const second = await demo(place, ["TSLA", "-o", "-"]);
    assertEquals(second.code, 0, second.stderr);
    assertEquals(second.stdout.trimEnd().split("\n").length, 1256);
    await t.step({
      name: "which is a cache hit when the port was free both times",
      ignore: portOf(first) !== DEMO_PORT || portOf(second) !== DEMO_PORT,
      fn: () => assertStringIncludes(second.stderr, "Cache hit - TSLA: 1255 days"),
    });
  });
  await t.step(
    "of NVDA --adjust splits asks a REST API of its own, whose splits are true",
    async () => {
      const { code, stdout, stderr } = await demo(place, ["NVDA", "--adjust", "splits", "-o", "-"]);
      assertEquals(code, 0, stderr);
      const closes = stdout.trimEnd().split("\n").slice(1).map((line) =>
        Number(line.split(",")[6])
      );
      const leaps = closes.map((close, i) => close / (closes[i - 1] ?? close));
      assertEquals(leaps.filter((leap) => leap < 0.8 || leap > 1.25), []);
    },
  );
  await t.step(
    "of META --follow asks it for the earlier ticker, whose bars come first",
    async () => {
      const { code, stdout, stderr } = await demo(place, ["META", "--follow", "-o", "-"]);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "META: FB to 2022-06-08, META from 2022-06-09");
      const tickers = stdout.trimEnd().split("\n").slice(1).map((line) => line.split(",")[1]);
      const want = [...Array(403).fill("FB"), ...Array(852).fill("META")];
      assertEquals(tickers, want);
    },
  );
  await t.step("clear --all forgets them", async () => {
    const third = await demo(place, ["clear", "--all"]);
    assertStringIncludes(third.stderr, "Forgot everything: ");
  });
});

Deno.test("deno task demo takes another port when its own is taken, and its place in XDG_CACHE_HOME", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  using _taken = listenIfFree(DEMO_PORT);
  const env = { XDG_CACHE_HOME: `${place.home}/caches` };
  const { code, stderr } = await demo(place, ["AAPL", "BTC-USD", "-p", "1mo"], { env });
  assertEquals(code, 0, stderr);
  assertNotEquals(portOf({ stderr }), DEMO_PORT);
  assertStringIncludes(
    stderr,
    `Port ${DEMO_PORT} is taken; under another one nothing is cached yet.`,
  );
  assertMatch(
    stderr,
    /SUCCESS: Cached 2\d days of AAPL data[^]*SUCCESS: Cached 3\d days of BTC-USD data/,
  );
  assert((await Deno.stat(`${env.XDG_CACHE_HOME}/flatfetch-demo`)).isDirectory);
});

Deno.test("deno task demo --symbols FILE serves what the symbols of the file need", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const list = `${place.home}/list.txt`;
  await Deno.writeTextFile(list, "AAPL # a stock\nBTC-USD\n");
  const { code, stderr } = await demo(place, ["--symbols", list, "-p", "1mo"]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "SUCCESS");
  assertEquals((await demo(place, ["--symbols", `${list}.missing`])).code, 2);
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
  const { code, stderr } = await demo(place, ["check", "--symbols", list, "-p", "1mo"]);
  assertEquals(code, 3, stderr);
  assertStringIncludes(stderr, "BTC-USD: 1 problem; nothing of 31 files is cached");
});

for (const option of [["--cwd", ROOT], ["--config", `${ROOT}deno.json`]]) {
  Deno.test(`deno task ${option[0]} … demo works from another directory`, async () => {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const run = ["BTC-USD", "-p", "1mo"];
    const { code, stderr } = await demo(place, run, { task: option, cwd: place.home });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "SUCCESS: Cached 31 days of BTC-USD data");
  });
}

Deno.test("deno task demo without a server says what is wrong with its arguments", async () => {
  using _port = await takeDemoPort();
  await using place = await Place.open();
  const { code, stderr } = await demo(place, ["TSLA", "--perod", "5y"]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "did you mean --period?");
});

for (const args of [["--latency", "AAPL"], ["--latency=", "AAPL"], ["--latency"]]) {
  Deno.test(`deno task demo ${args.join(" ")} exits 2`, async () => {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const { code, stderr } = await demo(place, args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "Cannot read --latency");
  });
}

Deno.test({
  name: "Ctrl+C in deno task demo says where it stands (exit 130), and the next run resumes there",
  ignore: !hasTerminal,
  async fn() {
    using _port = await takeDemoPort();
    await using place = await Place.open();
    const args = ["task", "--quiet", "--cwd", ROOT, "demo"];
    await using run = startOnTerminal(100, { args, env: {}, place });
    await run.output(/ [67]\d\d\/1255 files/, "stdout");
    await run.type("\x03");
    const { code, stdout } = await run.ended;
    assertEquals(code, 130, stdout);
    const last = stdout.trimEnd().split("\n").at(-1)!;
    assertMatch(last, /Interrupted: \d+\/1255 files done; run the same command to resume$/);
    const [done] = /\d+(?=\/1255)/.exec(last)!;
    const next = await demo(place, []);
    assertEquals(next.code, 0, next.stderr);
    assertStringIncludes(next.stderr, `Resuming: Skipping ${done} already-processed files`);
    assertStringIncludes(next.stderr, SUCCESS);
  },
});

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
  const fast = args[0]?.startsWith("--latency") ? [] : ["--latency", "0"];
  await using program = place.deno(["task", ...task, "demo", ...fast, ...args], {
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

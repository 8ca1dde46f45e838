/**
 * Runs where the system lets a process open few files: fewer at once, or refused at once.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { countFreeFiles } from "../../lib/cache/free_files.ts";
import { IN_QUARTER, keysOf, stockFiles, World } from "./harness.ts";

const isWindows = Deno.build.os === "windows";

Deno.test("countFreeFiles() counts no further than asked, and leaves nothing open", () => {
  assertEquals(countFreeFiles(".", 0), 0);
  assertEquals(countFreeFiles(".", 20), 20);
});

Deno.test({
  name: "flatfetch TSLA at a low ulimit -n works on fewer files at once, and says so",
  ignore: isWindows,
  fn: async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    // What a run takes by itself depends on the threads that it would start.
    const openFiles = 52 + 6 * Math.min(8, navigator.hardwareConcurrency);
    const { code, stderr } = await world.spawn(["TSLA", ...IN_QUARTER], { openFiles });
    assertEquals([code, world.takeGets()], [0, keysOf(files)], stderr);
    assertMatch(stderr, /Works on \d+ files at once instead of 20: the system gives this process/);
    assertNotMatch(stderr, /Retrying/);
    const auto = await world.spawn(["AAPL", ...IN_QUARTER, "-j", "auto"], { openFiles: 300 });
    assertEquals(auto.code, 0, auto.stderr);
  },
});

for (const [symbols, openFiles] of [[1, 32], [300, 256], [1_200, 1_024]] as const) {
  Deno.test({
    name: `flatfetch --symbols LIST of ${symbols} at ulimit -n ${openFiles} is refused at once`,
    ignore: isWindows,
    fn: async () => {
      await using world = await World.open([stockFiles()]);
      const list = `${world.home}/list`;
      await Deno.writeTextFile(list, Array.from({ length: symbols }, (_, i) => `A${i}`).join("\n"));
      const { code, stderr } = await world.spawn(["--symbols", list, ...IN_QUARTER], { openFiles });
      assertEquals([code, world.s3.requests.length], [6, 0], stderr);
      assertMatch(stderr, /Cannot start: this run takes at least \d+ open files, and the system/);
      assertStringIncludes(
        stderr,
        "Raise the limit of open files with ulimit -n; of many symbols, ask for fewer",
      );
      assertNotMatch(stderr, /panicked|--cache-dir/);
    },
  });
}

Deno.test({
  name: "main() explains an error where no file can be opened any more",
  ignore: isWindows,
  fn: async () => {
    const code = `
      import { main } from "${import.meta.resolve("../../lib/cli/main.ts")}";
      const held = [];
      try { for (;;) held.push(Deno.openSync("/dev/null")); } catch { /* No more. */ }
      const { signal } = new AbortController();
      Deno.exitCode = await main(["TSLA", "--none"], { env: {}, signal, giveGrace() {} });`;
    // Deno crashes over a module that it cannot open, which no program can catch.
    const args = ["-c", `ulimit -n 200; exec "$0" eval "$1"`, Deno.execPath(), code];
    const { code: exitCode, stderr } = await new Deno.Command("sh", { args }).output();
    assertMatch(new TextDecoder().decode(stderr), /Unknown option "--none"/);
    assertEquals(exitCode, 2);
  },
});

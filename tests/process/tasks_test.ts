/**
 * The tasks of `deno.json`: each answers `--help`, and refuses what it does not take, before it
 * does anything.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { Place, ROOT } from "./place.ts";

/** Those that are a command line of Deno's, which answers for itself. */
const OF_DENO = ["check", "ok", "compile"];

const TASKS = Object.keys(manifest.tasks).filter((name) => !OF_DENO.includes(name));

for (const name of TASKS) {
  Deno.test(`deno task ${name} --help says what it takes, and does nothing`, async () => {
    const { code, stdout, stderr } = await start([name, "--help"]);
    assertEquals(code, 0, stderr);
    assertEquals(stderr, "");
    assert(stdout.startsWith(`deno task ${name}`), stdout);
  });

  Deno.test(`deno task ${name} --nonsense exits 2, and does nothing`, async () => {
    const { code, stdout, stderr } = await start([name, "--nonsense"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "Unknown option");
    assertStringIncludes(stderr, "--nonsense");
  });
}

for (const name of TASKS.filter((name) => name !== "demo")) {
  Deno.test(`deno task ${name} nonsense exits 2, and does nothing`, async () => {
    const { code, stdout, stderr } = await start([name, "nonsense"]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "Unknown argument nonsense: want ");
  });
}

/** A task, in a home of its own, in which it leaves nothing. */
async function start(args: readonly string[]) {
  await using place = await Place.open();
  await using task = place.deno(["task", "--quiet", ...args], { cwd: ROOT });
  const ended = await task.ended;
  assertEquals(Array.from(Deno.readDirSync(place.home), ({ name }) => name), []);
  return ended;
}

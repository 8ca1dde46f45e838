/**
 * The tasks of `deno.json`: each answers `--help`, and refuses what it does not take, before it
 * does anything.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { denoDirectory } from "../program/deno_directory.ts";
import { ROOT } from "./place.ts";
import { Program } from "./program.ts";

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
  const home = await Deno.makeTempDir({ prefix: "flatfetch_" });
  const env = { PATH: Deno.env.get("PATH") ?? "", DENO_DIR: await denoDirectory(), HOME: home };
  const line = { args: ["task", "--quiet", ...args], env, cwd: ROOT };
  await using task = Program.start(Deno.execPath(), line);
  const ended = await task.ended;
  // It fails where the task has left anything.
  await Deno.remove(home);
  return ended;
}

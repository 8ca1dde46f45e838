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

const TASKS = Object.keys(manifest.tasks);

// A task that has modules to download would say so on stderr.
const modules = Object.values(manifest.tasks).map(({ command }) =>
  /(fixtures|tests|tools)\/[\w/]+\.ts/.exec(command)![0]
);
const bringing = { args: ["cache", "--quiet", ...modules], cwd: ROOT };
const brought = await new Deno.Command(Deno.execPath(), bringing).output();
assert(brought.success, new TextDecoder().decode(brought.stderr));

/** Options of tasks that want a number, and one that wants any text. */
const COUNTS = ["test --jobs", "torture --kills", "bench --rounds"];
const TEXT = "bench --json";

const NO_COUNTS = ["x", "0", "1.5", "1e3"];

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

// Every task reads its arguments by one function.
for (
  const [args, message] of [
    [["torture", ""], 'Unknown argument ""'],
    [["torture", "--help=false"], "Unknown option --help=false"],
    [["torture", "-h=3"], "Unknown option -h=3"],
  ] as const
) {
  Deno.test(`deno task ${args.join(" ")} (${message}) exits 2, and does nothing`, async () => {
    const { code, stdout, stderr } = await start(args);
    assertEquals([code, stdout], [2, ""]);
    assert(stderr.startsWith(message), stderr);
  });
}

// All read them by the same function: the first one shows what that refuses.
const WRONG = [
  ...NO_COUNTS.map((no) => [COUNTS[0]!, no]),
  ...COUNTS.slice(1).map((of) => [of, "0"]),
];

for (const [option, value] of WRONG as [string, string][]) {
  Deno.test(`deno task ${option} ${value} exits 2, and does nothing`, async () => {
    const { code, stdout, stderr } = await start([...option.split(" "), value]);
    assertEquals([code, stdout], [2, ""]);
    assert(stderr.startsWith(`Cannot read --`), stderr);
    assertStringIncludes(stderr, ` ${value}: want a whole number of at least 1`);
  });
}

for (const option of [...COUNTS, TEXT]) {
  Deno.test(`deno task ${option} 1 (twice) exits 2, and does nothing`, async () => {
    const [task, name] = option.split(" ") as [string, string];
    const { code, stdout, stderr } = await start([task, name, "1", `${name}=1`]);
    assertEquals([code, stdout], [2, ""]);
    assert(stderr.startsWith(`Cannot use ${name} more than once: found 1 and 1, want one`), stderr);
  });
}

Deno.test("deno task torture bits --kills 1 exits 2, since that part has no kills", async () => {
  const { code, stdout, stderr } = await start(["torture", "bits", "--kills", "1"]);
  assertEquals([code, stdout], [2, ""]);
  assert(stderr.startsWith("Cannot use --kills with bits: want part export or calls"), stderr);
});

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

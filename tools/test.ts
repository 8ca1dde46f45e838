/**
 * Runs every test, several processes at a time.
 *
 * A process of its own keeps the environment, open files and locks of a group of tests to itself,
 * which threads of one process would share. What a group prints comes when it is through.
 *
 * @module
 */

import { readTask, refuse } from "./task.ts";

const { values } = readTask({
  help: `deno task test [--jobs N]

Every test, those in the documentation included. A part is run by its place: deno test -A tests/s3

  --jobs N    groups of tests at a time (default: one a processor)`,
  values: ["jobs"],
});
const jobs = Number(values.jobs ?? navigator.hardwareConcurrency);
if (!Number.isSafeInteger(jobs) || jobs < 1) refuse(`--jobs wants a number, not ${values.jobs}`);

const SHARDS = 24;
const DENO = Deno.execPath();
const ROOT = new URL("../", import.meta.url);
const startedAtMs = performance.now();

/** Types are looked at once, not by each group. */
const checked = await start(["check", "--quiet", "tests", "mod.ts"], "inherit").status;
if (!checked.success) Deno.exit(1);

const groups = [
  ["--doc", "mod.ts", "README.md", "lib"],
  ...Array.from(
    { length: SHARDS },
    (_, i) => ["--no-check", `--shard=${i + 1}/${SHARDS}`, "tests"],
  ),
];
const failed: string[] = [];
let passed = 0;

async function runNext(): Promise<void> {
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    const command = ["test", "-A", "--sanitize-ops", "--sanitize-resources", ...group];
    const { success, stdout, stderr } = await start(command, "piped").output();
    for (const bytes of [stderr, stdout]) await write(bytes);
    passed += countPassed(new TextDecoder().decode(stdout));
    if (!success) failed.push(`deno ${command.join(" ")}`);
  }
}
await Promise.all(Array.from({ length: jobs }, runNext));

const seconds = Math.round((performance.now() - startedAtMs) / 1000);
const lines = failed.map((command) => `Failed: ${command}`);
lines.unshift(`All tests: ${passed} passed in ${seconds} s`);
await write(new TextEncoder().encode(`\n${lines.join("\n")}\n`));
Deno.exitCode = failed.length === 0 ? 0 : 1;

function start(args: readonly string[], output: "inherit" | "piped"): Deno.ChildProcess {
  return new Deno.Command(DENO, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
}

/** What the closing line of a group counts, such as: ok | 82 passed | 0 failed (2s) */
function countPassed(text: string): number {
  // deno-lint-ignore no-control-regex
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  return Number(/^(?:ok|FAILED) \| (\d+) passed/m.exec(plain)?.[1] ?? 0);
}

async function write(bytes: Uint8Array): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
}

/**
 * Runs every test, several processes at a time.
 *
 * A process keeps the environment, open files and locks of a group of tests to itself, which threads
 * of one process would share. Its files are one module (see `test_group.ts`). What a group prints
 * comes when it is through.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import { readTask } from "./task.ts";

const { counts } = readTask({
  help: `deno task test [--jobs N]

Every test, those in the documentation included; types are what deno task check looks at. A part runs
by its path: deno test -A tests/s3

  --jobs N    groups of tests at a time (default: three more than processors, since many tests wait)`,
  counts: ["jobs"],
});
const { jobs = navigator.hardwareConcurrency + 3 } = counts;

/** Folders whose tests take long, and how many of their files make a group. */
const SLOW = { fleet: 1, storm: 1, torture: 1, process: 4, program: 6, security: 4 };
/** Folders whose tests start processes with permissions of their own: Deno gives none below `/dev`. */
const ON_DISK = /^tests\/(process|fleet|torture|security)\//;
/** Where Linux has files in memory: a third of the time that such tests take is the disk's. */
const MEMORY = "/dev/shm";
/** What is to be free there, several times what all groups together take. */
const MEMORY_BYTES = 2 ** 31;
/** How many files of other folders make a group. */
const FILES = 32;

const ROOT = new URL("../", import.meta.url);
const output = Deno.stdout.writable.getWriter();
const startedAtMs = performance.now();
const groups = groupsOf(Array.from(testsIn("tests")).sort());
const failed: string[] = [];
let passed = 0;
const memory = memoryFolder();
const running = new Set<Deno.ChildProcess>();
for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, async () => {
    groups.length = 0;
    for (const child of running) child.kill("SIGKILL");
    await Promise.all(Array.from(running, ({ status }) => status));
    removeMemory();
    Deno.exit(exitCode);
  });
}

await say(`${groups.length} groups of tests, ${jobs} at a time; each prints when it is through.\n`);
const documentation = run(["--doc", "mod.ts", "README.md", "docs/lake.md", "lib"]);
await Promise.all(Array.from({ length: jobs }, runGroups));
await documentation;

removeMemory();

const seconds = Math.round((performance.now() - startedAtMs) / 1000);
const closing = [`All tests: ${passed} passed in ${seconds} s`, ...failed];
await say(`\n${closing.join("\n")}\n`);
Deno.exitCode = failed.length === 0 ? 0 : 1;

async function say(text: string): Promise<void> {
  await output.write(new TextEncoder().encode(text));
}

function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < MEMORY_BYTES) return undefined;
    const folder = Deno.makeTempDirSync({ dir: MEMORY, prefix: "flatfetch_tests_" });
    // Tests that play another user have to get in, as into any folder for temporary files.
    Deno.chmodSync(folder, 0o755);
    return folder;
  } catch {
    return undefined;
  }
}

function removeMemory(): void {
  if (memory !== undefined) Deno.removeSync(memory, { recursive: true });
}

function* testsIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (isDirectory) yield* testsIn(`${folder}/${name}`);
    else if (name.endsWith("_test.ts")) yield `${folder}/${name}`;
  }
}

/**
 * The slow ones first, so that none is alone at the end; of each folder by turns, since some wait and
 * some compute.
 */
function groupsOf(files: readonly string[]): string[][] {
  const slow = Object.entries(SLOW).map(([folder, size]) => {
    const own = files.filter((file) => file.startsWith(`tests/${folder}/`));
    return dealt(own, Math.ceil(own.length / size));
  });
  const others = files.filter((file) => !slow.flat(2).includes(file));
  const byTurns = files.flatMap((_, i) => slow.flatMap((groups) => groups.slice(i, i + 1)));
  return [...byTurns, ...dealt(others, Math.ceil(others.length / FILES))];
}

/** As many groups as told, dealt out like cards. */
function dealt(files: readonly string[], count: number): string[][] {
  return Array.from({ length: count }, (_, i) => files.filter((_, n) => n % count === i));
}

/** Runs groups until none is left. Where one ends early or cannot be loaded, its files run alone. */
async function runGroups(): Promise<void> {
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    if (await run(["--no-check", "tools/test_group.ts", "--", ...group]) !== "cut short") continue;
    const before = failed.length;
    for (const file of group) await run(["--no-check", file]);
    if (failed.length === before) failed.push(`Failed together: ${group.join(" ")}`);
  }
}

/** Runs tests and counts them, but for those of a group that is cut short. */
async function run(group: readonly string[]): Promise<"whole" | "cut short"> {
  const command = ["test", "-A", "--sanitize-ops", "--sanitize-resources", ...group];
  const isInMemory = memory !== undefined && !group.some((path) => ON_DISK.test(path));
  const env = isInMemory ? { TMPDIR: memory } : {};
  const child = new Deno.Command(Deno.execPath(), {
    args: command,
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  running.add(child);
  const { success, stdout, stderr } = await child.output();
  running.delete(child);
  for (const bytes of [stderr, stdout]) await output.write(bytes);
  const [text, notes] = [plain(stdout), plain(stderr)];
  const closing = /^(?:ok|FAILED) \| (\d+) passed/m.exec(text);
  const isWhole = closing !== null && !/\(uncaught error\)$|^note .*Deno\.exit/m.test(text + notes);
  if (!isWhole && group.includes("--")) return "cut short";
  passed += Number(closing?.[1] ?? 0);
  if (success && isWhole) return "whole";
  const names = text.split("\n FAILURES \n")[1]?.match(/^.* => .*$/gm);
  failed.push(...names?.map((name) => `Failed: ${name}`) ?? [`Failed: deno ${command.join(" ")}`]);
  return "whole";
}

function plain(bytes: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  return new TextDecoder().decode(bytes).replace(/\x1b\[[0-9;]*m/g, "");
}

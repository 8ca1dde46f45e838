/** What the program says of a lake of which a mode keeps the user from something. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { generateCryptoDays } from "../../fixtures/flat_files.ts";
import type { Finding } from "../../mod.ts";
import { stockFiles, World } from "./harness.ts";

const FILES = stockFiles({ from: "2025-01-21", to: "2025-02-14" });
const DATASET = FILES.dataset;
const [FIRST, SECOND, THIRD] = FILES.dates as [string, string, string];
const isLinux = Deno.build.os === "linux";
const ignore = !isLinux || !isKeptOut();

/** Whether modes keep this user from something, as they do not the superuser. */
function isKeptOut(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    Deno.chmodSync(path, 0);
    Deno.openSync(path).close();
    return false;
  } catch {
    return true;
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test({
  name: "what a mode closes to a user who is not the superuser",
  ignore: !isLinux || isKeptOut(),
  fn: async () => {
    const drop = ["--bounding-set=-all", "--inh-caps=-all"];
    const test = [
      Deno.execPath(),
      "test",
      "-A",
      "--no-check",
      "--filter",
      "/^flatfetch/",
      import.meta.url,
    ];
    const command = new Deno.Command("setpriv", { args: [...drop, ...test] });
    const { success, stdout } = await command.output();
    const text = new TextDecoder().decode(stdout);
    assert(success, text);
    assertMatch(text, /\b9 passed\b.* 0 failed/);
  },
});

async function exported(world: World, ...args: string[]): Promise<string> {
  const lake = `${world.home}/lake`;
  const { code, stderr } = await world.run(["export", ...args, "--into", lake]);
  assertEquals(code, 0, stderr);
  return lake;
}

/** Runs the program while something of the lake has another mode. */
async function runWhile(
  world: World,
  { path, mode }: { readonly path: string; readonly mode: number },
  args: readonly string[],
) {
  const before = (await Deno.stat(path)).mode!;
  await Deno.chmod(path, mode);
  try {
    return await world.run(args);
  } finally {
    await Deno.chmod(path, before);
  }
}

for (
  const [layout, folders, object] of [
    [[], [`date=${SECOND}`], `date=${SECOND}/part.parquet`],
    [["--by", "month"], ["month=2025-01"], "month=2025-01/part.parquet"],
    [["--format", "csv.gz"], ["2025", "2025/01"], FILES.keyOf(SECOND).slice(DATASET.length + 1)],
  ] as const
) {
  Deno.test({
    name: `flatfetch check --into FOLDER (${
      layout.join(" ")
    }) wants what a mode closes made readable, names the topmost, and counts nothing unseen`,
    ignore,
    fn: async () => {
      await using world = await World.open([FILES]);
      const lake = await exported(world, DATASET, ...layout);
      const closed = [
        ...["us_stocks_sip", DATASET, ...folders.map((name) => `${DATASET}/${name}`)]
          .flatMap((path) => [[path, 0], [path, 0o444], [path, 0o111]] as const),
        [`${DATASET}/${object}`, 0] as const,
      ];
      for (const [path, mode] of closed) {
        // What is entered by its name needs no listing.
        if (mode === 0o111 && path === "us_stocks_sip") continue;
        const of = { path: `${lake}/${path}`, mode };
        const line = ["check", DATASET, "--into", lake, "--from", SECOND, "--to", THIRD];
        const { stdout } = await runWhile(world, of, [...line, "--json"]);
        const { findings, objects, exported, bytes } = JSON.parse(stdout).datasets[DATASET];
        const what = `${path} ${mode.toString(8)}`;
        const dates = path.includes(SECOND) ? [SECOND] : [SECOND, THIRD];
        assertEquals(
          findings.map(({ kind, path, remedy, dates }: Finding) => [kind, path, remedy, dates]),
          [["unreadable", path, "make-readable", dates]],
          what,
        );
        const isDate = path.startsWith(`${DATASET}/date=`);
        const isObject = mode === 0 && path.endsWith(object);
        if (!isObject) assertEquals([objects, exported], isDate ? [1, 1] : [0, 0], what);
        if (!isObject && !isDate) assertEquals(bytes, 0, what);
        const { stderr, code } = await runWhile(world, of, line);
        assertEquals(code, 3, stderr);
        assert(
          stderr.includes(`Make it readable for you, and check again: ${path}.`),
          stderr,
        );
        assert(!/Remove|Run export/.test(stderr), stderr);
      }
    },
  });
}

Deno.test({
  name: "flatfetch check --into FOLDER passes over closed folders that are no dataset's",
  ignore,
  fn: async () => {
    const others = generateCryptoDays({ from: FIRST, to: SECOND });
    await using world = await World.open([FILES, others]);
    const lake = await exported(world, DATASET, others.dataset);
    for (const name of ["lost+found", "us_stocks_sip/x", `${DATASET}/lost+found`]) {
      const path = `${lake}/${name}`;
      await Deno.mkdir(path);
      for (const mode of [0, 0o111, 0o444]) {
        const line = ["check", "--into", lake, "--json"];
        const { code, stdout, stderr } = await runWhile(world, { path, mode }, line);
        assertEquals(code, 0, stderr);
        const { datasets, clean } = JSON.parse(stdout);
        assertEquals([Object.keys(datasets).sort(), clean], [
          [others.dataset, DATASET].sort(),
          true,
        ]);
      }
    }
    const closed = { path: `${lake}/us_stocks_sip`, mode: 0 };
    const { code, stderr } = await runWhile(world, closed, ["check", "--into", lake]);
    assertEquals(code, 6);
    assertMatch(
      stderr,
      /Cannot read ".*lake\/us_stocks_sip": .*\n.*Make it readable for you, or choose/,
    );
  },
});

Deno.test({
  name:
    "flatfetch check --into FOLDER takes a link into a closed folder for a folder to be made readable",
  ignore,
  fn: async () => {
    await using world = await World.open([FILES]);
    const lake = await exported(world, DATASET);
    const [own, path] = [`${DATASET}/date=${SECOND}`, `${world.home}/elsewhere`];
    await Deno.mkdir(path);
    await Deno.rename(`${lake}/${own}`, `${path}/date`);
    await Deno.symlink(`${path}/date`, `${lake}/${own}`);
    const line = ["check", "--into", lake, "--json"];
    const { stdout } = await runWhile(world, { path, mode: 0 }, line);
    const { findings } = JSON.parse(stdout).datasets[DATASET];
    assertEquals(
      findings.map(({ path, remedy }: Finding) => [path, remedy]),
      [[own, "make-readable"]],
    );
  },
});

for (const layout of [[], ["--by", "month"], ["--format", "csv.gz"]]) {
  Deno.test({
    name: `flatfetch TSLA --from-lake FOLDER (${
      layout.join(" ")
    }) names the topmost that a mode closes in one line`,
    ignore,
    fn: async () => {
      await using world = await World.open([FILES]);
      const lake = await exported(world, DATASET, ...layout);
      const parts = {
        "": [`date=${SECOND}`, `date=${SECOND}/part.parquet`],
        "--by": ["month=2025-01", "month=2025-01/part.parquet"],
        "--format": ["2025", "2025/01", FILES.keyOf(SECOND).slice(DATASET.length + 1)],
      }[layout[0] ?? ""]!;
      const closed = ["us_stocks_sip", DATASET, ...parts.map((name) => `${DATASET}/${name}`)];
      for (const [i, path] of closed.entries()) {
        const line = ["TSLA", "--from", FIRST, "--to", THIRD, "--from-lake", lake, "-o", "-"];
        const place = ["--cache-dir", `${world.home}/cache${i}`];
        const of = { path: `${lake}/${path}`, mode: 0 };
        const { code, stderr, stdout } = await runWhile(world, of, [...line, ...place]);
        assertEquals(code, 0, stderr);
        assertEquals(stdout.split("\n").length, 5);
        const lines = stderr.split("\n").filter((line) =>
          /lake/i.test(line) && !/ files? /.test(line)
        );
        assertEquals(lines.length, 1, stderr);
        assert(
          lines[0]!.endsWith(`Not used of the lake until made readable for you: ${path}`),
          stderr,
        );
      }
    },
  });
}

Deno.test({
  name: "flatfetch TSLA --from-lake of a closed folder exits 2 and names it",
  ignore,
  fn: async () => {
    await using world = await World.open([FILES]);
    const lake = await exported(world, DATASET);
    const line = ["TSLA", "--from", FIRST, "--from-lake", lake];
    const { code, stderr } = await runWhile(world, { path: lake, mode: 0 }, line);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, /Cannot read a lake in ".*lake": Permission denied/);
  },
});

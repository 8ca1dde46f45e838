/**
 * A standard stream that takes nothing: its reader has gone or takes its time, its disk is full.
 * What the first run has kept spares the others the download.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { Program } from "./program.ts";

const FULL = "❌ Cannot write to standard output: No space left on device\n" +
  "   Free some space where standard output goes, or send it elsewhere.\n";

Deno.test("a standard stream that takes nothing", async (t) => {
  await using place = await Place.open();
  for (const options of ["", "--json"]) {
    const name = options === "" ? "-o -" : options;
    await t.step(`flatfetch TSLA ${name} | head -1 exits 0 and says nothing of it`, async () => {
      const { code, stdout, stderr } = await inShell(
        place,
        `{ flatfetch ${name}; echo $? >&2; } | head -1`,
      );
      assertEquals(code, 0);
      assertEquals(
        stdout,
        options === "" ? "symbol,date,timestamp,open,high,low,close,volume,transactions\n" : "{\n",
      );
      assertEquals(stderr, "0\n");
    });

    await t.step(`flatfetch TSLA ${name} exits 0 when nobody ever reads`, async () => {
      const { stderr } = await inShell(place, `{ flatfetch ${name}; echo $? >&2; } | true`);
      assertEquals(stderr, "0\n");
    });
  }

  await t.step("flatfetch TSLA -o - with stdout closed exits 0", async () => {
    const { code, stderr } = await inShell(place, "flatfetch -o - >&-");
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });

  await t.step(
    "flatfetch TSLA -f parquet -o - gives a pipe what a file gets, and exits 0 behind head",
    async () => {
      const [piped, written] = [`${place.home}/piped`, `${place.home}/written.parquet`];
      const pipe = `flatfetch -f parquet -o - | cat > '${piped}'`;
      const { code, stderr } = await inShell(place, `${pipe} && flatfetch -o '${written}'`);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(await Deno.readFile(piped), await Deno.readFile(written));
      const head = await inShell(place, "{ flatfetch -f parquet -o -; echo $? >&2; } | head -c 4");
      assertEquals([head.stdout, head.stderr], ["PAR1", "0\n"]);
    },
  );

  for (const end of ["2>&-", "2>&1 >/dev/full | true", "2>/dev/full"]) {
    await t.step(`flatfetch TSLA with stderr gone (${end}) does its work`, async () => {
      const { directory: { path }, output } = place.cache(end.replaceAll("/", "_"));
      await inShell(place, `verbose --cache-dir '${path}' -o '${output}' ${end}`);
      const bars = await Deno.readTextFile(output);
      assertEquals(bars.trimEnd().split("\n").length, 61);
      const again = await place.runHere(["TSLA", ...IN_SPAN, "--cache-dir", path, "--offline"]);
      assertEquals(again.code, 0, again.stderr);
    });
  }

  // tests/program/output_test.ts has all other commands.
  await t.step(
    "flatfetch TSLA -o - and --help with a full disk behind standard output exit 6 with a hint",
    async () => {
      for (const line of ["flatfetch -o -", "program --help"]) {
        const { code, stderr } = await inShell(place, `${line} > /dev/full`);
        assert(stderr.endsWith(FULL), `${line}: ${stderr}`);
        assertEquals(code, 6, line);
      }
    },
  );

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await t.step(`flatfetch -o - obeys ${signal} while its reader takes its time`, async () => {
      const [symbols, pipe] = [`${place.home}/symbols`, `${place.home}/pipe_${signal}`];
      await Deno.writeTextFile(symbols, place.files.tickers.join("\n"));
      const cache = place.cache(signal).directory.path;
      const argv = `--symbols '${symbols}' ${IN_SPAN.join(" ")} --cache-dir '${cache}'`;
      const program = `'${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts'`;
      const line = `mkfifo '${pipe}'; exec 3<>'${pipe}'; exec ${program} ${argv} -o - > '${pipe}'`;
      await using shell = Program.start("/bin/sh", { args: ["-c", line], env: place.env });
      await shell.output(/SUCCESS/);
      shell.kill(signal);
      assertEquals((await shell.ended).code, signal === "SIGINT" ? 130 : 143);
    });
  }
});

/** Runs a line of shell in which `flatfetch` is the program on TSLA, quietly, and `program` any command. */
async function inShell(place: Place, line: string) {
  const program = `'${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts'`;
  const functions = `program() { ${program} "$@"; }; ` +
    `verbose() { program TSLA ${IN_SPAN.join(" ")} "$@"; }; ` +
    `flatfetch() { verbose --quiet "$@"; };`;
  await using shell = Program.start("/bin/sh", {
    args: ["-c", `${functions} ${line}`],
    env: { ...place.env, FLATFETCH_CACHE_DIR: place.cache().directory.path },
  });
  return await shell.ended;
}

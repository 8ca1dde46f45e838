/**
 * Outputs that a shell opens, and one that a killed run left unfinished.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { namesIn, works } from "../cache/samples.ts";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { Program } from "./program.ts";

const HEAD = "symbol,date,timestamp,open,high,low,close,volume,transactions\n";
const ignore = !works("bash", "-c", "true");

/** Runs a line of bash in which `flatfetch` is the program on TSLA, quietly. */
async function inBash(place: Place, line: string) {
  const program = `'${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts'`;
  const where = `--cache-dir '${place.cache().directory.path}'`;
  const run = `flatfetch() { ${program} TSLA ${IN_SPAN.join(" ")} ${where} -q "$@"; };`;
  await using bash = Program.start("bash", {
    args: ["-c", `cd '${place.home}'; ${run} ${line}`],
    env: place.env,
  });
  return await bash.ended;
}

// CSV goes to all of these in tests/torture/outputs_test.ts.
Deno.test({
  name: "flatfetch TSLA -f parquet -o >(…), /dev/stdout and /dev/fd/3 give what -o FILE gives",
  ignore,
  fn: async () => {
    await using place = await Place.open();
    const { code, stderr } = await inBash(
      place,
      `set -e -o pipefail; flatfetch -f parquet -o file; flatfetch -f parquet -o >(cat >a); ` +
        `flatfetch -f parquet -o /dev/stdout | cat >b; flatfetch -f parquet -o /dev/stdout >c; ` +
        `flatfetch -f parquet -o /dev/fd/3 3>d; mkfifo pipe; cat pipe >e & ` +
        `ln -s pipe link; flatfetch -f parquet -o link; wait; test -p pipe; test -L link`,
    );
    assertEquals([code, stderr], [0, ""]);
    const bytes = await Deno.readFile(`${place.home}/file`);
    for (const name of ["a", "b", "c", "d", "e"]) {
      assertEquals(await Deno.readFile(`${place.home}/${name}`), bytes, name);
    }
  },
});

Deno.test(
  { name: "flatfetch TSLA -o /dev/stdout leaves what is there before it", ignore },
  async () => {
    await using place = await Place.open();
    const line = "{ echo before; flatfetch -o /dev/stdout; echo after; } > file";
    assertEquals((await inBash(place, line)).code, 0);
    const lines = (await Deno.readTextFile(`${place.home}/file`)).split("\n");
    assertEquals([lines[0], `${lines[1]}\n`, lines.at(-2)], ["before", HEAD, "after"]);
  },
);

Deno.test(
  { name: "flatfetch TSLA -o >(head -1) exits 0 and says nothing of it", ignore },
  async () => {
    await using place = await Place.open();
    const { code, stdout, stderr } = await inBash(place, "flatfetch -o >(head -1); wait $!");
    assertEquals({ code, stdout, stderr }, { code: 0, stdout: HEAD, stderr: "" });
  },
);

Deno.test({
  name: "flatfetch TSLA -o PIPE waits for a reader, and obeys SIGINT meanwhile",
  ignore,
  fn: async () => {
    await using place = await Place.open();
    const pipe = `${place.home}/pipe`;
    assert(works("mkfifo", pipe));
    const started = place.start(["TSLA", ...IN_SPAN, "-o", pipe]);
    await started.output(/Waiting for a reader of/);
    started.kill("SIGINT");
    assertEquals((await started.ended).code, 130);
    await place.quiet();
    assertEquals([place.s3.requests.length, await namesIn(place.home)], [0, ["pipe"]]);
  },
});

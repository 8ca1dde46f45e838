/**
 * A reader that goes before the program ends.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { Program } from "./program.ts";

for (const options of ["", "--json"]) {
  const name = options === "" ? "-o -" : options;
  Deno.test(`flatfetch TSLA ${name} | head -1 exits 0 and says nothing of it`, async () => {
    await using place = await Place.open();
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

  Deno.test(`flatfetch TSLA ${name} exits 0 when nobody ever reads`, async () => {
    await using place = await Place.open();
    const { stderr } = await inShell(place, `{ flatfetch ${name}; echo $? >&2; } | true`);
    assertEquals(stderr, "0\n");
  });
}

Deno.test("flatfetch TSLA -o - with stdout closed exits 0", async () => {
  await using place = await Place.open();
  const { code, stderr } = await inShell(place, "flatfetch -o - >&-");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

for (const end of ["2>&-", "2>&1 >/dev/full | true", "2>/dev/full"]) {
  Deno.test(`flatfetch TSLA with stderr gone (${end}) does its work`, async () => {
    await using place = await Place.open();
    await inShell(place, `verbose -o '${place.home}/bars.csv' ${end}`);
    const bars = await Deno.readTextFile(`${place.home}/bars.csv`);
    assertEquals(bars.trimEnd().split("\n").length, 61);
    assertEquals((await inShell(place, `flatfetch --offline`)).code, 0);
  });
}

/** Runs a line of shell in which `flatfetch` is the program on TSLA, quietly. */
async function inShell(place: Place, line: string) {
  const command = `'${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts' TSLA ` +
    `${IN_SPAN.join(" ")} --cache-dir '${place.cache().directory.path}'`;
  const functions = `verbose() { ${command} "$@"; }; flatfetch() { verbose --quiet "$@"; };`;
  await using shell = Program.start("/bin/sh", {
    args: ["-c", `${functions} ${line}`],
    env: place.env,
  });
  return await shell.ended;
}

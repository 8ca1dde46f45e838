/**
 * What happens on a terminal before more than 2 GiB are downloaded; ignored where none can be
 * made.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import type { Program } from "./program.ts";
import { checkScreen, hasTerminal, startOnTerminal } from "./pseudo_terminal.ts";

const ignore = !hasTerminal;

const QUESTION = "Download 2.4 GB in 60 files? [y/N]";

/** The bucket lists every file with a size that none has, and another version. */
function claim(place: Place): void {
  const listed = { etag: "0".repeat(32), listedSize: 40_000_000 };
  for (const { key, bytes } of place.files) place.s3.objects.put(key, bytes, listed);
}

/** Starts a run and returns when it has asked. */
async function ask(place: Place): Promise<Program> {
  claim(place);
  const cache = ["--cache-dir", place.cache().directory.path];
  const args = ["run", "-A", "--quiet", "--cached-only", `${ROOT}cli.ts`, "TSLA", ...IN_SPAN];
  const run = startOnTerminal(100, { args: [...args, ...cache], env: {}, place });
  await run.output(/\[y\/N\] /, "stdout");
  return run;
}

Deno.test({
  name: "flatfetch TSLA (over 2 GiB) asks, and a yes downloads",
  ignore,
  async fn() {
    await using place = await Place.open();
    await using run = await ask(place);
    assertEquals(place.s3.takeGets(), []);
    // By now the files are replaced: what the run finds then is listed again, and true.
    for (const { key, bytes } of place.files) place.s3.objects.put(key, bytes);
    await run.type("y\n");
    const { code, stdout } = await run.ended;
    assertEquals(code, 0, stdout);
    const lines = checkScreen(stdout, 100);
    assert(lines.includes(`${QUESTION} y`), lines.join("\n"));
    assertStringIncludes(lines.join("\n"), "✅ SUCCESS: Cached 60 days");
  },
});

for (const answer of ["n\n", "\n", "\x04"]) {
  Deno.test({
    name: `flatfetch TSLA (over 2 GiB) asks, and ${JSON.stringify(answer)} ends it (exit 2)`,
    ignore,
    async fn() {
      await using place = await Place.open();
      await using run = await ask(place);
      await run.type(answer);
      const { code, stdout } = await run.ended;
      await place.quiet();
      assertEquals([code, place.s3.takeGets()], [2, []], stdout);
      const lines = checkScreen(stdout, 100).join("\n");
      assertStringIncludes(lines, QUESTION);
      assertStringIncludes(lines, "\n❌ Cannot download 2.4 GB in 60 files: it was not confirmed");
    },
  });
}

Deno.test({
  name: "flatfetch TSLA (over 2 GiB) asks, and Ctrl+C ends it (exit 130)",
  ignore,
  async fn() {
    await using place = await Place.open();
    await using run = await ask(place);
    await run.type("\x03");
    const { code, stdout } = await run.ended;
    await place.quiet();
    assertEquals([code, place.s3.takeGets()], [130, []], stdout);
    const last = checkScreen(stdout, 100).at(-1)!;
    assertEquals(last, "Interrupted: no file done; run the same command to resume");
  },
});

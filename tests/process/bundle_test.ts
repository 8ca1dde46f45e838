/**
 * `deno bundle`: the program as one file, without the thread's module beside it.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { IN_SPAN, Place, ROOT } from "./place.ts";

Deno.test("a bundle does the main job, and its doctor says that it starts no threads", async () => {
  await using place = await Place.open();
  const bundle = `${place.home}/flatfetch.js`;
  await using made = place.deno(["bundle", "-q", "-o", bundle, `${ROOT}cli.ts`], { cwd: ROOT });
  assertEquals((await made.ended).code, 0);

  await using run = place.deno(["run", "-A", bundle, "TSLA", ...IN_SPAN]);
  const { code, stderr } = await run.ended;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "SUCCESS: Cached 60 days of TSLA data");

  await using doctor = place.deno(["run", "-A", bundle, "doctor"]);
  const examined = await doctor.ended;
  assertEquals(examined.stderr, "");
  assertStringIncludes(examined.stdout, "threads: a bundle starts no threads; files are read in");
});

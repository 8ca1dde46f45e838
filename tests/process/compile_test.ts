/**
 * `deno task compile`, with deno itself in the place of the runtime that it fetches.
 *
 * Module graph and embedding are then the real ones; whether the types are right is seen before
 * all tests. Deno itself does not run what is embedded in it; the steps that run the binary are for
 * a real runtime, which the variable `DENORT_BIN` names.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compileTo, PERMISSIONS } from "../../tools/compile.ts";
import manifest from "../../deno.json" with { type: "json" };
import { emptyModules, isRegistryReached, PACKAGES, packagesIn } from "./modules.ts";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { Program } from "./program.ts";

Deno.test("deno task compile embeds and writes one file", async (t) => {
  await using place = await Place.open();
  const binary = `${place.home}/flatfetch`;
  const runtime = Deno.env.get("DENORT_BIN") ?? Deno.execPath();
  const args = compileTo(binary);
  const modules = isRegistryReached ? await emptyModules(place) : await place.freshModules();
  await using compile = place.deno(args.with(-1, "--no-check").concat("cli.ts"), {
    cwd: ROOT,
    env: { ...modules, DENORT_BIN: runtime, NO_COLOR: "1" },
  });
  const { code, stderr } = await compile.ended;
  assertEquals(code, 0, stderr);

  await t.step({
    name: "from the packages that the program uses, without any of the tests",
    ignore: !isRegistryReached,
    fn: () => assertEquals(packagesIn(modules.DENO_DIR!), PACKAGES),
  });

  await t.step("with the sources and the packages that it needs, and no others", () => {
    const parts = ["cli.ts", "deno.json", "load/", "flatfile/", "aws4fetch/"];
    const lazily = ["hyparquet-writer/", "lightweight_charts.js", "page/*"];
    for (const part of [...parts, ...lazily]) {
      assertStringIncludes(stderr, part);
    }
    assert(!/fixtures|tests|fast-check|playwright/.test(stderr), stderr);
  });

  await t.step("as an executable larger than its runtime", async () => {
    const { size, mode } = await Deno.stat(binary);
    assert(size > (await Deno.stat(runtime)).size);
    if (mode !== null) assert(mode & 0o100);
  });

  const start = (args: readonly string[]) => Program.start(binary, { args, env: place.env }).ended;
  const { stdout } = await start(["--version"]);
  const ignore = stdout.startsWith("deno ");

  await t.step({
    name: "that does the main job",
    ignore,
    async fn() {
      assertEquals(stdout, `flatfetch ${manifest.version}\n`);
      const places = ["--cache-dir", place.cache().directory.path];
      const ended = await start(["TSLA", ...IN_SPAN, ...places]);
      assertEquals(ended.code, 0, ended.stderr);
      assertStringIncludes(ended.stderr, "SUCCESS: Cached 60 days of TSLA data");
    },
  });
});

Deno.test("the permissions of the binary are enough for the main job", async () => {
  await using place = await Place.open();
  const places = ["--cache-dir", place.cache().directory.path, "-o", place.cache().output];
  await using run = place.deno([
    "run",
    ...PERMISSIONS,
    `${ROOT}cli.ts`,
    "TSLA",
    ...IN_SPAN,
    ...places,
  ]);
  const { code, stderr } = await run.ended;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "SUCCESS: Cached 60 days of TSLA data");
});

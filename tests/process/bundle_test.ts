/**
 * `deno task bundle`: the program in one file.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import { bundleProgram } from "../../tools/bundle.ts";
import { leastPermissions } from "./permissions.ts";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import { pythonServer } from "./python_server.ts";

const FILE = `${await Deno.makeTempDir({ prefix: "flatfetch_" })}/flatfetch.js`;
Deno.test.beforeAll(() => bundleProgram(FILE));
Deno.test.afterAll(() => Deno.remove(dirname(FILE), { recursive: true }));

const SUCCESS = "SUCCESS: Cached 60 days of TSLA data";

Deno.test("dist/flatfetch.js does the main job, on threads, with the README's permissions", async () => {
  await using place = await Place.open();
  const flatfetch = (...args: readonly string[]) => {
    const flags = ["--no-prompt", ...leastPermissions(place)];
    return place.deno(["run", ...flags, FILE, ...args, "--endpoint", place.url]);
  };
  await using run = flatfetch("TSLA", ...IN_SPAN);
  const { code, stderr } = await run.ended;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, SUCCESS);

  await using doctor = flatfetch("doctor");
  assertStringIncludes((await doctor.ended).stdout, "threads: files are read on threads");
});

Deno.test("bundleProgram() takes a folder for temporary files whose name is no part of a URL", async () => {
  await using place = await Place.open();
  const folder = `${place.home}/a #1 %20?`;
  await Deno.mkdir(folder);
  const module = import.meta.resolve("../../tools/bundle.ts");
  const code = `import { bundleProgram } from ${JSON.stringify(module)};
    await bundleProgram("own.js");`;
  await using made = place.deno(["eval", code], { cwd: folder, env: { TMPDIR: folder } });
  const { code: exitCode, stderr } = await made.ended;
  assertEquals([exitCode, stderr], [0, ""]);
  await using run = place.deno(["run", "own.js", "--version"], { cwd: folder });
  assertStringIncludes((await run.ended).stdout, "flatfetch ");
  assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["own.js"]);
});

Deno.test("dist/flatfetch.js writes every format and the chart page, whose parts are loaded late", async () => {
  await using place = await Place.open();
  const sizes = [];
  for (const output of ["bars.csv.gz", "bars.parquet", "bars.ndjson", "chart.html"]) {
    const how = output.endsWith(".html") ? ["chart", "TSLA", "--html"] : ["TSLA", "-o"];
    const path = `${place.home}/${output}`;
    await using run = place.deno(["run", "-A", FILE, ...how, path, ...IN_SPAN]);
    const { code, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    sizes.push((await Deno.stat(path)).size);
  }
  assertEquals(sizes.map((size) => size > 1_000), [true, true, true, true]);
});

Deno.test({
  name: "dist/flatfetch.js runs from a URL of python's http.server, whatever that takes .ts for",
  ignore: !await pythonServer.isInstalled(),
  async fn() {
    await using place = await Place.open();
    await using server = await pythonServer.start(dirname(FILE));
    const env = await place.freshModules();
    const url = `${server.url}/flatfetch.js`;
    await using run = place.deno(["run", "-A", url, "TSLA", ...IN_SPAN], { env });
    const { code, stderr } = await run.ended;
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, SUCCESS);
    await using doctor = place.deno(["run", "-A", url, "doctor"], { env });
    assertStringIncludes((await doctor.ended).stdout, "threads: files are read on threads");
  },
});

Deno.test("a bundle of one's own does the main job in place, and its doctor says so", async () => {
  await using place = await Place.open();
  const file = `${place.home}/own.js`;
  await using made = place.deno(["bundle", "-q", "-o", file, `${ROOT}cli.ts`], { cwd: ROOT });
  assertEquals((await made.ended).code, 0);
  await using run = place.deno(["run", "-A", file, "TSLA", ...IN_SPAN]);
  const { code, stderr } = await run.ended;
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, SUCCESS);
  await using doctor = place.deno(["run", "-A", file, "doctor"]);
  assertStringIncludes(
    (await doctor.ended).stdout,
    "threads: a bundle starts no threads; files are read in",
  );
});

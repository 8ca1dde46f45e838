/**
 * What is loaded before anything happens: the time to start is made of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { files } from "./sources.ts";

const needsOf = new Map(files.map(({ path, needs }) => [path, needs]));

/** Every file that is loaded with the first ones. */
function loadedWith(...paths: readonly string[]): string[] {
  const loaded = new Set(paths);
  for (const path of loaded) for (const need of needsOf.get(path) ?? []) loaded.add(need);
  return [...loaded];
}

/** What of Node.js they use. */
function nodeUses(paths: readonly string[]): string[] {
  const uses = files.filter(({ path }) => paths.includes(path)).flatMap(({ uses }) => uses);
  return uses.filter((use) => use.startsWith("node:"));
}

Deno.test("flatfetch --help loads nothing of the library but what checks a command line", () => {
  const loaded = loadedWith("cli.ts", "lib/cli/commands/help_run.ts");
  const others = loaded.filter((path) =>
    !/^(cli\.ts|deno\.json|lib\/((errors|given)\.ts|cli\/|market\/|s3\/(key_variables|refusal_reason)\.ts|adjust\/rest_api_key\.ts|http\/status\.ts))/
      .test(path)
  );
  assertEquals(others.sort(), [
    "lib/deps/std_async.ts",
    "lib/deps/std_cli.ts",
    "lib/deps/std_text.ts",
    "lib/export/export_request.ts",
    "lib/output/format.ts",
  ]);
  assertEquals(loaded.filter((path) => path.endsWith("_run.ts")), [
    "lib/cli/commands/help_run.ts",
  ]);
  assertEquals(nodeUses(loaded), []);
});

Deno.test("flatfetch completions loads nothing of the library but what checks a command line", () => {
  const loaded = loadedWith("cli.ts", "lib/cli/commands/completions_run.ts");
  const help = loadedWith("cli.ts", "lib/cli/commands/help_run.ts");
  const more = loaded.filter((path) => !help.includes(path) && !path.startsWith("lib/cli/"));
  assertEquals(more, []);
});

Deno.test("flatfetch TSLA (cached) loads nothing that talks to the bucket, extracts or draws", () => {
  const loaded = loadedWith("cli.ts", "lib/cli/commands/preload_run.ts");
  const heavy = loaded.filter((path) =>
    /^lib\/(deps\/(?!std_(async|cli|fmt|text))|lake\/|load\/lake|export\/(?!export_request\.)|fleet\/|load\/(update|run_connection|fetcher)|bucket\/download|flatfile\/extract|adjust\/(load_actions|rest_client)|http\/sender|s3\/(client|documents|sign))/
      .test(path)
  );
  assertEquals(heavy, []);
  assert(loaded.includes("lib/load/preload.ts") && loaded.includes("lib/cache/entry.ts"));
  assert(!loaded.includes("mod.ts"));
});

Deno.test("flatfetch chart TSLA loads nothing of the page, and TSLA alone nothing that charts", () => {
  const charting = /^lib\/(cli\/)?chart\//;
  const loaded = loadedWith("cli.ts", "lib/cli/commands/chart_run.ts");
  assertEquals(loaded.filter((path) => path.startsWith("lib/chart/")), []);
  assert(loaded.includes("lib/cli/chart/render_chart.ts"));
  const alone = loadedWith("cli.ts", "lib/cli/commands/preload_run.ts");
  assertEquals(alone.filter((path) => charting.test(path)), []);
});

Deno.test("a run loads what talks to the bucket", () => {
  const loaded = loadedWith("lib/load/update.ts");
  for (const path of ["lib/s3/client.ts", "lib/s3/documents.ts", "lib/deps/aws4fetch.ts"]) {
    assert(loaded.includes(path), path);
  }
});

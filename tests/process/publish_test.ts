/**
 * `deno publish`, without its last step.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Place, ROOT } from "./place.ts";

Deno.test("deno publish --dry-run finds nothing to mend, and takes the program and its pages alone", async () => {
  await using place = await Place.open();
  // The types are checked by who checks the tests; slow ones are found all the same.
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  await using publish = place.deno(args, { cwd: ROOT, env: { NO_COLOR: "1" } });
  const { code, stderr } = await publish.ended;
  assertEquals(code, 0, stderr);
  assert(
    !/warning|error/i.test(stderr.replace(/errors?\.ts|\S*(error|warning)\S*\.ts/g, "")),
    stderr,
  );
  const files = Array.from(
    stderr.matchAll(/file:\/\/(\S+)/g),
    ([, path]) => decodeURIComponent(path!).slice(ROOT.length),
  );
  assert(files.includes("lib/flatfile/extract_worker.ts"), stderr);
  const pages = files.filter((path) => path === "README.md" || path.startsWith("docs/"));
  const linked = await Promise.all(pages.map(linksOf));
  assertEquals(new Set(linked.flat()).difference(new Set(files)), new Set());
  const others = files.filter((path) =>
    !/^((lib|examples)\/|(cli|mod)\.ts$|deno\.json$|LICENSE$|.*\.(md|svg|png)$)/.test(path)
  );
  assertEquals(others, []);
});

/** The files of the project that a page leads to or shows. */
async function linksOf(page: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}${page}`);
  return Array.from(text.matchAll(/\]\((?!\w+:|#)([^)#]+)/g), ([, link]) => {
    return new URL(link!, `file:///${page}`).pathname.slice(1);
  });
}

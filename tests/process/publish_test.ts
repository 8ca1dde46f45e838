/**
 * `deno publish`, without its last step.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Place, ROOT } from "./place.ts";

Deno.test("deno publish --dry-run finds nothing to mend, and takes the program alone", async () => {
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
  const others = files.filter((path) =>
    !/^(lib\/|(cli|mod)\.ts$|deno\.json$|LICENSE$|README\.md$)/.test(path)
  );
  assertEquals(others, []);
});

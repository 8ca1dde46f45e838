/**
 * The pages for readers: short where they must be, current, and linked to what is there.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { optionsPage, PAGE } from "../tools/options_page.ts";

const ROOT = new URL("../", import.meta.url);
const PAGES = [
  "README.md",
  ...Array.from(Deno.readDirSync(new URL("docs/", ROOT)), ({ name }) => `docs/${name}`),
  ...["lib/README.md", "tests/README.md", "tests/bench/README.md", "fixtures/README.md"],
];

Deno.test("docs/options.md is what deno task options makes", async () => {
  assertEquals(await Deno.readTextFile(PAGE), await optionsPage());
});

Deno.test("docs/options.md has every variable and every file once", async () => {
  const page = await optionsPage();
  for (const title of ["Environment", "Files"]) {
    const [, section = ""] = page.split(`## ${title}\n`);
    const names = Array.from(
      section.split("\n## ")[0]!.matchAll(/^\| `(.*?)`/gm),
      ([, name]) => name,
    );
    assertEquals(names, [...new Set(names)]);
  }
});

Deno.test("README.md has under 200 lines", async () => {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  assert(text.split("\n").length < 200);
});

Deno.test("every link of a page leads to a file, and to a heading of it", async () => {
  for (const page of PAGES) {
    const at = new URL(page, ROOT);
    const text = await Deno.readTextFile(at);
    for (const [, link] of text.matchAll(/\]\(([^)]+)\)/g)) {
      const target = new URL(link!, at);
      if (target.protocol !== "file:") continue;
      const anchor = target.hash.slice(1);
      target.hash = "";
      const isThere = await Deno.stat(target).then(() => true, () => false);
      assert(isThere, `${page} links to ${link}`);
      if (anchor === "") continue;
      assert(anchors(await Deno.readTextFile(target)).includes(anchor), `${page} links to ${link}`);
    }
  }
});

Deno.test("tests/README.md names files of tests that there are, and tests that they have", async () => {
  const page = await Deno.readTextFile(new URL("tests/README.md", ROOT));
  const rows = page.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.split(" | ")[1]!
  );
  const files = rows.flatMap((row) => row.split(/(?=`[\w/]+\.ts`)/))
    .filter((part) => /^`[\w/]+\.ts`/.test(part));
  assert(files.length > 80);
  for (const part of files) {
    const [, file] = /^`(.*?)`/.exec(part)!;
    const text = await Deno.readTextFile(new URL(`tests/${file}`, ROOT)).catch(() => "");
    assert(text !== "", `tests/README.md names ${file}`);
    for (const [, quoted] of part.matchAll(/"(.*?)"/g)) {
      const pieces = quoted!.split("…").map((piece) => RegExp.escape(piece.trim()));
      const isThere = new RegExp(`^.*${pieces.join(".*")}`, "m").test(text);
      assert(isThere, `tests/README.md names "${quoted}" of ${file}`);
    }
  }
});

/** What GitHub calls the headings of a page. */
function anchors(markdown: string): string[] {
  return Array.from(
    markdown.matchAll(/^#+ (.*)$/gm),
    ([, title]) => title!.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-"),
  );
}

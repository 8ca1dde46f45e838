/** What the library throws can be told apart by whoever uses it. */

import { assert, assertEquals } from "@std/assert";
import * as errors from "../lib/errors.ts";
import * as library from "../mod.ts";
import { files } from "./sources.ts";

const PUBLIC = Object.values(library) as readonly unknown[];

/** Whether a class of errors, or one that it extends, is exported. */
function isPublic(of: unknown): boolean {
  return PUBLIC.includes(of) || typeof of === "function" && isPublic(Object.getPrototypeOf(of));
}

Deno.test("mod.ts exports each error, or the kind that it is of, that its functions say they throw", async () => {
  const { needs } = files.find(({ path }) => path === "mod.ts")!;
  const texts = await Promise.all(
    needs.map((path) => Deno.readTextFile(new URL(`../${path}`, import.meta.url))),
  );
  const said = texts.flatMap((text) =>
    Array.from(text.matchAll(/@(?:throws|linkcode) [^}]*?(\w+Error)\b/g), ([, name]) => name)
  );
  const own = Object.entries(errors).filter(([name]) => said.includes(name));
  assert(own.length >= 10, `only ${own.map(([name]) => name)}`);
  assertEquals(own.filter(([, of]) => !isPublic(of)).map(([name]) => name), []);
});

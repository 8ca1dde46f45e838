import { assertEquals, assertRejects } from "@std/assert";
import { IntegrityError } from "../../lib/errors.ts";
import type { ListingPage } from "../../lib/s3/documents.ts";
import { followPages, MAX_PAGES } from "../../lib/s3/pages.ts";

const object = (key: string) => ({ key, size: 1, etag: "e" });

Deno.test("followPages() asks for each page by the token of the one before", async () => {
  const pages: Record<string, ListingPage> = {
    first: { objects: [object("a"), object("b")], nextToken: "x" },
    x: { objects: [], nextToken: "y" },
    y: { objects: [object("c")], nextToken: undefined },
  };
  const keys = await Array.fromAsync(
    followPages("p/", (token) => Promise.resolve(pages[token ?? "first"]!)),
    ({ key }) => key,
  );
  assertEquals(keys, ["a", "b", "c"]);
});

Deno.test("followPages() refuses tokens that go in a circle", async () => {
  let count = 0;
  const fetchPage = () => Promise.resolve({ objects: [], nextToken: `t${count++ % 3}` });
  const error = await assertRejects(
    () => Array.fromAsync(followPages("p/", fetchPage)),
    IntegrityError,
    'Cannot list "p/": a page comes twice',
  );
  assertEquals([error.check, count], ["listing", 4]);
});

Deno.test("followPages() ends after 10,000 pages", async () => {
  let count = 0;
  const fetchPage = () => Promise.resolve({ objects: [], nextToken: `${count++}` });
  await assertRejects(
    () => Array.fromAsync(followPages("p/", fetchPage)),
    IntegrityError,
    "more than 10000 pages",
  );
  assertEquals(count, MAX_PAGES);
});

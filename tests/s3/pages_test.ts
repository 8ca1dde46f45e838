import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { ConfigurationError, IntegrityError } from "../../lib/errors.ts";
import type { ListingPage } from "../../lib/s3/documents.ts";
import { followPages, MAX_KEYS, MAX_PAGES } from "../../lib/s3/pages.ts";

const object = (key: string, size = 1, etag = "e") => ({ key, size, etag });

/** The keys of pages that follow each other, and how many of them were asked for. */
async function follow(pages: readonly (readonly ReturnType<typeof object>[])[]) {
  let count = 0;
  const fetchPage = () => {
    const objects = [...pages[count]!];
    const nextToken = ++count < pages.length ? `t${count}` : undefined;
    return Promise.resolve({ objects, nextToken });
  };
  const keys = await Array.fromAsync(followPages("p/", fetchPage), ({ key }) => key);
  return { keys, count };
}

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

Deno.test("followPages() asks for no more pages where there are too many keys for daily files", async () => {
  let count = 0;
  const fetchPage = () => {
    const objects = Array.from({ length: 1_000 }, (_, i) => object(`p/${count}/${i}`));
    return Promise.resolve({ objects, nextToken: `${count++}` });
  };
  await assertRejects(
    () => Array.fromAsync(followPages("p/", fetchPage)),
    ConfigurationError,
    'Cannot list "p/": it has more than 100000 keys',
  );
  assertEquals(count, MAX_KEYS / 1_000 + 1);
});

Deno.test("followPages() has each key once where pages overlap or repeat a key", async () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((key) => object(key));
  assertEquals((await follow([[a!, b!], [b!, c!], [c!, d!]])).keys, ["a", "b", "c", "d"]);
  assertEquals((await follow([[a!, b!], [b!]])).keys, ["a", "b"]);
  assertEquals((await follow([[a!, b!, b!]])).keys, ["a", "b"]);
  assertEquals((await follow([[c!, a!], [b!, a!, d!]])).keys, ["c", "a", "b", "d"]);
});

for (
  const [what, other] of [["size", object("b", 2)], ["ETag", object("b", 1, "f")], [
    "ETag, once missing",
    object("b", 1, ""),
  ]] as const
) {
  Deno.test(`followPages() refuses a key that comes with another ${what}`, async () => {
    for (const pages of [[[object("b"), other]], [[object("b")], [object("c"), other]]]) {
      const error = await assertRejects(() => follow(pages), IntegrityError);
      assertEquals(error.check, "listing");
      assertEquals(
        error.message,
        'Cannot list "p/": it has a key twice, with different sizes or ETags',
      );
    }
  });
}

Deno.test("followPages() has each key of any pages once, in the order of coming", async () => {
  const page = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 6 }), async (pages) => {
      const all = [...new Set(pages.flat())];
      const goesOn = pages.slice(0, -1);
      const isNew = (keys: string[], i: number) =>
        keys.some((key) => !goesOn.slice(0, i).flat().includes(key));
      const following = follow(pages.map((keys) => keys.map((key) => object(key))));
      if (goesOn.every(isNew)) assertEquals((await following).keys, all);
      else await assertRejects(() => following, IntegrityError, "a page comes twice");
    }),
  );
});

Deno.test("followPages() refuses the same page for tokens that are always new", async () => {
  let count = 0;
  const objects = [object("a"), object("b")];
  const fetchPage = () => Promise.resolve({ objects, nextToken: `${count++}` });
  const pages = followPages("p/", fetchPage);
  await assertRejects(() => Array.fromAsync(pages), IntegrityError, "a page comes twice");
  assertEquals(count, 2);
});

Deno.test("followPages() takes keys that a server could not write for different ones", async () => {
  const keys = ["a\ufffd", "a\ufffd", "b"];
  assertEquals((await follow([keys.map((key, size) => object(key, size))])).keys, keys);
});

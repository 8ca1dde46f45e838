/** What a run makes of listings as other servers write them, and of what else lies in a bucket. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { type KeptListing, readListing, writeListing } from "../../lib/cache/kept_listing.ts";
import { diagnose, IntegrityError } from "../../mod.ts";
import { IN_QUARTER, KEYS, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

type Rewrite = (document: string, asked: URLSearchParams) => string;

/** A `fetch` that makes the world's server write its listings as another one does. */
function writing(rewrite: Rewrite): typeof fetch {
  return async (input, init) => {
    const asked = new URL(String(input)).searchParams;
    const response = await fetch(input, init);
    if (!asked.has("list-type") || !response.ok) return response;
    return new Response(rewrite(await response.text(), asked));
  };
}

const contentsOf = (document: string) => document.match(/<Contents>.*?<\/Contents>/g) ?? [];

/** What servers leave out, leave empty or write otherwise. */
const SERVERS: Readonly<Record<string, Rewrite>> = {
  "no KeyCount": (document) => document.replace(/<KeyCount>\d+<\/KeyCount>/, ""),
  "no KeyCount where nothing matches": (document) => document.replace("<KeyCount>0</KeyCount>", ""),
  "an empty EncodingType": (document) => document.replace("<EncodingType>url<", "<EncodingType><"),
  "no EncodingType": (document) => document.replace("<EncodingType>url</EncodingType>", ""),
  "every slash encoded": (document) =>
    document.replace(/(?<=<Key>).*?(?=<)/g, (key) => key.replaceAll("/", "%2F")),
  "keys alone with their sizes": (document) =>
    document.replace(/<(Name|Prefix|MaxKeys|LastModified|ETag|StorageClass)>.*?<\/\1>/g, ""),
  "empty ETags": (document) => document.replace(/&quot;\w+&quot;/g, "&quot;&quot;"),
  "bare ETags": (document) => document.replaceAll("&quot;", ""),
  "weak ETags": (document) => document.replaceAll("<ETag>", "<ETag>W/"),
  "the newest key first": (document) =>
    document.replace(/<Contents>.*<\/Contents>/, contentsOf(document).reverse().join("")),
  "every key twice": (document) =>
    document.replaceAll(/<Contents>.*?<\/Contents>/g, "$&$&").replace(
      /<KeyCount>.*?</,
      "<KeyCount><",
    ),
};

for (const [what, rewrite] of Object.entries(SERVERS)) {
  Deno.test(`preload() works with a server that lists ${what}`, async () => {
    const files = stockFiles();
    await using world = await World.open([files], { maxKeys: 7 });
    const options = { from: "2024-12-01", to: QUARTER.to, fetch: writing(rewrite) };
    const { bars, summary } = await world.load(["TSLA"], options);
    assertEquals(bars.TSLA, files.truth("TSLA"));
    assertEquals([summary.complete, summary.files.listed], [true, 60]);
    assertEquals(world.takeGets(), keysOf(files));
    assertEquals((await world.load(["TSLA"], options)).bars.TSLA, files.truth("TSLA"));
    assertEquals(world.takeGets(), []);
  });
}

Deno.test("preload() works with a server that has no ETags, and keeps its files", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const list = writing(SERVERS["empty ETags"]!);
  const bare: typeof fetch = async (input, init) => {
    const response = await list(input, init);
    const headers = new Headers(response.headers);
    headers.delete("etag");
    return new Response(response.body, { status: response.status, headers });
  };
  const { summary } = await world.load(["TSLA"], { ...QUARTER, fetch: bare });
  assertEquals([summary.files.downloaded, summary.files.md5Checked], [60, 0]);
  world.takeGets();
  const date = files.dates[30]!;
  const { bytes } = files.file(date);
  await Deno.writeFile(`${world.cache}/objects/${files.keyOf(date)}`, bytes.fill(0, 99, 100));
  const { bars } = await world.load(["AAPL"], { ...QUARTER, fetch: bare });
  assertEquals(bars.AAPL, files.truth("AAPL"));
  assertEquals(world.takeGets(), [files.keyOf(date)]);
  const other = files.file(files.dates[31]!);
  world.s3.objects.put(files.keyOf(date), other.bytes);
  await world.load(["AAPL"], { ...QUARTER, fetch: bare, refresh: true });
  assertEquals(world.takeGets(), [files.keyOf(date)]);
});

/** Pages that begin with what the page before ended with, as changed by `again`. */
function overlapping(again: (contents: string) => string = (contents) => contents): Rewrite {
  let before: string[] = [];
  return (document, asked) => {
    const own = contentsOf(document);
    const repeated = asked.has("continuation-token") ? before.slice(-3).map(again).join("") : "";
    before = own;
    return document.replace("<Contents>", `${repeated}<Contents>`)
      .replace(/<KeyCount>.*?<\/KeyCount>/, "");
  };
}

for (const concurrency of [1, 20]) {
  Deno.test(`preload() has each bar once where pages overlap, ${concurrency} at once`, async () => {
    const files = stockFiles();
    await using world = await World.open([files], { maxKeys: 10 });
    const options = { ...QUARTER, interval: "1wk" as const, concurrency };
    const fetch = writing(overlapping());
    const { bars, summary } = await world.load(["TSLA"], { ...options, fetch });
    assertEquals([summary.files.listed, summary.files.downloaded], [60, 60]);
    assertEquals(world.takeGets(), keysOf(files));
    assertEquals((await world.load(["TSLA"], options)).bars.TSLA, bars.TSLA);
    await using undisturbed = await World.open([files]);
    assertEquals((await undisturbed.load(["TSLA"], options)).bars.TSLA, bars.TSLA);
  });
}

for (
  const [what, pattern, other] of [
    ["size", /<Size>\d+/, "<Size>1"],
    ["ETag", /&quot;\w+/, `&quot;${"0".repeat(32)}`],
  ] as const
) {
  Deno.test(`preload() refuses pages that have a key with another ${what}`, async () => {
    await using world = await World.open([stockFiles()], { maxKeys: 10 });
    const fetch = writing(overlapping((contents) => contents.replace(pattern, other)));
    const error = await assertRejects(
      () => world.load(["TSLA"], { ...QUARTER, fetch }),
      IntegrityError,
    );
    assertMatch(error.message, /^Cannot list ".*2025\/": it has a key twice, with different/);
    assertEquals(world.takeGets(), []);
  });
}

Deno.test("preload() has each bar once where a kept listing has a key twice", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["AAPL"], QUARTER);
  const directory = new CacheDirectory(world.cache);
  const prefix = `${files.dataset}/2025/`;
  const source = `${world.url} flatfiles`;
  const kept = await readListing(directory, { source, prefix }) as KeptListing;
  await writeListing(directory, { ...kept, objects: kept.objects.flatMap((one) => [one, one]) });
  for (const cached of [false, true]) {
    const { bars, summary } = await world.load(["TSLA"], QUARTER);
    assertEquals(bars.TSLA, files.truth("TSLA"));
    assertEquals([summary.files.listed, summary.symbols.TSLA?.cached], [60, cached]);
  }
});

Deno.test("diagnose() finds no fault with a server that counts no keys", async () => {
  const files = generateStockDays({ tickers: 17, from: "2025-01-02", to: "2025-01-10" });
  await using world = await World.open([files]);
  const keys = { credentials: KEYS, source: "here", endpoint: undefined, region: undefined };
  const examinations = diagnose({
    cacheDirectory: world.cache,
    endpoint: world.url,
    findCredentials: () => Promise.resolve({ kind: "found", ...keys }),
    fetch: writing(SERVERS["no KeyCount"]!),
  });
  const failed = (await Array.fromAsync(examinations)).filter(({ status }) => status === "failure");
  assertEquals(failed, []);
});

/** Names that no flat file has, and how they are shown. */
const STRAYS: Readonly<Record<string, string>> = {
  "\x01": "\\u0001",
  "\ttab": "\\ttab",
  "a\nb\r": "a\\nb\\r",
  "dir/": "dir/",
  "x\x7f": "x\\u007f",
  "../up": "../up",
  "//": "//",
  "README 100% + more.txt": "README 100% + more.txt",
  "01/2025-01-02.csv.gz\x7f": "01/2025-01-02.csv.gz\\u007f",
  "01/2025-01-02.csv.gz/": "01/2025-01-02.csv.gz/",
};

async function withStrays(): Promise<{ world: World; files: ReturnType<typeof stockFiles> }> {
  const files = stockFiles();
  const world = await World.open([files], { maxKeys: 4 });
  for (const name of Object.keys(STRAYS)) {
    const bytes = new Uint8Array(name === "dir/" ? 0 : 3);
    world.s3.objects.put(`${files.dataset}/2025/${name}`, bytes);
  }
  return { world, files };
}

/** The line that tells of the strays; the server lists them by their bytes. */
function strayLine(dataset: string): string {
  const names = Object.keys(STRAYS).sort().slice(0, 5)
    .map((name) => `"${dataset}/2025/${STRAYS[name]}"`);
  return `📌 Passed over 10 objects that are no flat files: ${names.join(", ")} and 5 more`;
}

Deno.test("flatfetch TSLA (strays among the files) exits 0, and names them with --debug", async () => {
  const { world, files } = await withStrays();
  await using _ = world;
  const first = await world.run(["TSLA", ...IN_QUARTER, "--debug"]);
  assertEquals(first.stderr.split("\n").filter((line) => line.startsWith("📌")), [
    strayLine(files.dataset),
  ]);
  assertEquals([first.code, world.takeGets()], [0, keysOf(files)]);
  const hit = await world.run(["TSLA", ...IN_QUARTER, "--debug"]);
  assertEquals([hit.code, hit.stderr.includes(strayLine(files.dataset))], [0, true]);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).stderr.includes("📌"), false);
  assertEquals((await world.load(["TSLA"], QUARTER)).bars.TSLA, files.truth("TSLA"));
});

Deno.test("flatfetch check TSLA (strays among the files) is clean, counts and names them", async () => {
  const { world, files } = await withStrays();
  await using _ = world;
  await world.load(["TSLA"], QUARTER);
  const { code, stdout, stderr } = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertEquals([code, stdout], [0, ""]);
  assertEquals(stderr.split("\n").slice(1), [strayLine(files.dataset), ""]);
  const json = await world.run(["check", "TSLA", ...IN_QUARTER, "--json"]);
  assertEquals(JSON.parse(json.stdout).strays.count, 10);
});

Deno.test("preload() passes over strays of a server that does not encode keys", async () => {
  const { world, files } = await withStrays();
  await using _ = world;
  const plain = (key: string) =>
    decodeURIComponent(key.replaceAll("+", " "))
      .replace(/[\p{Cc}&<]/gu, (char) => `&#${char.charCodeAt(0)};`);
  const fetch = writing((document) =>
    document.replace("<EncodingType>url</EncodingType>", "")
      .replace(/(?<=<Key>).*?(?=<)/g, plain)
  );
  assertEquals((await world.load(["TSLA"], { ...QUARTER, fetch })).bars.TSLA, files.truth("TSLA"));
  const lost = writing((document) =>
    document.replace(/(?<=<Key>).*?(?=<)/g, (key) => key.replace(/%(0.|7F)/g, "\ufffd"))
  );
  const options = { ...QUARTER, fetch: lost, refresh: true };
  assertEquals((await world.load(["TSLA"], options)).bars.TSLA, files.truth("TSLA"));
});

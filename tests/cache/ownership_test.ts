import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ANSWER_KINDS, CacheDirectory } from "../../lib/cache/directory.ts";
import { KeptFiles } from "../../lib/cache/kept_files.ts";
import { writeListing } from "../../lib/cache/kept_listing.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { isOwnTemporary, ownershipOf } from "../../lib/cache/ownership.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { ForeignDirectoryError } from "../../lib/errors.ts";
import { openCache } from "../../lib/read/open_cache.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { namesIn, sampleRecords, withDirectory } from "./samples.ts";

const PREFIX = `${of.dataset}/2024/`;

/** What each kind of file of an older version's cache is made by. */
const OLDER: Readonly<Record<string, (directory: CacheDirectory) => Promise<void>>> = {
  "a journal": async (directory) => {
    await using store = await TickerRecords.open(directory, of);
    store.add(sampleRecord(0));
    await Deno.remove(directory.lockPath(of.dataset, of.ticker));
  },
  "an entry": async (directory) => {
    await using store = await TickerRecords.open(directory, of);
    store.add(sampleRecord(0));
    await TickerRecords.foldAll([store]);
    await Deno.remove(directory.lockPath(of.dataset, of.ticker));
  },
  "a compressed entry": async (directory) => {
    await using store = await TickerRecords.open(directory, of);
    store.addAll(sampleRecords(10_000));
    await TickerRecords.foldAll([store]);
    await Deno.remove(directory.lockPath(of.dataset, of.ticker));
  },
  "a lock, as after clear --all": async (directory) => {
    await using _store = await TickerRecords.open(directory, of);
  },
  "a listing": (directory) =>
    writeListing(directory, { source: "s", prefix: PREFIX, listedAtMs: 0, objects: [] }),
  ...Object.fromEntries(ANSWER_KINDS.map((kind) => [kind, (directory: CacheDirectory) => {
    const format = { format: `flatfetch-${kind}`, version: 1 };
    return new KeptFiles(directory).writeLine(directory.answerPath(kind, "TSLA"), format, {});
  }])),
};

for (const [what, make] of Object.entries(OLDER)) {
  Deno.test(`CacheDirectory knows the cache of an older version by ${what}, and marks it`, async () => {
    await withDirectory(async (path) => {
      const directory = new CacheDirectory(path);
      await make(directory);
      assertEquals(await directory.check(), "older");
      await Deno.writeTextFile(`${path}/notes.txt`, "mine");
      await directory.make();
      assertEquals([await ownershipOf(path), await directory.check()], ["older", "older"]);
      await Deno.remove(`${path}/notes.txt`);
      await directory.make();
      assertEquals(await directory.check(), "marked");
    });
  });
}

/** Directories that somebody else has: what is in them, folders with a slash at their ends. */
const FOREIGN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a stray file": { "notes.txt": "mine" },
  "a hidden file": { ".gitkeep": "" },
  "a repository": {
    "HEAD": "ref",
    "config": "",
    "objects/": "",
    "objects/1a/2b3c": "x",
    "refs/": "",
  },
  "a project with our names": {
    "objects/a.o": "x",
    "objects/us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz": "\x1f\u008b",
    "listings/2024.json": "{}",
    "splits/TSLA.json": "[]",
    "bars/x/y/TSLA.ndjson": '{"a":1}\n',
    "bars/x/y/TSLA.lock": "pid 7",
    ".progress_TSLA_5y_1d.ndjson": "{}\n",
  },
  "a file with the name of a folder of ours": { "bars": "x" },
  "a link with the name of a folder of ours": { "objects@": "/etc" },
  "another program's mark": {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# by cargo\n",
    "debug/": "",
  },
  "a link in the place of the mark": { "CACHEDIR.TAG@": "/etc/passwd", "x": "" },
};

async function fill(path: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    const at = `${path}/${name.replace("@", "")}`;
    await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    if (name.endsWith("@")) await Deno.symlink(text, at);
    else if (!name.endsWith("/")) await Deno.writeTextFile(at, text);
  }
}

for (const [what, files] of Object.entries(FOREIGN)) {
  Deno.test(`CacheDirectory uses no directory with ${what}, for nothing`, async () => {
    await withDirectory(async (path) => {
      await fill(path, files);
      const before = await treeOf(path);
      const directory = new CacheDirectory(path);
      for (const use of [() => directory.make(), () => directory.check(), () => openCache(path)]) {
        const error = await assertRejects(use, ForeignDirectoryError);
        assertStringIncludes(
          error.message,
          `Cannot use cache directory "${path}": it has other files`,
        );
      }
      assertEquals(await treeOf(path), before);
      await new CacheDirectory(`${path}/flatfetch`).make();
      assertEquals(await namesIn(`${path}/flatfetch`), ["CACHEDIR.TAG"]);
    });
  });
}

Deno.test("CacheDirectory takes a directory with what systems or killed runs leave for an empty one", async () => {
  for (
    const name of [
      ".DS_Store",
      "lost+found/",
      "._x",
      "desktop.ini",
      "bars/x/y/",
      ".Trash-1000/",
      ".owner.0123abcd.tmp",
    ]
  ) {
    await withDirectory(async (path) => {
      await fill(path, { [name]: "" });
      await new CacheDirectory(path).make();
      assertEquals(await ownershipOf(path), "marked", name);
    });
  }
});

Deno.test("CacheDirectory never writes over another's mark", async () => {
  await withDirectory(async (path) => {
    const text = "Signature: 8a477f597d28d172789f06886806bc55\n";
    await fill(path, { "CACHEDIR.TAG": text });
    const directory = new CacheDirectory(path);
    await directory.make();
    await OLDER["an entry"]!(directory);
    await directory.make();
    assertEquals([await directory.check(), await Deno.readTextFile(`${path}/CACHEDIR.TAG`)], [
      "older",
      text,
    ]);
  });
});

Deno.test("CacheDirectory's mark is one that backups know", async () => {
  await withDirectory(async (path) => {
    await new CacheDirectory(`${path}/cache`).make();
    const text = await Deno.readTextFile(`${path}/cache/CACHEDIR.TAG`);
    assertEquals(text.slice(0, 43), "Signature: 8a477f597d28d172789f06886806bc55");
  });
});

/** A cache with one file of each kind, and beside each of them somebody else's. */
async function mixed(path: string): Promise<{ readonly others: string[] }> {
  const directory = new CacheDirectory(path);
  for (const make of Object.values(OLDER)) await make(directory);
  await new ObjectStore(directory).write(sampleRecord(0).key, Uint8Array.of(0x1f, 0x8b, 8));
  const others = {
    "notes.txt": "mine",
    ".progress_notes.txt": "mine",
    "bars/notes.txt": "mine",
    [`bars/${of.dataset}/notes.ndjson`]: "mine",
    "objects/1a/2b3c": "blob",
    [`objects/${of.dataset}/2024/03/notes`]: "mine",
    [`objects/${of.dataset}/2024/03/2024-03-08.csv`]: "mine",
    "listings/a.txt": "mine",
    "splits/tsla.json": "mine",
    "splits/link@": "/etc/passwd",
  };
  await fill(path, others);
  return { others: Object.keys(others).map((name) => `${path}/${name.replace("@", "")}`).sort() };
}

for (const isMarked of [true, false]) {
  const kind = isMarked ? "a marked cache" : "an older cache with other files";
  Deno.test(`Cache.clearAll() of ${kind} leaves what is not provably its own, and names it`, async () => {
    await withDirectory(async (path) => {
      if (isMarked) await new CacheDirectory(path).make();
      const { others } = await mixed(path);
      const left: string[] = [];
      await (await openCache(path)).clearAll({ onLeft: (path) => left.push(path) });
      const objectPath = new CacheDirectory(path).objectPath(sampleRecord(0).key);
      assertEquals(left.sort(), [...others, ...(isMarked ? [] : [objectPath])].sort());
      const expected = [...left, `${path}/bars/${of.dataset}/TSLA.lock`];
      if (isMarked) expected.push(`${path}/CACHEDIR.TAG`);
      assertEquals(await treeOf(path), expected.sort());
    });
  });
}

Deno.test("Cache.clearAll() removes everything of an older cache that has no other files", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    for (const make of Object.values(OLDER)) await make(directory);
    await new ObjectStore(directory).write(sampleRecord(0).key, Uint8Array.of(1));
    await Deno.writeTextFile(`${path}/.progress_X_1y_1d.ndjson`, "damaged");
    const left: string[] = [];
    await (await openCache(path)).clearAll({ onLeft: (path) => left.push(path) });
    assertEquals(left, []);
    assertEquals(await treeOf(path), [
      `${path}/CACHEDIR.TAG`,
      `${path}/bars/${of.dataset}/TSLA.lock`,
    ]);
  });
});

Deno.test("Cache.clear() of an older cache leaves files in its files' places, and names them", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    await OLDER["a listing"]!(directory);
    const entry = directory.entryPath(of.dataset, "AAPL");
    await fill(path, { "notes.txt": "" });
    await directory.makeParent(entry);
    for (const place of [entry, directory.answerPath("splits", "AAPL")]) {
      await directory.makeParent(place);
      await Deno.writeTextFile(place, "mine");
    }
    const left: string[] = [];
    await (await openCache(path)).clear("AAPL", { onLeft: (path) => left.push(path) });
    assertEquals(left, [entry, directory.answerPath("splits", "AAPL")]);
    assertEquals(await treeOf(path), [
      entry,
      `${path}/notes.txt`,
      directory.answerPath("splits", "AAPL"),
    ]);
  });
});

Deno.test("isOwnTemporary() knows this program's unfinished files from others", () => {
  const finished = [
    "TSLA.ndjson",
    ".progress_TSLA_5y_1d.ndjson",
    "2024-03-07.csv.gz",
    "2024.json",
    "owner",
  ];
  for (const name of finished) assertEquals(isOwnTemporary(`.${name}.0123abcd.tmp`), true, name);
  for (const name of ["notes.txt", "tsla.csv", "x"]) {
    assertEquals(isOwnTemporary(`.${name}.0123abcd.tmp`), false, name);
  }
});

/** Every file and link below a directory, ascending. */
async function treeOf(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    found.push(...isDirectory ? await treeOf(`${path}/${name}`) : [`${path}/${name}`]);
  }
  return found.sort();
}

Deno.test("ownershipOf() takes a folder that is removed while it looks for no sign of anybody", async () => {
  await withDirectory(async (path) => {
    await Deno.mkdir(`${path}/listings`);
    const judged = ownershipOf(path);
    Deno.removeSync(`${path}/listings`);
    assertEquals(await judged, "new");
  });
});

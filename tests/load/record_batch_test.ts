import { assertEquals, assertRejects } from "@std/assert";
import { type KeptRecord, RecordHead } from "../../lib/cache/record.ts";
import { RecordBatch, type RecordStore, type UnrecordedFile } from "../../lib/load/record_batch.ts";

/** A store that keeps the keys of each append and those held, unless its disk is full. */
class Store implements RecordStore {
  readonly appends: string[][] = [];
  readonly held: string[] = [];
  isFull = false;

  addAll(records: readonly KeptRecord[]) {
    if (this.isFull) throw new Error("full");
    this.appends.push(records.map(({ key }) => key));
  }

  defer(records: readonly KeptRecord[]) {
    this.held.push(...records.map(({ key }) => key));
  }
}

/** A file with a record in each store, that is kept or not. */
function file(
  key: string,
  stores: readonly Store[],
  done: string[],
  { isKept = false } = {},
): UnrecordedFile {
  const head = new RecordHead({ key, size: 1, etag: "e" });
  return { head, stores, rows: stores.map(() => "[]"), isKept, onSafe: () => void done.push(key) };
}

/** Stores of as many symbols that one file in three appends to them. */
const manyStores = () => Array.from({ length: 20 }, () => new Store());

Deno.test("RecordBatch records several files with one append to each store", async () => {
  const [one, other, done] = [new Store(), new Store(), [] as string[]];
  {
    await using batch = new RecordBatch(3);
    await batch.add(file("a", [one], done));
    await batch.add(file("b", [one, other], done));
    assertEquals([one.appends, done], [[], []]);
    await batch.add(file("c", [other], done));
    assertEquals(done, ["a", "b", "c"]);
    await batch.add(file("d", [one], done));
  }
  assertEquals(one.appends, [["a", "b"], ["d"]]);
  assertEquals(other.appends, [["b", "c"]]);
  assertEquals(done, ["a", "b", "c", "d"]);
});

Deno.test("RecordBatch of one records each file at once", async () => {
  const [store, done] = [new Store(), [] as string[]];
  await using batch = new RecordBatch(1);
  await batch.add(file("a", [store], done));
  assertEquals([store.appends, done], [[["a"]], ["a"]]);
});

Deno.test("RecordBatch takes no file for done when a store does not take it", async () => {
  const [one, full, done] = [new Store(), new Store(), [] as string[]];
  full.isFull = true;
  const fill = async () => {
    await using batch = new RecordBatch(2);
    await batch.add(file("a", [one], done));
    await batch.add(file("b", [one, full], done));
  };
  await assertRejects(fill, Error, "full");
  assertEquals(done, []);
});

Deno.test("RecordBatch appends less often the more stores a file is recorded in", async () => {
  const [stores, done] = [manyStores(), [] as string[]];
  {
    await using batch = new RecordBatch(1);
    for (const key of "abcdefg") await batch.add(file(key, stores, done));
    assertEquals(done, [..."abcdef"]);
  }
  for (const { appends } of stores) {
    assertEquals(appends, [["a", "b", "c"], ["d", "e", "f"], ["g"]]);
  }
});

Deno.test("RecordBatch takes a kept file of many stores for done, and appends it at the end", async () => {
  const [stores, done] = [manyStores(), [] as string[]];
  {
    await using batch = new RecordBatch(1);
    for (const key of "abcdefg") await batch.add(file(key, stores, done, { isKept: true }));
    assertEquals([done, stores[0]!.appends], [[..."abcdefg"], []]);
  }
  for (const { appends } of stores) assertEquals(appends, [[..."abcdefg"]]);
  assertEquals(done, [..."abcdefg"]);
});

Deno.test("RecordBatch records a kept file of a few stores at once all the same", async () => {
  const [store, done] = [new Store(), [] as string[]];
  await using batch = new RecordBatch(1);
  await batch.add(file("a", [store], done, { isKept: true }));
  assertEquals([store.appends, done], [[["a"]], ["a"]]);
});

Deno.test("RecordBatch.flushDeferred() holds what is safe, and appends all when one file is not", async () => {
  for (const [isLastKept, appends, held] of [[true, [], ["a", "b"]], [false, [["a", "b"]], []]]) {
    const [stores, done] = [manyStores(), [] as string[]];
    await using batch = new RecordBatch(1);
    await batch.add(file("a", stores, done, { isKept: true }));
    await batch.add(file("b", stores, done, { isKept: isLastKept as boolean }));
    await batch.flushDeferred();
    assertEquals(done, ["a", "b"]);
    for (const store of stores) assertEquals([store.appends, store.held], [appends, held]);
  }
});

Deno.test("RecordBatch appends what waits when five seconds have passed since the last append", async () => {
  const [stores, done, clock] = [manyStores(), [] as string[], { ms: 0 }];
  await using batch = new RecordBatch(1, () => clock.ms);
  for (const [key, ms] of [["a", 100], ["b", 4_999], ["c", 5_000], ["d", 9_999], ["e", 10_000]]) {
    clock.ms = ms as number;
    await batch.add(file(key as string, stores, done, { isKept: true }));
  }
  for (const { appends } of stores) assertEquals(appends, [["a", "b", "c"], ["d", "e"]]);
});

Deno.test("RecordBatch gives what comes meanwhile after what is being given", async () => {
  const [stores, done] = [manyStores(), [] as string[]];
  {
    await using batch = new RecordBatch(1);
    const added = Array.from("abcdef", (key) => batch.add(file(key, stores, done)));
    assertEquals(done, []);
    await Promise.all(added);
    assertEquals(done, [..."abcdef"]);
    void batch.add(file("g", stores, done));
  }
  for (const { appends } of stores) {
    assertEquals(appends, [["a", "b", "c"], ["d", "e", "f"], ["g"]]);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { KeptRecord } from "../lib/cache/record.ts";
import { type FinishedFile, RecordBatch, type RecordStore } from "../lib/record_batch.ts";

/** A store that keeps the keys of each append, unless its disk is full. */
class Store implements RecordStore {
  readonly appends: string[][] = [];
  isFull = false;

  addAll(records: readonly KeptRecord[]) {
    if (this.isFull) throw new Error("full");
    this.appends.push(records.map(({ key }) => key));
  }
}

const recordOf = (key: string) => KeptRecord.of({ key, size: 1, etag: "e", rows: [] });

function file(key: string, stores: readonly Store[], done: string[]): FinishedFile {
  const records = stores.map((store) => ({ store, record: recordOf(key) }));
  return { records, onRecorded: () => void done.push(key) };
}

Deno.test("RecordBatch records several files with one append to each store", () => {
  const [one, other, done] = [new Store(), new Store(), [] as string[]];
  {
    using batch = new RecordBatch(3);
    batch.add(file("a", [one], done));
    batch.add(file("b", [one, other], done));
    assertEquals([one.appends, done], [[], []]);
    batch.add(file("c", [other], done));
    assertEquals(done, ["a", "b", "c"]);
    batch.add(file("d", [one], done));
  }
  assertEquals(one.appends, [["a", "b"], ["d"]]);
  assertEquals(other.appends, [["b", "c"]]);
  assertEquals(done, ["a", "b", "c", "d"]);
});

Deno.test("RecordBatch of one records each file at once", () => {
  const [store, done] = [new Store(), [] as string[]];
  using batch = new RecordBatch(1);
  batch.add(file("a", [store], done));
  assertEquals([store.appends, done], [[["a"]], ["a"]]);
});

Deno.test("RecordBatch takes no file for done when a store does not take it", () => {
  const [one, full, done] = [new Store(), new Store(), [] as string[]];
  full.isFull = true;
  const fill = () => {
    using batch = new RecordBatch(2);
    batch.add(file("a", [one], done));
    batch.add(file("b", [one, full], done));
  };
  assertThrows(fill, Error, "full");
  assertEquals(done, []);
});

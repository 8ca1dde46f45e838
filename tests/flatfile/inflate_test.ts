import { assertEquals } from "@std/assert";
import { freeBuffer } from "../../lib/flatfile/inflate.ts";

Deno.test("freeBuffer() empties an array that has its memory for itself, and no other", () => {
  const own = new Uint8Array([1, 2, 3]);
  freeBuffer(own);
  assertEquals([own.length, own.buffer.byteLength], [0, 0]);
  const all = new Uint8Array([1, 2, 3]);
  freeBuffer(all.subarray(1));
  freeBuffer(new Uint8Array(new SharedArrayBuffer(3)));
  assertEquals([...all], [1, 2, 3]);
  freeBuffer(new Uint8Array());
});

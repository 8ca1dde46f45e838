import { assertEquals } from "@std/assert";
import { giveBack } from "../lib/give_back.ts";

Deno.test("giveBack() empties an array that has its memory for itself, and no other", () => {
  const own = new Uint8Array([1, 2, 3]);
  giveBack(own);
  assertEquals([own.length, own.buffer.byteLength], [0, 0]);
  const all = new Uint8Array([1, 2, 3]);
  giveBack(all.subarray(1));
  giveBack(new Uint8Array(new SharedArrayBuffer(3)));
  assertEquals([...all], [1, 2, 3]);
  giveBack(new Uint8Array());
});

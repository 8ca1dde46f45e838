import { assertEquals } from "@std/assert";
import {
  bytesToLoad,
  type DatedObject,
  isInSpan,
  isRecorded,
  isTooLarge,
  MAX_OBJECT_BYTES,
} from "../lib/dated_object.ts";

const OBJECT: DatedObject = { key: "k", date: "2024-03-07", size: 7, etag: "e" };

Deno.test("isInSpan() includes both ends", () => {
  const rows: [from: string, to: string, isIn: boolean][] = [
    ["2024-03-07", "2024-03-07", true],
    ["2024-03-06", "2024-03-08", true],
    ["2024-03-08", "2024-03-09", false],
    ["2024-03-05", "2024-03-06", false],
    ["2024-03-08", "2024-03-06", false],
  ];
  for (const [from, to, isIn] of rows) assertEquals(isInSpan(OBJECT, { from, to }), isIn);
});

Deno.test("isRecorded() wants the same key, size and ETag", () => {
  const isKept = (record: object) => isRecorded(OBJECT, new Map([["k", { ...OBJECT, ...record }]]));
  assertEquals(isKept({}), true);
  assertEquals(isKept({ size: 8 }), false);
  assertEquals(isKept({ etag: "E" }), false);
  assertEquals(isRecorded(OBJECT, new Map()), false);
  assertEquals(isRecorded(OBJECT, new Map([["other", OBJECT]])), false);
});

Deno.test("bytesToLoad() counts an object that is too large, or of unknown size, as nothing", () => {
  for (const size of [0, 7, MAX_OBJECT_BYTES]) {
    assertEquals([isTooLarge({ size }), bytesToLoad({ size })], [false, size]);
  }
  for (const size of [MAX_OBJECT_BYTES + 1, 2 ** 53, 2 ** 64]) {
    assertEquals([isTooLarge({ size }), bytesToLoad({ size })], [true, 0]);
  }
  assertEquals(bytesToLoad({ size: -1 }), 0);
});

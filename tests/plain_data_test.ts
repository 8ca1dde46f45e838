import { assert, assertEquals, assertThrows } from "@std/assert";
import { isSamePlain } from "./plain_data.ts";

const made = () => ({ bars: [{ open: 1.5, rows: ["a", null, NaN] }], bytes: new Uint8Array(3) });

Deno.test("isSamePlain() says yes of plain data alone, and only of the same", () => {
  assert(isSamePlain(made(), made()));
  const others: readonly (readonly [unknown, unknown])[] = [
    [made(), { ...made(), more: undefined }],
    [made(), { ...made(), bytes: new Uint8Array(4) }],
    [made(), { ...made(), bars: [] }],
    [{ a: undefined }, { b: undefined }],
    [[undefined], new Array(1)],
    [0, -0],
    [[], {}],
    [null, {}],
    [new Uint8Array([1]), new Int8Array([1])],
    [new URL("http://a"), new URL("http://b")],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [{ [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
  ];
  for (const [a, b] of others) assertEquals([isSamePlain(a, b), isSamePlain(b, a)], [false, false]);
});

Deno.test("assertEquals() judges what is not seen to be the same", () => {
  assertEquals(new Map([[1, made()]]), new Map([[1, made()]]));
  assertThrows(() => assertEquals(made(), { ...made(), bytes: new Uint8Array([0, 1, 0]) }), Error);
});

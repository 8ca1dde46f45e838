import { assertEquals } from "@std/assert";
import { freeBuffer, inflate } from "../../lib/flatfile/inflate.ts";

const SAMPLES = ["stocks_day", "multi_member", "cut", "bad_crc", "trailing_garbage", "header_only"];

for (const name of SAMPLES) {
  Deno.test(`inflate() of ${name} in chunks of any length is that of its bytes`, async () => {
    const url = new URL(`../../fixtures/data/flat_files/${name}.csv.gz`, import.meta.url);
    const bytes = await Deno.readFile(url);
    const wanted = await inflated(bytes);
    for (let size = 1; size <= bytes.length; size += 1 + size % 7) {
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      };
      assertEquals(await inflated({ length: bytes.length, chunks }), wanted, `by ${size}`);
    }
  });
}

/** The text, or what is wrong with it: the check that failed. */
async function inflated(compressed: Parameters<typeof inflate>[1]): Promise<string> {
  let text = "";
  try {
    await inflate("k", compressed, (slice) => text += slice);
    return text;
  } catch (error) {
    return `failed: ${(error as { check?: string }).check}`;
  }
}

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

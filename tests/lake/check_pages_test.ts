import { assert, assertEquals } from "@std/assert";
import { generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import { convert } from "../../lib/export/convert.ts";
import { checkFooter, type GroupFacts } from "../../lib/lake/check_footer.ts";
import { pagesDefect } from "../../lib/lake/check_pages.ts";

const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const { text } = generateStockDays({ tickers: 40, from: "2024-03-07", to: "2024-03-07" })
  .file("2024-03-07");

/** An object of some rows, and what its footer says of its pages. */
async function parquet(csv: string) {
  const gzip = gzipText(csv);
  const source = { key, date: "2024-03-07", size: gzip.length, etag: "e", gzip };
  const options = {
    ...{ mark: "a mark", programVersion: "0.1.0", hasDate: false, tickers: undefined, wider: {} },
  };
  const blob = new Blob(await Array.fromAsync(convert([source], options)));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const found = await checkFooter(bytes.length, readOf(bytes));
  assert(found.kind === "right");
  return { bytes, groups: found.facts.groups };
}

const readOf = (bytes: Uint8Array) => (start: number, end: number) =>
  Promise.resolve(bytes.subarray(start, end));

/** The bytes of pages, one after the other, that can be flipped and nothing is found. */
async function unseen(bytes: Uint8Array, groups: readonly GroupFacts[]): Promise<number[]> {
  const last = groups.at(-1)!;
  const end = last.start + last.chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const places: number[] = [];
  for (let place = groups[0]!.start; place < end; place++) {
    for (const bit of [1, 16, 128]) {
      const flipped = bytes.map((byte, i) => i === place ? byte ^ bit : byte);
      if (await pagesDefect(groups, readOf(flipped)) === undefined) places.push(place);
    }
  }
  return places;
}

Deno.test("pagesDefect() finds any flipped byte of pages and their heads, but for how many values a dictionary has", async () => {
  const [head, ...rows] = text.trimEnd().split("\n");
  for (const times of [1, 20]) {
    const { bytes, groups } = await parquet([head, ...Array(times).fill(rows).flat()].join("\n"));
    assertEquals(await pagesDefect(groups, readOf(bytes)), undefined);
    const dictionaries = groups[0]!.chunks.filter(({ hasDictionary }) => hasDictionary).length;
    assert(times === 1 || dictionaries > 3);
    // A count of less than 64 is in a byte.
    assert((await unseen(bytes, groups)).length <= 3 * dictionaries);
  }
});

Deno.test("pagesDefect() finds pages that changed places, and an object that is shorter", async () => {
  const { bytes, groups } = await parquet(text);
  const [{ start, chunks }] = groups as [GroupFacts];
  const [one, two] = chunks.map(({ bytes }) => bytes) as [number, number];
  const swapped = Uint8Array.from([
    ...bytes.subarray(0, start),
    ...bytes.subarray(start + one, start + one + two),
    ...bytes.subarray(start, start + one),
    ...bytes.subarray(start + one + two),
  ]);
  const name = chunks[0]!.name;
  const defect = `column ${name} of row group 1 is not as it was written`;
  assertEquals(await pagesDefect(groups, readOf(swapped)), defect);
  assertEquals(await pagesDefect(groups, readOf(bytes.subarray(0, start + one - 1))), defect);
});

import { assert, assertEquals } from "@std/assert";
import { generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import { convert } from "../../lib/export/convert.ts";
import { checkFooter } from "../../lib/lake/check_footer.ts";
import { ByteWriter, ParquetWriter } from "../../lib/deps/hyparquet_writer.ts";

const key = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const text = generateStockDays({ tickers: 4, from: "2024-03-07", to: "2024-03-07" })
  .file("2024-03-07").text;

async function parquet(csv: string): Promise<Uint8Array<ArrayBuffer>> {
  const gzip = gzipText(csv);
  const source = { key, date: "2024-03-07", size: gzip.length, etag: "e", gzip };
  const options = {
    ...{ mark: "a mark", programVersion: "0.1.0", hasDate: false, tickers: undefined, wider: {} },
  };
  return new Uint8Array(
    await new Blob(await Array.fromAsync(convert([source], options))).arrayBuffer(),
  );
}

async function check(bytes: Uint8Array) {
  const spans: number[] = [];
  const found = await checkFooter(bytes.length, (start, end) => {
    spans.push(end - start);
    return Promise.resolve(bytes.subarray(start, end));
  });
  return { found, spans };
}

Deno.test("checkFooter() reads rows, mark and sources of a file, in one piece where it is small", async () => {
  const bytes = await parquet(text);
  const { found, spans } = await check(bytes);
  const size = gzipText(text).length;
  assert(found.kind === "right");
  const { types, groups: _, ...facts } = found.facts;
  assertEquals(facts, {
    ...{ rows: 15, mark: "a mark", tickers: undefined },
    sources: [{ key, size, etag: "e" }],
  });
  assertEquals([types.get("ticker"), types.get("close")], ["BYTE_ARRAY", "DOUBLE"]);
  assertEquals(spans, [bytes.length]);
});

Deno.test("checkFooter() finds a file that is cut at any byte, and any flipped byte of its footer or magic", async () => {
  const bytes = await parquet(text);
  const footer = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  for (let length = 0; length < bytes.length; length++) {
    assertEquals(
      (await check(bytes.subarray(0, length))).found.kind,
      "damaged",
      `cut at ${length}`,
    );
  }
  const begin = bytes.length - 8 - footer;
  const places = [0, 1, 2, 3, ...Array.from({ length: footer + 8 }, (_, i) => begin + i)];
  for (const place of places) {
    for (const bit of [1, 16, 128]) {
      const flipped = bytes.map((byte, i) => i === place ? byte ^ bit : byte);
      assertEquals((await check(flipped)).found.kind === "right", false, `${bit} at ${place}`);
    }
  }
});

/** A file as it was made before footers had a seal, of four rows and what it notes of them. */
function unsealed(rows: string, sources = "[]", more: Record<string, string> = {}): Uint8Array {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: "rows", num_children: 1 }, { name: "open", type: "DOUBLE" }],
    kvMetadata: Object.entries({
      "flatfetch.mark": "a mark",
      "flatfetch.format": "1",
      "flatfetch.rows": rows,
      "flatfetch.sources": sources,
      ...more,
    }).map(([key, value]) => ({ key, value })),
  });
  const columnData = [{ name: "open", data: [1, 2, 3, 4], offsetIndex: false }];
  file.write({ columnData });
  file.finish();
  return writer.getBytes();
}

Deno.test("checkFooter() compares the rows of footer, metadata and row groups, of files without a seal too", async () => {
  const { found } = await check(unsealed("4"));
  assert(found.kind === "right");
  const { groups: _, ...facts } = found.facts;
  assertEquals(facts, {
    ...{ rows: 4, mark: "a mark", sources: [], tickers: undefined },
    types: new Map([["open", "DOUBLE"]]),
  });
  assertEquals((await check(unsealed("5"))).found, {
    kind: "damaged",
    text: "its footer has 4 rows, its metadata 5",
  });
  const bytes = unsealed("4");
  // Bytes went out of the middle, or came in.
  for (
    const other of [
      [...bytes.subarray(0, 20), ...bytes.subarray(22)],
      [...bytes.subarray(0, 20), 0, ...bytes.subarray(20)],
    ]
  ) {
    const { found } = await check(Uint8Array.from(other));
    assertEquals(found.kind, "damaged");
  }
});

Deno.test("checkFooter() takes sources and tickers that are no lists of such for damage, without a seal too", async () => {
  for (const other of ["", "null", "5", "{}", "[null]", "[1]", '[{"key":1}]']) {
    for (
      const file of [unsealed("4", other), unsealed("4", "[]", { "flatfetch.tickers": other })]
    ) {
      assertEquals((await check(file)).found.kind, "damaged", other);
    }
  }
});

Deno.test("checkFooter() fetches a footer that is longer than what it asks for first", async () => {
  const names = Array.from({ length: 900 }, (_, i) => `column ${i} ${"x".repeat(60)}`);
  const bytes = await parquet(`${names.join(",")}\n${names.map(() => "1").join(",")}\n`);
  const { found, spans } = await check(bytes);
  assertEquals([found.kind, spans.length], ["right", 3]);
});

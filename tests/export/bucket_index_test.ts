import { assertEquals } from "@std/assert";
import { indexPathOf, isIndexPath, parseIndex, writeIndex } from "../../lib/export/bucket_index.ts";

Deno.test("indexPathOf() is one a year, for each layout", () => {
  const rows = {
    "date=2024-03-07/part.parquet": "2024",
    "month=2024-03/part.parquet": "2024",
    "2024/03/2024-03-07.csv.gz": "2024",
    "readme.txt": "other",
    "date=24/part.parquet": "other",
  };
  for (const [path, year] of Object.entries(rows)) {
    assertEquals(indexPathOf(path), `_flatfetch/${year}.json`);
    assertEquals(isIndexPath(indexPathOf(path)), true);
  }
});

Deno.test("parseIndex() reads what writeIndex() wrote, and nothing that is cut or another's", () => {
  const entries = new Map([
    ["date=2024-03-08/part.parquet", { etag: "e", size: 2, mark: 'a "b"],7' }],
    ["date=2024-03-07/part.parquet", { etag: "f-2", size: 0, mark: undefined }],
    ["__proto__", { etag: "", size: 1, mark: "" }],
  ]);
  const bytes = writeIndex(entries);
  assertEquals(new Map([...parseIndex(bytes)].sort()), new Map([...entries].sort()));
  assertEquals(parseIndex(writeIndex(new Map())), new Map());
  for (let length = 0; length < bytes.length - 2; length++) {
    assertEquals(parseIndex(bytes.slice(0, length)), new Map());
  }
  const others = ["null", "[]", "7", '{"format":1}', '{"format":1,"objects":[1]}'];
  for (const text of others) {
    assertEquals(parseIndex(new TextEncoder().encode(text)), new Map(), text);
  }
  const odd = ["[]", '["e",1]', '["e","1",null]', '[1,1,"m"]', '["e",1,2]', "null", '"e"'];
  for (const entry of odd) {
    const text = `{"format":1,"objects":{"a":${entry},"b":["e",1,"m"]}}`;
    const found = parseIndex(new TextEncoder().encode(text));
    assertEquals([...found.keys()], ["b"], entry);
  }
});

import { assertEquals } from "@std/assert";
import { KeptRecord } from "../../lib/cache/record.ts";

const HEAD = '{"key":"k","size":1,"etag":"e","rows":';
const isRecord = (content: string) => KeptRecord.fromBody(HEAD + content) !== undefined;

Deno.test("KeptRecord.fromBody() takes lists of numbers and nulls, and what is known beside them", () => {
  const rows = ["[]", "[[]]", "[[1,null]]", "[[-0.5],[1e5,2E-3]]"];
  const more = ["", ',"failure":"x"', ',"warning":"\\""', ',"failure":"x","warning":"y"'];
  for (const content of rows.flatMap((text) => more.map((rest) => text + rest))) {
    assertEquals(isRecord(content), true, content);
    assertEquals(
      KeptRecord.fromBody(HEAD + content)!.rows,
      JSON.parse(/^\[.*\]/.exec(content)![0]),
    );
  }
});

Deno.test("KeptRecord.fromBody() takes no rows that are no JSON", () => {
  const broken = ["", "[", "x[]", "[]x", "[[nul]]", "[[1],]", "[,[1]]", "[[1][2]]", "[[1]", "[1]"];
  const odd = ["[[01]]", "[[1.]]", "[[--1]]", "[[1,]]", "[[e5]]", '[["1"]]', "[[[1]]]", "[[+1]]"];
  assertEquals([...broken, ...odd].filter(isRecord), []);
});

import { assertEquals, assertMatch } from "@std/assert";
import { decodeKey, encodeKey, encodeQuery, keyDefect } from "../../lib/s3/key.ts";

const BAD_KEYS = [
  "",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "a/../b",
  "a/./b",
  "a/..",
  "a\0b",
  "a\nb",
  "a\x7fb",
  "a\x85b",
  "a\ud800b",
  "a".repeat(1025),
  "é".repeat(513),
];

for (const key of BAD_KEYS) {
  Deno.test(`keyDefect() refuses ${JSON.stringify(key.slice(0, 20))}`, () => {
    assertMatch(keyDefect(key) ?? "", /^it /);
  });
}

Deno.test("keyDefect() lets every other key pass", () => {
  for (const key of ["a", "a/b.csv.gz", "...", "a/.b", "a b", "%2e%2e/x", "ü+"]) {
    assertEquals(keyDefect(key), undefined);
  }
});

Deno.test("encodeKey() leaves only unreserved characters and slashes", () => {
  assertEquals(
    encodeKey("a b/c+d%/e?f#g/ü/!'()*\"\\~-_."),
    "a%20b/c%2Bd%25/e%3Ff%23g/%C3%BC/%21%27%28%29%2A%22%5C~-_.",
  );
});

Deno.test("encodeKey() is not changed by the URL's own parser", () => {
  const all = Array.from({ length: 94 }, (_, i) => String.fromCharCode(i + 33));
  const key = `x${all.join("").replace("/", "")}y/..z/%2e%2e`;
  const url = new URL(`https://host/bucket/${encodeKey(key)}`);
  assertEquals(url.pathname, `/bucket/${encodeKey(key)}`);
  assertEquals(decodeURIComponent(url.pathname), `/bucket/${key}`);
});

Deno.test("encodeQuery() writes a space as %20 and a plus as %2B", () => {
  assertEquals(encodeQuery({ prefix: "a b+c/", t: "=&" }), "prefix=a%20b%2Bc%2F&t=%3D%26");
});

Deno.test("decodeKey() undoes what servers write for encoding-type=url", () => {
  const forms = {
    "2025/01/2025-01-02.csv.gz": "2025/01/2025-01-02.csv.gz",
    "a%2Fb": "a/b",
    "a+b%20c": "a b c",
    "a%2Bb%2bc": "a+b+c",
    "100%25": "100%",
    "%01%09%0A%7F": "\x01\t\n\x7f",
    "%E2%98%83": "☃",
  };
  assertEquals(Object.keys(forms).map(decodeKey), Object.values(forms));
});

Deno.test("decodeKey() reads what encodes no UTF-8 byte by byte", () => {
  assertEquals(["caf%E9", "100%", "%zz%41", "%"].map(decodeKey), ["café", "100%", "%zzA", "%"]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { ConfigurationError } from "../../lib/errors.ts";
import { sourceName } from "../../lib/s3/bucket_url.ts";

const nameOf = (endpoint: string, bucket = "flatfiles") => sourceName({ endpoint, bucket });

/** Spellings of one source each, the first as its name has it. */
const SPELLINGS: readonly (readonly string[])[] = [
  [
    "https://files.massive.com",
    "https://files.massive.com/",
    "https://files.massive.com//",
    "HTTPS://Files.Massive.COM",
    "https://files.massive.com:443",
    "https://files.massive.com:0443/",
    "https://files.massive.com/a/..",
  ],
  ["https://files.massive.com:8443", "https://files.massive.com:8443/"],
  [
    "https://files.massive.com/a",
    "https://files.massive.com/a/",
    "https://files.massive.com/%61",
    "https://files.massive.com/b/../a//",
    "https://files.massive.com\\a",
  ],
  ["https://files.massive.com/A"],
  ["https://files.massive.com/a/b"],
  ["https://files.massive.com/a%20b", "https://files.massive.com/a b"],
  ["https://files.massive.com."],
  ["http://127.0.0.1", "http://127.0.0.1:80", "http://127.1", "http://0x7f.0.0.1/"],
  ["http://localhost"],
  ["http://[::1]", "http://[0:0:0:0:0:0:0:1]:80/", "http://[::0001]"],
  ["http://[::1]:9000"],
  ["https://xn--bcher-kva.example", "https://bücher.example", "https://BÜCHER.example"],
];

Deno.test("sourceName() names every spelling of an endpoint alike, and no other one", () => {
  const names = SPELLINGS.map((spellings) => {
    const [name, ...others] = new Set(spellings.map((endpoint) => nameOf(endpoint)));
    assertEquals(others, [], spellings[0]);
    assertEquals(name, `${spellings[0]} flatfiles`);
    return name;
  });
  assertEquals(new Set(names).size, names.length);
});

Deno.test("sourceName() tells a bucket from a path, and a bucket from another", () => {
  const names = [
    nameOf("https://h.example", "bbb"),
    nameOf("https://h.example/bbb", "ccc"),
    nameOf("https://h.example", "ccc"),
    nameOf("https://h.example", "CCC"),
  ];
  assertEquals(new Set(names).size, names.length);
});

Deno.test("sourceName() refuses an endpoint with a user, and tells nothing of it", () => {
  for (const endpoint of ["https://u@h.example", "https://u:CANARY@h.example/a"]) {
    const error = assertThrows(() => nameOf(endpoint), ConfigurationError);
    assertEquals(error.message.includes("CANARY"), false);
  }
});

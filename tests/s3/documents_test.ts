import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { IntegrityError } from "../../lib/errors.ts";
import { parseErrorDocument, parseListing } from "../../lib/s3/documents.ts";
import { contents, DECLARATION, HOSTILE, page } from "../security/hostile_listings.ts";

const keysOf = (document: string) => parseListing(document, "p/").objects.map(({ key }) => key);

function refuse(document: Uint8Array | string, message: string) {
  const error = assertThrows(
    () => parseListing(document, "p/"),
    IntegrityError,
    message,
  );
  assertEquals([error.check, error.key], ["listing", "p/"]);
}

Deno.test("parseListing() reads a last page", () => {
  assertEquals(parseListing(page(), "p/"), {
    objects: [{
      key: "p/a",
      size: 7,
      etag: "0123456789abcdef0123456789abcdef",
    }],
    nextToken: undefined,
  });
});

Deno.test("parseListing() reads bytes, with a byte order mark or line breaks", () => {
  const spaced = page().replaceAll("><", ">\r\n  <");
  for (const text of [page(), spaced, `\ufeff${page()}`]) {
    const { objects } = parseListing(new TextEncoder().encode(text), "p/");
    assertEquals(objects.length, 1);
  }
});

Deno.test("parseListing() reads an empty listing", () => {
  assertEquals(keysOf(page({ inside: "" })), []);
});

Deno.test("parseListing() reads the token of a further page", () => {
  const rest = "<IsTruncated>true</IsTruncated>" +
    "<NextContinuationToken>1/x+y==&amp; z</NextContinuationToken>";
  assertEquals(parseListing(page({ rest }), "p/").nextToken, "1/x+y==& z");
});

for (const quote of ["&quot;", "&#34;", "&#x22;", '"']) {
  Deno.test(`parseListing() reads 1,000 ETags within ${quote}`, () => {
    const inside = Array.from(
      { length: 1_000 },
      (_, i) => contents(`p/${i}`, "7", `${quote}${"ab".repeat(16)}-2${quote}`),
    ).join("");
    const { objects } = parseListing(page({ inside }), "p/");
    assertEquals(objects.length, 1_000);
    assertEquals(new Set(objects.map(({ etag }) => etag)), new Set([`${"ab".repeat(16)}-2`]));
  });
}

Deno.test("parseListing() keeps keys as they are", () => {
  const spelt = {
    "p/007": "p/007",
    "p/1e3": "p/1e3",
    "p/true": "p/true",
    "p/ a ": "p/ a ",
    "p/a+b%2Fc": "p/a+b%2Fc",
    "p/a&amp;b&lt;c&gt;d&apos;e&quot;f": "p/a&b<c>d'e\"f",
    "p/&amp;quot;": "p/&quot;",
    "p/&#233;&#x1F600;é": "p/é😀é",
    "p/__proto__": "p/__proto__",
  };
  const inside = Object.keys(spelt).map((key) => contents(key)).join("");
  assertEquals(keysOf(page({ inside })), Object.values(spelt));
});

Deno.test("parseListing() decodes keys of the encoding type url", () => {
  const rest = "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>";
  const inside = contents("p%2Fa+b%2Bc%20d%C3%BC");
  assertEquals(keysOf(page({ rest, inside })), ["p/a b+c dü"]);
  refuse(page({ rest, inside: contents("p/%zz") }), "badly encoded");
  refuse(page({ rest: rest.replace("url", "base64") }), "encoding");
});

Deno.test("parseListing() leaves folder markers out", () => {
  const inside = contents("p/", "0") + contents("p/2024/", "0") + contents("p/a");
  assertEquals(keysOf(page({ inside })), ["p/a"]);
});

const INCOMPLETE: readonly (readonly [string, string, string])[] = [
  ["a KeyCount that is too large", page({ keyCount: 2 }), "1 of 2 keys"],
  ["a KeyCount that is too small", page({ keyCount: 0 }), "1 of 0 keys"],
  ["no KeyCount", page().replace(/<KeyCount>.*<\/KeyCount>/, ""), "lacks a KeyCount"],
  ["two KeyCounts", page({ rest: "<KeyCount>1</KeyCount>" }), "more than one KeyCount"],
  ["a KeyCount in words", page({ keyCount: "one" }), "malformed KeyCount"],
  ["no IsTruncated", page({ rest: "" }), "lacks a IsTruncated"],
  [
    "IsTruncated without a token",
    page({ rest: "<IsTruncated>true</IsTruncated>" }),
    "how it goes on",
  ],
  [
    "IsTruncated with an empty token",
    page({ rest: "<IsTruncated>true</IsTruncated><NextContinuationToken/>" }),
    "how it goes on",
  ],
  ["IsTruncated in other words", page({ rest: "<IsTruncated>yes</IsTruncated>" }), "how it"],
  ["a key of another prefix", page({ inside: contents("q/a") }), "another prefix"],
  ["a key twice", page({ inside: contents("p/a").repeat(2) }), "twice"],
  ["a key with dots", page({ inside: contents("p/../a") }), "segment of dots"],
  ["an empty segment", page({ inside: contents("p//a") }), "empty segment"],
  ["a key with a line break", page({ inside: contents("p/&#10;") }), "control"],
  ["no key", page({ inside: contents("") }), "lacks a Key"],
  ["a key within a key", page({ inside: contents("<b>p/a</b>") }), "more than one Key"],
  ["two keys", page({ inside: contents("p/a</Key><Key>p/b") }), "more than one Key"],
  ["an empty Contents", page({ inside: "<Contents/>", keyCount: 1 }), "empty Contents"],
  ["a negative size", page({ inside: contents("p/a", "-1") }), "malformed Size"],
  ["a fractional size", page({ inside: contents("p/a", "1.5") }), "malformed Size"],
  ["a size in hex", page({ inside: contents("p/a", "0x10") }), "malformed Size"],
  ["an unsafe size", page({ inside: contents("p/a", "9007199254740992") }), "malformed Size"],
  ["no size", page({ inside: contents("p/a", "") }), "lacks a Size"],
  ["no ETag", page({ inside: contents("p/a", "7", "") }), "lacks a ETag"],
  ["an ETag with a space", page({ inside: contents("p/a", "7", "a b") }), "malformed ETag"],
  [
    "common prefixes",
    page({
      rest:
        "<CommonPrefixes><Prefix>p/b/</Prefix></CommonPrefixes><IsTruncated>false</IsTruncated>",
      keyCount: 2,
    }),
    "1 of 2",
  ],
  ["another root", "<ListBuckets/>", "no ListBucketResult"],
  ["an empty root", "<ListBucketResult/>", "no ListBucketResult"],
  ["nothing", "", "no root"],
  ["text", "Service temporarily unavailable", "no root"],
  ["JSON", '{"error":"<no>"}', ""],
];

for (const [what, document, message] of INCOMPLETE) {
  Deno.test(`parseListing() refuses ${what}`, () => refuse(document, message));
}

Deno.test("parseListing() calls a login page what it is", () => {
  refuse("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "it is a web page");
  refuse("\n<HTML lang=en><body>Sign in", "it is a web page");
});

for (const [what, make] of Object.entries(HOSTILE)) {
  Deno.test(`parseListing() refuses ${what} at once`, () => {
    const document = make();
    const heapBefore = Deno.memoryUsage().heapUsed;
    const startMs = performance.now();
    refuse(document, "is no listing");
    assertLess(performance.now() - startMs, 500);
    assertLess(Deno.memoryUsage().heapUsed - heapBefore, 50e6);
  });
}

Deno.test("parseListing() refuses a page that is cut at any byte", () => {
  const whole = page({ inside: contents("p/a") + contents("p/b") });
  const bytes = new TextEncoder().encode(whole);
  for (let end = 0; end < bytes.length; end++) {
    refuse(bytes.subarray(0, end), "is no listing");
  }
  assertEquals(parseListing(bytes, "p/").objects.length, 2);
});

Deno.test("parseListing() refuses a page without any one of its tags", () => {
  const whole = page({ inside: contents("p/a") + contents("p/b") });
  for (const { 0: tag, index } of whole.matchAll(/<[^?][^>]*>/g)) {
    refuse(whole.slice(0, index) + whole.slice(index + tag.length), "");
  }
});

Deno.test("parseErrorDocument() reads code, message, request and region", () => {
  const text = `${DECLARATION}<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message>` +
    "<Resource>/x</Resource><RequestId>17A</RequestId><Region>eu-west-3</Region></Error>";
  const region = "eu-west-3";
  const wanted = { code: "NoSuchKey", message: "a & b", requestId: "17A", region };
  assertEquals(parseErrorDocument(text), wanted);
  assertEquals(parseErrorDocument(new TextEncoder().encode(text)), wanted);
});

Deno.test("parseErrorDocument() is silent about anything else", () => {
  const documents = [
    "",
    "Bad Gateway",
    "<html><Error></html>",
    "<Error/>",
    "<Error><Code/></Error>",
    "<Error><Code>A</Code><Code>B</Code></Error>",
    "<Error><Code>A</Code>",
    '<!DOCTYPE x [<!ENTITY a "b">]><Error><Code>&a;</Code></Error>',
    page(),
    new Uint8Array([0x3c, 0xff]),
  ];
  for (const document of documents) {
    assertEquals(parseErrorDocument(document), undefined);
  }
});

Deno.test("parseListing() says which prefix could not be listed", () => {
  const error = assertThrows(() => parseListing("", "a\u001b[31m/"), IntegrityError);
  assertStringIncludes(error.message, 'Cannot list "a\\u001b[31m/"');
  assert(!error.message.includes("\u001b"));
});

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

Deno.test("parseListing() keeps every key of the prefix, whatever it can be used for", () => {
  const spelt = {
    "p/": "p/",
    "p/dir/": "p/dir/",
    "p//a": "p//a",
    "p/../a": "p/../a",
    "p/&#9;&#10;&#xd;": "p/\t\n\r",
    "p/&#1;&#x1F;": "p/\x01\x1f",
    "p/&#127;&#x85;": "p/\x7f\x85",
    "p/\x01\x1f\x7f\x85\n": "p/\x01\x1f\x7f\x85\n",
    "p/a.csv.gz&#127;": "p/a.csv.gz\x7f",
  };
  const inside = Object.keys(spelt).map((key) => contents(key, "0")).join("");
  assertEquals(keysOf(page({ inside })), Object.values(spelt));
});

const url = (name = "url") =>
  `<IsTruncated>false</IsTruncated><EncodingType>${name}</EncodingType>`;

Deno.test("parseListing() decodes keys where the server says that it has encoded them", () => {
  const inside = contents("p/%01") + contents("p/a+%2B") + contents("p/%E9") + contents("p/100%");
  const decoded = ["p/\x01", "p/a +", "p/é", "p/100%"];
  const plain = ["p/%01", "p/a+%2B", "p/%E9", "p/100%"];
  assertEquals(keysOf(page({ inside, rest: url() })), decoded);
  assertEquals(keysOf(page({ inside, rest: url("\n URL ") })), decoded);
  for (const nothing of ["", " ", "\r\n"]) {
    assertEquals(keysOf(page({ inside, rest: url(nothing) })), plain);
  }
  assertEquals(keysOf(page({ inside })), plain);
  refuse(page({ inside, rest: url("base64") }), "unknown encoding");
});

const END = "<IsTruncated>false</IsTruncated>";
const GOES_ON = "<NextContinuationToken>t</NextContinuationToken>";

/** What a server may leave out, leave empty or write otherwise, of a page with one object. */
const INCOMPLETE_BUT_WHOLE: Readonly<Record<string, string>> = {
  "no KeyCount": page().replace(/<KeyCount>.*<\/KeyCount>/, ""),
  "an empty KeyCount": page({ keyCount: "" }),
  "a KeyCount within spaces": page({ keyCount: "\n 1 " }),
  "an empty EncodingType": page({ rest: `${END}<EncodingType></EncodingType>` }),
  "an EncodingType that is closed at once": page({ rest: `${END}<EncodingType/>` }),
  "an empty token at the end": page({ rest: `${END}<NextContinuationToken/>` }),
  "a token at the end": page({ rest: END + GOES_ON }),
  "True and False": page({ rest: "<IsTruncated>False</IsTruncated>" }),
  "0 for false": page({ rest: "<IsTruncated> 0 </IsTruncated>" }),
  "an empty CommonPrefixes": page({ rest: `${END}<CommonPrefixes></CommonPrefixes>` }),
  "other empty elements": page({ rest: `${END}<Delimiter/><StartAfter></StartAfter><Marker/>` }),
  "no LastModified": page().replace(/<LastModified>.*<\/LastModified>/, ""),
  "an empty LastModified and Owner": page().replace(
    /<LastModified>.*<\/LastModified>/,
    "<LastModified/><Owner/>",
  ),
  "no Name, Prefix and MaxKeys": page().replace(/<Name>.*<\/Prefix>/, "")
    .replace(/<MaxKeys>.*<\/MaxKeys>/, ""),
  "a size within spaces": page({ inside: contents("p/a", "\n7\n") }),
  "UTF8 for UTF-8": page().replace('"UTF-8"', '"utf8"'),
};

for (const [what, document] of Object.entries(INCOMPLETE_BUT_WHOLE)) {
  Deno.test(`parseListing() reads a page with ${what}`, () => {
    const { objects, nextToken } = parseListing(document, "p/");
    assertEquals(objects.map(({ key, size }) => [key, size]), [["p/a", 7]]);
    assertEquals(nextToken, undefined);
  });
}

Deno.test("parseListing() takes a prefix that is repeated as it is, encoded, empty or not at all", () => {
  const asked = "a b+%/";
  const inside = contents("a%20b%2B%25/x");
  for (const repeated of ["a%20b%2B%25/", "a+b%2B%25%2F", asked, "", "\n "]) {
    const text = page({ inside, rest: url() });
    for (
      const document of [text.replace(">p/<", `>${repeated}<`), text.replace(/<Pref.*ix>/, "")]
    ) {
      assertEquals(parseListing(document, asked).objects.map(({ key }) => key), ["a b+%/x"]);
    }
  }
});

Deno.test("parseListing() reads an empty page that says so in any way", () => {
  for (const inside of ["", "<Contents/>", "<Contents></Contents>", "<Contents>\n</Contents>"]) {
    for (const keyCount of ["0", ""]) assertEquals(keysOf(page({ inside, keyCount })), []);
  }
});

Deno.test("parseListing() goes on by a token, unless the page says that it is the last one", () => {
  for (const word of ["true", "TRUE", "1", ""]) {
    const rest = `<IsTruncated>${word}</IsTruncated>${GOES_ON}`;
    assertEquals(parseListing(page({ rest }), "p/").nextToken, "t");
  }
  assertEquals(parseListing(page({ rest: GOES_ON }), "p/").nextToken, "t");
  for (const token of [" p/a b\n", "&#9;p/&#1;"]) {
    const rest = GOES_ON.replace(">t<", `>${token}<`);
    const text = token.replace("&#9;", "\t").replace("&#1;", "\x01");
    assertEquals(parseListing(page({ rest }), "p/").nextToken, text);
  }
});

Deno.test("parseListing() reads an object whose ETag is missing, empty, weak or none", () => {
  const tags = ["", "&quot;&quot;", "W/&quot;e&quot;", "&apos;e&apos;", "e&quot;", " e ", "a b"];
  const inside = tags.map((tag, i) => contents(`p/${i}`, "7", tag)).join("") +
    contents("p/none").replace(/<ETag>.*<\/ETag>/, "");
  const etags = parseListing(page({ inside }), "p/").objects.map(({ etag }) => etag);
  assertEquals(etags, ["", "", "e", "e", "e", "e", "", ""]);
});

Deno.test("parseListing() reads an object of which nobody knows the size", () => {
  const inside = contents("p/a", "") + contents("p/b", "-1") + contents("p/c", " ") +
    contents("p/d").replace(/<Size>.*<\/Size>/, "");
  const { objects } = parseListing(page({ inside }), "p/");
  assertEquals(objects.map(({ size }) => size), [-1, -1, -1, -1]);
});

Deno.test("parseListing() reads a page of many more keys than were asked for", () => {
  const inside = Array.from({ length: 8_000 }, (_, i) => contents(`p/${i}`)).join("");
  assertEquals(parseListing(page({ inside }), "p/").objects.length, 8_000);
});

Deno.test("parseListing() reads sizes of up to 64 bits", () => {
  const sizes = ["0", "9007199254740991", "9007199254740992", "18446744073709551615"];
  const inside = sizes.map((size) => contents(`p/${size}`, size)).join("");
  assertEquals(parseListing(page({ inside }), "p/").objects.map(({ size }) => size), [
    0,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 64,
  ]);
});

const INCOMPLETE: readonly (readonly [string, string, string])[] = [
  ["a KeyCount that is too large", page({ keyCount: 2 }), "1 of 2 keys"],
  ["a KeyCount that is too small", page({ keyCount: 0 }), "1 of 0 keys"],
  ["two KeyCounts", page({ rest: "<KeyCount>1</KeyCount>" }), "more than one KeyCount"],
  ["a KeyCount in words", page({ keyCount: "one" }), "malformed KeyCount"],
  ["no IsTruncated", page({ rest: "" }), "how it goes on"],
  ["an empty IsTruncated", page({ rest: "<IsTruncated/>" }), "how it goes on"],
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
  [
    "a token that has lost characters",
    page({ rest: `<NextContinuationToken>p/\ufffd</NextContinuationToken>` }),
    "from a key that was not written",
  ],
  ["IsTruncated in other words", page({ rest: "<IsTruncated>yes</IsTruncated>" }), "how it"],
  ["another prefix", page({ inside: "" }).replace(">p/<", ">q/<"), "of another prefix"],
  ["a key of another prefix", page({ inside: contents("q/a") }), "another prefix"],
  ["no key", page({ inside: contents("") }), "lacks a Key"],
  ["a key within a key", page({ inside: contents("<b>p/a</b>") }), "more than one Key"],
  ["two keys", page({ inside: contents("p/a</Key><Key>p/b") }), "more than one Key"],
  ["an empty Contents", page({ inside: "<Contents/>", keyCount: 1 }), "0 of 1 keys"],
  ["an empty Contents among others", page({ inside: contents("p/a") + "<Contents/>" }), "empty C"],
  ["a negative size", page({ inside: contents("p/a", "-2") }), "malformed Size"],
  ["a fractional size", page({ inside: contents("p/a", "1.5") }), "malformed Size"],
  ["a size in hex", page({ inside: contents("p/a", "0x10") }), "malformed Size"],
  ["a size of 21 digits", page({ inside: contents("p/a", "1".repeat(21)) }), "malformed Size"],
  [
    "common prefixes",
    page({
      rest:
        "<CommonPrefixes><Prefix>p/b/</Prefix></CommonPrefixes><IsTruncated>false</IsTruncated>",
      keyCount: "",
    }),
    "in the place of keys",
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

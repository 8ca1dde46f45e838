/**
 * Listings that are made to exhaust or mislead a parser, and the page that they spoil.
 *
 * @module
 */

import { MAX_DOCUMENT_BYTES } from "../../lib/s3/xml.ts";

/** What a document begins with. */
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ETAG = "&quot;0123456789abcdef0123456789abcdef&quot;";

/** One object of a listing. */
export const contents = (key: string, size = "7", etag = ETAG) =>
  `<Contents><Key>${key}</Key><LastModified>2024-03-08T15:00:00.000Z</LastModified>` +
  `<ETag>${etag}</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;

/** A whole page of the prefix `p/`; a test spoils one thing of it. */
export function page(parts: {
  inside?: string;
  keyCount?: number | string;
  rest?: string;
} = {}): string {
  const { inside = contents("p/a"), rest = "<IsTruncated>false</IsTruncated>" } = parts;
  const keyCount = parts.keyCount ?? inside.split("<Contents>").length - 1;
  return `${DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>flatfiles</Name><Prefix>p/</Prefix><KeyCount>${keyCount}</KeyCount>` +
    `<MaxKeys>1000</MaxKeys>${rest}${inside}</ListBucketResult>`;
}

const declared = (encoding: string) => page().replace("UTF-8", encoding);
const utf16 = (text: string) => {
  const bytes = new Uint8Array(2 + text.length * 2);
  bytes.set([0xff, 0xfe]);
  for (let i = 0; i < text.length; i++) bytes[2 + 2 * i] = text.charCodeAt(i);
  return bytes;
};
const lol = (depth: number) =>
  Array.from(
    { length: depth },
    (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
  ).join("");
const big = "x".repeat(100_000);

/** Documents that are made to exhaust or mislead a parser. */
export const HOSTILE: Readonly<Record<string, () => Uint8Array | string>> = {
  "billion laughs": () =>
    `<!DOCTYPE x [<!ENTITY l0 "lol">${lol(9)}]>${page({ inside: contents("&l9;") })}`,
  "quadratic blow-up": () =>
    `<!DOCTYPE x [<!ENTITY a "${big}">]>${page({ inside: contents("&a;".repeat(50_000)) })}`,
  "two million numeric references": () =>
    page({ inside: contents(`p/${"&#97;".repeat(1_500_000)}`) }),
  "a million named references": () => page({ inside: contents(`p/${"&amp;".repeat(1_000_000)}`) }),
  "a reference out of range": () => page({ inside: contents("p/&#x110000;") }),
  "a reference to a surrogate": () => page({ inside: contents("p/&#xD800;") }),
  "a reference to NUL": () => page({ inside: contents("p/&#0;") }),
  "a long reference": () => page({ inside: contents(`p/&#${"0".repeat(1e6)}65;`) }),
  "an unknown entity": () => page({ inside: contents("p/&nbsp;") }),
  "an open reference": () => page({ inside: contents("p/a & b") }),
  "an external document type": () => `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${page()}`,
  "an external entity": () =>
    `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${page({ inside: contents("p/&e;") })}`,
  "a depth of 100,000": () => page({ inside: "<a>".repeat(100_000) + "</a>".repeat(100_000) }),
  "a depth of 2,000,000, never closed": () => "<a>".repeat(2_000_000),
  "two million empty elements": () => page({ inside: "<a/>".repeat(2_000_000) }),
  "a tag of 8 MB": () => `<${"a".repeat(8_000_000)}`,
  "a million attributes": () => `<a ${'b="" '.repeat(1_000_000)}/>`,
  "8 MB of spaces in a tag": () => `<a ${" ".repeat(8_000_000)}`,
  "a key in CDATA": () => page({ inside: contents("<![CDATA[p/a]]>") }),
  "a comment": () => page({ inside: `<!--${contents("p/b")}-->`, keyCount: 0 }),
  "a processing instruction": () => page({ inside: "<?php p/a ?>", keyCount: 0 }),
  "a second declaration": () => DECLARATION + page(),
  "two roots": () => page() + page().replace(DECLARATION, ""),
  "an empty second root": () => `${page()}<x/>`,
  "a root before the root": () => `<x/>${page().replace(DECLARATION, "")}`,
  "text behind the root": () => `${page()}x`,
  "text before the root": () => page().replace("<ListBucketResult", "x<ListBucketResult"),
  "a root that is closed twice": () => `${page()}</ListBucketResult>`,
  "tags that cross": () =>
    page({ inside: contents("p/a").replace("</Key><LastModified>", "<LastModified></Key>") }),
  "a tag of another case": () => page().replace("</Key>", "</key>"),
  "a raw NUL": () => page({ inside: contents("p/\0") }),
  "UTF-16": () => utf16(page()),
  "UTF-16 without a mark": () => utf16(page()).subarray(2),
  "a declared UTF-16": () => declared("UTF-16"),
  "a declared UTF-7": () => declared("UTF-7"),
  "invalid UTF-8": () => {
    const bytes = new TextEncoder().encode(page({ inside: contents("p/XX") }));
    bytes.set([0xc0, 0xaf], bytes.indexOf(0x58));
    return bytes;
  },
  "more than 8 MiB": () => new Uint8Array(MAX_DOCUMENT_BYTES + 1).fill(32),
};

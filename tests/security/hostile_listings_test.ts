/** A listing that cannot be trusted ends the run with exit code 5, before anything is fetched. */

import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { IN_QUARTER, World } from "../program/harness.ts";
import { contents, DECLARATION, page } from "./hostile_listings.ts";

const PREFIX = "us_stocks_sip/day_aggs_v1/2025/";

/** A page of the prefix, with an object, to spoil. */
function listing(parts: Parameters<typeof page>[0] = {}): string {
  const inside = contents(`${PREFIX}01/2025-01-02.csv.gz`);
  return page({ inside, ...parts }).replace("<Prefix>p/</Prefix>", `<Prefix>${PREFIX}</Prefix>`);
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  [..."\ufeff" + text].forEach((char, i) => view.setUint16(2 * i, char.charCodeAt(0), true));
  return bytes;
}

/** 100 MB, as a stream that never holds them. */
function large(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunk = new TextEncoder().encode(contents(`${PREFIX}x`).repeat(200));
  let left = 100e6;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(chunk);
      if ((left -= chunk.length) < 0) controller.close();
    },
  });
}

/** What is answered, what is said of it, and how often it is asked for. */
const LISTINGS: readonly (readonly [what: string, () => BodyInit, said: RegExp, gets: number])[] = [
  ["100 MB", large, /received more than 8388608 bytes$/, 6],
  [
    "the same token for ever",
    () =>
      listing({
        rest: "<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>",
      }),
    /a page comes twice$/,
    2,
  ],
  ["UTF-16", () => utf16(listing()), /is no listing/, 6],
  [
    "a key outside the prefix",
    () => listing({ inside: contents("us_indices/day_aggs_v1/2025/01/2025-01-02.csv.gz") }),
    /is no listing/,
    6,
  ],
  ["a wrong KeyCount", () => listing({ keyCount: 2 }), /is no listing/, 6],
  [
    "a login page",
    () => "<!DOCTYPE html>\n<html><body>Sign in</body></html>",
    /it is a web page/,
    6,
  ],
  [
    "an external DTD",
    () => `${DECLARATION}<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">${listing()}`,
    /is no listing/,
    6,
  ],
];

for (const [what, answer, said, gets] of LISTINGS) {
  Deno.test(`flatfetch TSLA (a listing that is ${what}) exits 5`, async () => {
    let asked = 0;
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      asked++;
      return new Response(answer());
    });
    await using world = await World.open([]);
    const env = { FLATFETCH_ENDPOINT: `http://127.0.0.1:${server.addr.port}` };
    const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER], { env });
    assertMatch(stderr, /^❌ Cannot list "us_stocks_sip\/day_aggs_v1\/2025\/": /m);
    assertMatch(stderr.split("\n").find((line) => line.startsWith("❌"))!, said);
    assertNotMatch(stderr, /Found \d+ files/);
    assertEquals([code, asked], [5, gets]);
  });
}

import { assertEquals } from "@std/assert";
import { plainEtag } from "../../lib/s3/etag.ts";

const TAGS: Readonly<Record<string, string>> = {
  '"0af3-2"': "0af3-2",
  "0af3": "0af3",
  'W/"0af3"': "0af3",
  'w/"0af3"': "0af3",
  ' "0af3"\n': "0af3",
  '""0af3""': "0af3",
  "'0af3'": "0af3",
  '"0af3': "0af3",
  '"/+=:.!"': "/+=:.!",
  '""': "",
  "": "",
  'W/""': "",
  '"a b"': "",
  '"a"b"': "",
  '"é"': "",
  '"a\nb"': "",
};

for (const [text, value] of Object.entries(TAGS)) {
  Deno.test(`plainEtag() of ${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
    assertEquals(plainEtag(text), value);
  });
}

import { assertEquals } from "@std/assert";
import { isMd5 } from "../../lib/dated_object.ts";
import { etagOf, md5In } from "../../lib/s3/etag.ts";

const DIGITS = "0123456789abcdefABCDEF0123456789";
const SSE = "x-amz-server-side-encryption";

const md5With = (headers: Record<string, string>, etag = DIGITS) =>
  md5In(etag, new Headers(headers));

Deno.test("md5In() takes an ETag of 32 digits for the MD5 unless the answer says otherwise", () => {
  const plain: Record<string, string>[] = [
    {},
    { [SSE]: "AES256" },
    { [SSE]: " aes256 " },
    { [SSE]: "", [`${SSE}-customer-algorithm`]: " ", [`${SSE}-aws-kms-key-id`]: "" },
    { [SSE]: "AES256", [`${SSE}-bucket-key-enabled`]: "true" },
    { "x-amz-storage-class": "GLACIER_IR", "x-amz-meta-server-side-encryption": "aws:kms" },
  ];
  for (const headers of plain) {
    assertEquals(md5With(headers), DIGITS.toLowerCase(), JSON.stringify(headers));
  }
  const against: Record<string, string>[] = [
    { [SSE]: "aws:kms" },
    { [SSE]: "AWS:KMS" },
    { [SSE]: "aws:kms:dsse" },
    { [SSE]: "aws:fsx" },
    { [`${SSE}-aws-kms-key-id`]: "k" },
    { [`${SSE}-customer-algorithm`]: "AES256" },
    { [`${SSE}-customer-key-MD5`]: "k" },
    { [`${SSE}-context`]: "e30=" },
    { "x-cos-server-side-encryption": "cos/kms" },
    { "x-obs-server-side-encryption": "kms" },
    { "x-amz-storage-class": "EXPRESS_ONEZONE" },
  ];
  for (const headers of against) {
    assertEquals(md5With(headers), undefined, JSON.stringify(headers));
  }
});

Deno.test("md5In() takes no other ETag for one", () => {
  for (const etag of ["", `${DIGITS}-2`, DIGITS.slice(1), `${DIGITS}0`, "g".repeat(32)]) {
    assertEquals(md5With({}, etag), undefined, etag);
  }
});

Deno.test("etagOf() leaves out quotes and the mark of a weak one", () => {
  for (const etag of ['"e"', 'W/"e"', "e"]) assertEquals(etagOf(new Headers({ etag })), "e");
  assertEquals(etagOf(new Headers()), undefined);
});

Deno.test("isMd5() tells the MD5 of small objects from the ETag of large ones", () => {
  const digest = "0123456789abcdefABCDEF0123456789";
  assertEquals(isMd5(digest), true);
  for (
    const etag of [
      "",
      `${digest}-2`,
      `${digest}0`,
      digest.slice(1),
      `"${digest}"`,
      "g".repeat(32),
      `${digest}\n`,
    ]
  ) {
    assertEquals(isMd5(etag), false, etag);
  }
});

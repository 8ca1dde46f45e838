import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { IntegrityError, ObjectChangedError } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { type ByteSpan, checkContentRange } from "../../lib/s3/range.ts";

const KEYS = { accessKeyId: "TEST", secretAccessKey: "secret" };

function clientOf(s3: FakeS3, fetch = s3.fetch): S3Client {
  return new S3Client({
    endpoint: "http://127.0.0.1:1",
    bucket: s3.bucket,
    credentials: KEYS,
    fetch,
    random: () => 0,
  });
}

Deno.test("S3Client.getRange() brings the bytes that are asked for, as far as they are there", async () => {
  const s3 = new FakeS3({ credentials: KEYS });
  s3.objects.put("k", new TextEncoder().encode("0123456789"));
  s3.objects.put("empty", new Uint8Array());
  using client = clientOf(s3);
  const spans: readonly [ByteSpan, string][] = [
    [{ start: 0, end: 10 }, "0123456789"],
    [{ start: 3, end: 4 }, "3"],
    [{ start: 8, end: 99 }, "89"],
    [{ start: 10, end: 12 }, ""],
    [{ last: 2 }, "89"],
    [{ last: 99 }, "0123456789"],
  ];
  for (const [span, wanted] of spans) {
    assertEquals(new TextDecoder().decode((await client.getRange("k", span)).bytes), wanted);
    assertEquals((await client.getRange("empty", span)).bytes.length, 0);
  }
  const { md5 } = await client.getRange("k", { last: 1 }, { size: 10 });
  assertEquals(md5, "781e5e245d69b566979b86e28d23f2c7");
  for (const size of [9, 11]) {
    const ranged = () => client.getRange("k", { last: 1 }, { size });
    await assertRejects(ranged, IntegrityError, `announces 10 of ${size} bytes`);
  }
  const ifMatch = "0".repeat(32);
  await assertRejects(
    () => client.getRange("k", { last: 2 }, { ifMatch }),
    ObjectChangedError,
  );
});

for (
  const name of ["short-body", "long-body", "reset-in-body", "etag-swap", "slow-down"] as const
) {
  Deno.test(`S3Client.getRange() gets over "${name}"`, async () => {
    const s3 = new FakeS3({ credentials: KEYS });
    const { etag } = s3.objects.put("k", new TextEncoder().encode("0123456789"));
    s3.faults.add(name, { key: "k", times: 1 });
    using client = clientOf(s3);
    const ranged = () => client.getRange("k", { start: 2, end: 8 }, { ifMatch: etag });
    if (name === "etag-swap") return void await assertRejects(ranged, ObjectChangedError);
    assertEquals(new TextDecoder().decode((await ranged()).bytes), "234567");
  });
}

Deno.test("S3Client.getRange() refuses the whole object in the place of some bytes", async () => {
  const s3 = new FakeS3({ credentials: KEYS });
  s3.objects.put("k", new TextEncoder().encode("0123456789"));
  const withoutRange: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("range");
    return s3.fetch(input, { ...init, headers });
  };
  using client = clientOf(s3, withoutRange);
  assertEquals((await client.getRange("k", { start: 0, end: 10 })).bytes.length, 10);
  await assertRejects(() => client.getRange("k", { start: 0, end: 5 }), IntegrityError, "0-4");
});

Deno.test("checkContentRange() takes no other bytes than those asked for", () => {
  const at = { key: "k", action: "Cannot download" };
  const check = (range: string, length: string, span: ByteSpan) =>
    checkContentRange(
      new Headers({ "content-range": range, "content-length": length }),
      span,
      at,
    );
  check("bytes 2-7/10", "6", { start: 2, end: 8 });
  check("bytes 2-9/10", "8", { start: 2, end: 20 });
  check("bytes 7-9/10", "3", { last: 3 });
  for (
    const range of ["bytes 2-8/10", "bytes 1-7/10", "bytes 2-6/10", "bytes 2-7/*", "2-7/10", ""]
  ) {
    assertThrows(() => check(range, "6", { start: 2, end: 8 }), IntegrityError);
  }
  assertThrows(() => check("bytes 2-7/10", "5", { start: 2, end: 8 }), IntegrityError);
});

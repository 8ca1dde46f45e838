import { createHash } from "node:crypto";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeS3 } from "../fixtures/s3_server.ts";
import { CacheDirectory } from "../lib/cache/directory.ts";
import { ObjectStore } from "../lib/cache/objects.ts";
import { checkBytes, download, isMd5 } from "../lib/download.ts";
import { IntegrityError, ObjectChangedError, S3Error, TemporaryError } from "../lib/errors.ts";
import { S3Client } from "../lib/s3/client.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const BYTES = new TextEncoder().encode("not looked into here");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const OBJECT = { key: KEY, size: BYTES.length, etag: md5(BYTES) };

/** A bucket that has the object, an empty store, and a client that waits for nothing. */
async function placeOf({ etag = OBJECT.etag } = {}) {
  const path = await Deno.makeTempDir();
  const store = new ObjectStore(new CacheDirectory(path));
  const s3 = new FakeS3();
  s3.objects.put(KEY, BYTES, { etag });
  const client = new S3Client({
    endpoint: "https://files.test",
    bucket: "flatfiles",
    credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
    fetch: s3.fetch,
    random: () => 0,
  });
  return {
    s3,
    store,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await Deno.remove(path, { recursive: true });
    },
  };
}

Deno.test("download() brings an object from the bucket when it is not kept", async () => {
  await using place = await placeOf();
  const file = await download(OBJECT, place);
  assertEquals(file, { bytes: BYTES, from: "bucket", proof: "md5" });
  assertEquals(place.s3.requests.map(({ method, key }) => [method, key]), [["GET", KEY]]);
});

Deno.test("download() takes a kept object without asking the bucket", async () => {
  await using place = await placeOf();
  await place.store.write(KEY, BYTES);
  const want = { bytes: BYTES, from: "store", proof: "md5" } as const;
  assertEquals(await download(OBJECT, place), want);
  assertEquals(await download(OBJECT, { ...place, client: undefined }), want);
  assertEquals(place.s3.requests, []);
});

Deno.test("download() throws a damaged or an older kept object away and fetches it", async () => {
  const wrong = [
    BYTES.slice(1),
    new Uint8Array(),
    BYTES.map((byte, i) => i === 3 ? byte ^ 1 : byte),
  ];
  for (const kept of wrong) {
    await using place = await placeOf();
    await place.store.write(KEY, kept);
    assertEquals((await download(OBJECT, place)).from, "bucket");
    assertEquals(await place.store.read(KEY), undefined);
  }
});

Deno.test("download() trusts no kept object whose ETag proves nothing", async () => {
  const etag = `${OBJECT.etag}-2`;
  await using place = await placeOf({ etag });
  await place.store.write(KEY, BYTES);
  assertEquals(await download({ ...OBJECT, etag }, place), {
    bytes: BYTES,
    from: "bucket",
    proof: "size",
  });
});

Deno.test("download() says offline what is not kept", async () => {
  await using place = await placeOf();
  const run = () => download(OBJECT, { ...place, client: undefined });
  const message = `Cannot read "${KEY}" offline: it is not kept here`;
  await assertRejects(run, TemporaryError, message);
  await place.store.write(KEY, BYTES.slice(1));
  await assertRejects(run, TemporaryError, message);
});

Deno.test("download() fetches again when the body is short, long or wrong", async () => {
  for (const fault of ["short-body", "short-chunked", "long-body", "bit-flip"] as const) {
    await using place = await placeOf();
    place.s3.faults.add(fault, { times: 1 });
    assertEquals((await download(OBJECT, place)).bytes, BYTES);
    assertEquals(place.s3.requests.length, 2, fault);
  }
});

Deno.test("download() says that an object was replaced since it was listed", async () => {
  await using place = await placeOf();
  place.s3.objects.put(KEY, BYTES.slice(2));
  await assertRejects(() => download(OBJECT, place), ObjectChangedError, "it was replaced");
});

Deno.test("download() says that an object is gone, or refused", async () => {
  await using place = await placeOf();
  place.s3.faults.add("access-denied", { times: 1 });
  assertEquals((await assertRejects(() => download(OBJECT, place), S3Error)).status, 403);
  place.s3.objects.delete(KEY);
  assertEquals((await assertRejects(() => download(OBJECT, place), S3Error)).code, "NoSuchKey");
  assertEquals(place.s3.requests.length, 2);
});

Deno.test("download() rejects with the reason of an abort", async () => {
  await using place = await placeOf();
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => download(OBJECT, { ...place, signal }), Error, "enough");
  assertEquals(place.s3.requests, []);
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

Deno.test("checkBytes() compares length and MD5 with the listing", () => {
  checkBytes(BYTES, OBJECT);
  checkBytes(BYTES, { ...OBJECT, etag: OBJECT.etag.toUpperCase() });
  checkBytes(BYTES, { ...OBJECT, etag: "proves-nothing" });
  checkBytes(new Uint8Array(), { key: KEY, size: 0, etag: "d41d8cd98f00b204e9800998ecf8427e" });
  const short = assertThrows(() => checkBytes(BYTES.slice(1), OBJECT), IntegrityError);
  assertEquals([short.check, short.key], ["size", KEY]);
  assertEquals(short.message, `Cannot download "${KEY}": received 19 of 20 bytes`);
});

Deno.test("checkBytes() notices every single bit that flips", () => {
  for (let bit = 0; bit < 8 * BYTES.length; bit++) {
    const bytes = BYTES.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    const error = assertThrows(() => checkBytes(bytes, OBJECT), IntegrityError);
    assertEquals(error.check, "md5");
    assert(error.message.includes(OBJECT.etag), error.message);
  }
});

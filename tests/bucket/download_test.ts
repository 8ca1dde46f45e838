import { createHash } from "node:crypto";
import { assertEquals, assertRejects } from "@std/assert";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { download as downloadWith, type DownloadOptions } from "../../lib/bucket/download.ts";
import { ObjectChangedError, S3Error, TemporaryError } from "../../lib/errors.ts";
import { readChecked } from "../../lib/bucket/integrity.ts";
import type { ObjectVersion } from "../../lib/dated_object.ts";
import { S3Client } from "../../lib/s3/client.ts";

const KEY = "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz";
const BYTES = new TextEncoder().encode("not looked into here");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const OBJECT = { key: KEY, size: BYTES.length, etag: md5(BYTES) };

/** Downloads what proves to be the listed object, and gives its bytes. */
async function download(
  object: ObjectVersion,
  place: Omit<DownloadOptions<Uint8Array>, "accept">,
): Promise<{ bytes: Uint8Array; from: "bucket" | "store"; proof: "md5" | "gzip" }> {
  const accept = (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) =>
    readChecked(bytes, { ...object, md5 }, () => Promise.resolve(bytes));
  const { value, ...rest } = await downloadWith(object, { ...place, accept });
  return { bytes: value, ...rest };
}

/** A bucket that has the object, an empty store, and a client that waits for nothing. */
async function placeOf({ etag = OBJECT.etag, headers = {} } = {}) {
  const path = await Deno.makeTempDir();
  const store = new ObjectStore(new CacheDirectory(path));
  const s3 = new FakeS3();
  s3.objects.put(KEY, BYTES, { etag, headers });
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

/** ETags that are no MD5, and what an answer says of those that look like one. */
const OPAQUE: readonly { etag: string; headers?: Record<string, string> }[] = [
  { etag: `${OBJECT.etag}-2` },
  { etag: "0x8DC3F1" },
  { etag: "0".repeat(32), headers: { "x-amz-server-side-encryption": "aws:kms" } },
];

Deno.test("download() trusts no kept object whose ETag proves nothing and that has no checksum", async () => {
  for (const { etag, headers } of OPAQUE) {
    await using place = await placeOf({ etag, ...headers && { headers } });
    await place.store.write(KEY, BYTES);
    const want = { bytes: BYTES, from: "bucket", proof: "gzip" } as const;
    assertEquals(await download({ ...OBJECT, etag }, place), want);
  }
});

Deno.test("download() takes a kept object by its checksum where the ETag proves nothing", async () => {
  for (const { etag } of OPAQUE) {
    await using place = await placeOf();
    const object = { ...OBJECT, etag };
    await place.store.writeChecked(object, BYTES);
    const want = { bytes: BYTES, from: "store", proof: "gzip" } as const;
    assertEquals(await download(object, { ...place, client: undefined }), want);
    const others = [
      { ...object, etag: `${etag}3` },
      { ...object, size: BYTES.length + 1 },
    ];
    for (const other of others) {
      await place.store.writeChecked(object, BYTES);
      const offline = { ...place, client: undefined };
      await assertRejects(() => download(other, offline), TemporaryError);
      assertEquals(await place.store.read(KEY), undefined, "another version is forgotten");
    }
  }
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

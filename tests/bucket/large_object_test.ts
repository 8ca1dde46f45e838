import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { fetchLargeObject, type LargeObject } from "../../lib/bucket/large_object.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { IntegrityError, NetworkError, ObjectChangedError, S3Error } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";

const KEYS = { accessKeyId: "TEST", secretAccessKey: "secret" };
const KEY = "us_stocks_sip/trades_v1/2024/03/2024-03-07.csv.gz";
const PART = 100;
const MIB = 2 ** 20;

/** A bucket with one object, and a folder for its parts. */
class Case implements AsyncDisposable {
  readonly s3 = new FakeS3({ credentials: KEYS });
  readonly folder = Deno.makeTempDirSync({ prefix: "flatfetch_" });
  bytes = new Uint8Array();
  etag = "";

  constructor(size = 1_030, facts: { etag?: string; headers?: Record<string, string> } = {}) {
    this.put(size, facts);
  }

  put(size: number, facts: { etag?: string; headers?: Record<string, string> } = {}, seed = 0) {
    this.bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) this.bytes[i] = (i * 7 + (i >> 8) + seed) % 251;
    this.etag = this.s3.objects.put(KEY, this.bytes, facts).etag;
  }

  async fetch(
    { partSize = PART, signal = new AbortController().signal, size = this.bytes.length } = {},
  ): Promise<LargeObject> {
    using client = new S3Client({
      endpoint: "http://127.0.0.1:1",
      bucket: this.s3.bucket,
      credentials: KEYS,
      fetch: this.s3.fetch,
      random: () => 0,
    });
    const directory = new CacheDirectory(this.folder);
    const object = { key: KEY, size, etag: this.etag };
    return await fetchLargeObject(object, { client, directory, signal, partSize });
  }

  /** How many requests there were since this was asked last. */
  takeRequests(): number {
    const count = this.s3.requests.length;
    this.s3.clearRequests();
    return count;
  }

  /** What is on the disk. */
  files(): string[] {
    const folder = `${this.folder}/objects/us_stocks_sip/trades_v1/2024/03`;
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function bytesOf(large: LargeObject): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(large.chunks())));
}

for (const size of [1, PART - 1, PART, PART + 1, 10 * PART, 10 * PART + 30]) {
  Deno.test(`fetchLargeObject() brings ${size} bytes in parts, proved by their MD5`, async () => {
    await using it = new Case(size);
    using large = await it.fetch();
    assertEquals(await bytesOf(large), it.bytes);
    assertEquals([large.proof, it.takeRequests()], ["md5", Math.ceil(size / PART)]);
    await large.remove();
    assertEquals(it.files(), []);
  });
}

Deno.test("fetchLargeObject() fetches only the parts that an earlier run has not", async () => {
  for (let done = 0; done <= 11; done++) {
    await using it = new Case();
    let left = done;
    const respond = it.s3.respond.bind(it.s3);
    // The key is refused from then on.
    it.s3.respond = (request) => {
      if (left-- === 0) it.s3.faults.add("access-denied", { key: KEY });
      return respond(request);
    };
    if (done < 11) {
      await assertRejects(() => it.fetch(), S3Error);
      assertEquals(it.files().length, done === 0 ? 0 : 1);
    } else (await it.fetch())[Symbol.dispose]();
    it.s3.faults.clear();
    it.takeRequests();
    using large = await it.fetch();
    assertEquals([await bytesOf(large), it.takeRequests()], [it.bytes, 11 - done]);
  }
});

Deno.test("fetchLargeObject() takes no byte of a file that was cut anywhere, flipped or made of another object", async () => {
  await using it = new Case();
  const first = await it.fetch();
  first[Symbol.dispose]();
  const { path } = first;
  const whole = await Deno.readFile(path);
  const tries: [string, Uint8Array][] = [];
  for (let at = 0; at < whole.length; at += 13) {
    tries.push([`cut at ${at}`, whole.slice(0, at)]);
    const flipped = whole.slice();
    flipped[at]! ^= 1 << (at % 8);
    tries.push([`flipped at ${at}`, flipped]);
  }
  for (const [name, bytes] of tries) {
    await Deno.writeFile(path, bytes);
    it.takeRequests();
    using large = await it.fetch();
    assertEquals(await bytesOf(large), it.bytes, name);
    assertEquals(name.startsWith("cut") || it.takeRequests() === 1, true, name);
  }
  it.put(1_030, {}, 5);
  it.takeRequests();
  using large = await it.fetch();
  assertEquals([await bytesOf(large), it.takeRequests()], [it.bytes, 11]);
});

Deno.test("fetchLargeObject() tries each part again alone", async () => {
  for (const name of ["slow-down", "reset-in-body", "short-body", "internal-error"] as const) {
    await using it = new Case();
    it.s3.faults.storm({ probability: 0.3, seed: 3, faults: [{ name }] });
    using large = await it.fetch();
    assertEquals(await bytesOf(large), it.bytes);
  }
});

Deno.test("fetchLargeObject() keeps what it has when it is aborted", async () => {
  await using it = new Case();
  const abort = new AbortController();
  const respond = it.s3.respond.bind(it.s3);
  it.s3.respond = (request) => {
    if (it.s3.requests.length === 5) abort.abort(new Error("given up"));
    return respond(request);
  };
  await assertRejects(() => it.fetch({ signal: abort.signal }), Error, "given up");
  it.takeRequests();
  using _large = await it.fetch();
  const missing = it.takeRequests();
  assert(missing >= 6 && missing <= 10, `${missing}`);
});

Deno.test("fetchLargeObject() refuses an object of another size than its listing says, and writes nothing", async () => {
  for (const size of [1_029, 1_031, 600 * 2 ** 30, 2 ** 53 - 1]) {
    await using it = new Case();
    const error = await assertRejects(() => it.fetch({ size }), IntegrityError, `of ${size} bytes`);
    assertEquals([error.check, it.files()], ["size", []]);
  }
});

Deno.test("fetchLargeObject() notices that the object is replaced meanwhile", async () => {
  await using it = new Case();
  const { etag } = it;
  it.put(1_030, {}, 5);
  it.etag = etag;
  await assertRejects(() => it.fetch(), ObjectChangedError);
});

Deno.test("fetchLargeObject() refuses another MD5, and forgets what came", async () => {
  await using it = new Case(1_030, { etag: "0".repeat(32) });
  const error = await assertRejects(() => it.fetch(), IntegrityError);
  assertEquals([error.check, it.files()], ["md5", []]);
  // Of an object that a key of the key service encrypts, the ETag is no MD5.
  it.put(1_030, { etag: "0".repeat(32), headers: { "x-amz-server-side-encryption": "aws:kms" } });
  using large = await it.fetch();
  assertEquals(large.proof, "gzip");
});

Deno.test("fetchLargeObject() finds the size of an upload's parts in its ETag", async () => {
  for (const [partSize, proof] of [[5 * MIB, "md5"], [8e6, "md5"], [7 * MIB, "gzip"]] as const) {
    const size = 11 * MIB + 17;
    await using it = new Case(size);
    const md5s = [];
    for (let at = 0; at < size; at += partSize) {
      md5s.push(createHash("md5").update(it.bytes.subarray(at, at + partSize)).digest());
    }
    const etag = `${createHash("md5").update(Buffer.concat(md5s)).digest("hex")}-${md5s.length}`;
    it.put(size, { etag });
    using large = await it.fetch({ partSize: 4 * MIB });
    assertEquals(large.proof, proof);
  }
});

Deno.test("fetchLargeObject() of one object by two at once brings it to each", async () => {
  await using it = new Case();
  const [one, other] = await Promise.all([it.fetch(), it.fetch()]);
  using _one = one;
  using _other = other;
  assertEquals([await bytesOf(one), await bytesOf(other)], [it.bytes, it.bytes]);
  assertEquals(it.files().length, 2);
});

Deno.test("fetchLargeObject() gives up a server that never sends a part", async () => {
  await using it = new Case();
  it.s3.faults.add("reset-in-body", { key: KEY });
  await assertRejects(() => it.fetch(), NetworkError);
  assertEquals(it.files(), []);
});

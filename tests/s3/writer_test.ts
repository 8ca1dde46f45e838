import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  FakeS3,
  type FakeS3Options,
  type Fault,
  type FaultName,
} from "../../fixtures/s3_server.ts";
import { IntegrityError, ObjectChangedError, S3Error } from "../../lib/errors.ts";
import { stageObject } from "../../lib/s3/staged_object.ts";
import { S3Writer, type WriteCondition } from "../../lib/s3/writer.ts";

const KEYS = { accessKeyId: "TEST", secretAccessKey: "secret/with+signs" };
const PART = 64;
const FACTS = {
  contentType: "application/vnd.apache.parquet",
  metadata: { flatfetch: 'a/b "e" 7' },
};
const SIGNAL = new AbortController().signal;

/** A server whose parts may be small, and a writer to it that never waits. */
class Case implements Disposable {
  readonly s3: FakeS3;
  readonly writer: S3Writer;

  constructor(options: FakeS3Options = {}) {
    this.s3 = new FakeS3({ credentials: KEYS, minPartSize: PART, ...options });
    this.writer = new S3Writer({
      endpoint: "http://127.0.0.1:1",
      bucket: this.s3.bucket,
      credentials: KEYS,
      fetch: this.s3.fetch,
      random: () => 0,
    });
  }

  /** Stages an object of so many bytes and commits it. */
  async write(
    key: string,
    size: number,
    condition?: WriteCondition,
    chunkSize = 17,
  ): Promise<string> {
    const options = { facts: FACTS, partSize: PART, signal: SIGNAL };
    const staged = await stageObject(this.writer, key, chunked(bytesOf(size), chunkSize), options);
    try {
      return await staged.commit({ condition, signal: SIGNAL });
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }

  stored(key: string): Uint8Array | undefined {
    return this.s3.objects.get(key)?.bytes;
  }

  /** The operations that were asked for, in their order, listings aside. */
  get operations(): string[] {
    return this.s3.requests.map(({ operation }) => operation);
  }

  [Symbol.dispose](): void {
    this.writer[Symbol.dispose]();
  }
}

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i * 7 % 251);
}

async function* chunked(bytes: Uint8Array<ArrayBuffer>, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

Deno.test("stageObject() writes every size whole, with type and metadata", async () => {
  for (const size of [0, 1, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 3]) {
    for (const chunkSize of [1, PART - 1, PART, 3 * PART]) {
      using it = new Case();
      const etag = await it.write("a/b c", size, undefined, chunkSize);
      const object = it.s3.objects.get("a/b c")!;
      assertEquals(object.bytes, bytesOf(size), `${size} in chunks of ${chunkSize}`);
      assertEquals([object.etag, object.headers], [etag, {
        "content-type": FACTS.contentType,
        "x-amz-meta-flatfetch": FACTS.metadata.flatfetch,
      }]);
      assertEquals(it.operations.includes("put"), size <= PART);
      assertEquals(it.s3.objects.uploads.list(), []);
      const head = await it.writer.head("a/b c");
      assertEquals([head?.size, head?.etag], [size, etag]);
      assertEquals(head?.metadata.get("flatfetch"), FACTS.metadata.flatfetch);
    }
  }
});

Deno.test("S3Writer.head() of a key that nothing is under is undefined", async () => {
  using it = new Case();
  assertEquals(await it.writer.head("none"), undefined);
});

Deno.test("S3Writer.head() says why it is refused, and gets over a clock that is off", async () => {
  using it = new Case();
  await it.write("k", 10);
  it.s3.faults.add("skew", { key: "k", times: 1 });
  assertEquals((await it.writer.head("k"))?.size, 10);
  it.s3.faults.add("access-denied", { key: "k" });
  const error = await assertRejects(() => it.writer.head("k"), S3Error, "Cannot look at");
  assertEquals(error.code, "AccessDenied");
  using late = new Case({ now: () => Date.now() + 3_600_000 });
  assertEquals(await late.writer.head("none"), undefined);
});

/** What another attempt gets over, by the operation that it strikes. */
const PASSING: readonly FaultName[] = [
  "slow-down",
  "internal-error",
  "too-many-requests",
  "reset-before",
  "conflict",
  "redirect",
  "skew",
];

for (const name of PASSING) {
  for (const operation of ["put", "create-upload", "upload-part", "complete-upload"] as const) {
    Deno.test(`S3Writer gets over "${name}" of ${operation} by trying that request again`, async () => {
      using it = new Case();
      const fault: Fault = { name, ...(name === "too-many-requests" && { retryAfter: "0" }) };
      it.s3.faults.add(fault, { key: "k", operations: [operation], times: 1 });
      const size = operation === "put" ? PART : 3 * PART;
      // The answer of what was done may be lost as well.
      await it.write("k", size).catch((error) => {
        assert(name === "reset-before" && operation === "complete-upload", `${error}`);
        assertEquals(error.check, "upload");
      });
      assertEquals(it.stored("k"), bytesOf(size));
      const counts = Map.groupBy(it.operations, (each) => each);
      assertEquals(counts.get(operation)!.length, operation === "upload-part" ? 4 : 2);
      if (name !== "reset-before" || operation !== "create-upload") {
        assertEquals(it.s3.objects.uploads.list(), []);
      }
    });
  }
}

Deno.test("S3Writer completes again after an error within a 200", async () => {
  using it = new Case();
  it.s3.faults.add("internal-error-in-200", {
    key: "k",
    operations: ["complete-upload", "create-upload"],
    times: 2,
  });
  await it.write("k", 2 * PART);
  assertEquals(it.stored("k"), bytesOf(2 * PART));
});

Deno.test("S3Writer hears an answer, and an error, behind a thousand spaces", async () => {
  for (const name of [undefined, "internal-error-in-200"] as const) {
    using it = new Case();
    if (name) it.s3.faults.add(name, { key: "k", operations: ["complete-upload"] });
    const respond = it.s3.respond.bind(it.s3);
    it.s3.respond = (request) => {
      const reply = respond(request);
      const isCompletion = request.method === "POST" && request.target.includes("uploadId");
      if (!isCompletion) return reply;
      const spaces = new Uint8Array(1_000).fill(0x20);
      return { ...reply, body: new Uint8Array([...spaces, ...reply.body]) };
    };
    if (name === undefined) await it.write("k", 2 * PART);
    else await assertRejects(() => it.write("k", 2 * PART), S3Error, "InternalError");
    assertEquals(it.stored("k"), name === undefined ? bytesOf(2 * PART) : undefined);
  }
});

Deno.test("S3Writer writes again what the server has stored wrong, whatever the condition", async () => {
  for (const [size, operation] of [[10, "put"], [3 * PART, "upload-part"]] as const) {
    for (const condition of [undefined, "absent"] as const) {
      using it = new Case();
      it.s3.faults.add("bit-flip", { key: "k", operations: [operation], times: 2 });
      await it.write("k", size, condition);
      assertEquals(it.stored("k"), bytesOf(size));
    }
  }
});

Deno.test("S3Writer leaves nothing where the server stores everything wrong", async () => {
  for (const [size, operation] of [[10, "put"], [3 * PART, "upload-part"]] as const) {
    using it = new Case();
    it.s3.faults.add("bit-flip", { key: "k", operations: [operation] });
    const error = await assertRejects(() => it.write("k", size, "absent"), IntegrityError);
    assertEquals(error.check, "upload");
    assertEquals([it.stored("k"), it.s3.objects.uploads.list()], [undefined, []]);
  }
});

Deno.test("S3Writer says that the server has lost a part, and leaves nothing", async () => {
  using it = new Case();
  it.s3.faults.add("lost-part", { key: "k", operations: ["upload-part"], times: 1 });
  const error = await assertRejects(() => it.write("k", 3 * PART), IntegrityError, "InvalidPart");
  assertEquals([error.check, error.key], ["upload", "k"]);
  assertEquals([it.stored("k"), it.s3.objects.uploads.list()], [undefined, []]);
});

for (const [name, status] of [["full", 507], ["access-denied", 403]] as const) {
  for (const operation of ["put", "create-upload", "upload-part", "complete-upload"] as const) {
    Deno.test(`S3Writer asks once where "${name}" answers ${operation}, and leaves nothing`, async () => {
      using it = new Case();
      it.s3.faults.add(name, { key: "k", operations: [operation] });
      const size = operation === "put" ? 10 : PART + 1;
      const error = await assertRejects(() => it.write("k", size), S3Error, "Cannot write");
      assertEquals(error.status, status);
      assertEquals([it.stored("k"), it.s3.objects.uploads.list()], [undefined, []]);
      const asked = it.operations.filter((each) => each === operation).length;
      assert(asked <= (operation === "upload-part" ? 2 : 1), `asked ${asked} times`);
    });
  }
}

for (const size of [10, 3 * PART]) {
  Deno.test(`S3Writer writes ${size} bytes only where the condition holds`, async () => {
    using it = new Case();
    const etag = await it.write("k", size, "absent");
    for (const condition of ["absent", { etag: "0".repeat(32) }] as const) {
      await assertRejects(() => it.write("k", size + 1, condition), ObjectChangedError);
    }
    await assertRejects(() => it.write("none", size, { etag }), ObjectChangedError);
    assertEquals([it.stored("k"), it.stored("none")], [bytesOf(size), undefined]);
    await it.write("k", size + 1, { etag });
    assertEquals(it.stored("k"), bytesOf(size + 1));
    assertEquals(it.s3.objects.uploads.list(), []);
  });
}

Deno.test("StagedObject.commit() can be called again with another condition", async () => {
  for (const size of [10, 3 * PART]) {
    using it = new Case();
    const { etag } = it.s3.objects.put("k", bytesOf(1));
    const options = { facts: FACTS, partSize: PART, signal: SIGNAL };
    const staged = await stageObject(it.writer, "k", chunked(bytesOf(size), 9), options);
    await assertRejects(() => staged.commit({ condition: "absent" }), ObjectChangedError);
    await staged.commit({ condition: { etag } });
    assertEquals(it.stored("k"), bytesOf(size));
  }
});

Deno.test("stageObject() leaves nothing of chunks that fail, or of an abort", async () => {
  using it = new Case();
  const abort = new AbortController();
  const failing = async function* (fail: () => void) {
    yield* chunked(bytesOf(3 * PART), 10);
    fail();
    yield* chunked(bytesOf(3 * PART), 10);
  };
  const stage = (fail: () => void) =>
    stageObject(it.writer, "k", failing(fail), {
      facts: FACTS,
      partSize: PART,
      signal: abort.signal,
    });
  await assertRejects(() =>
    stage(() => {
      throw new RangeError("no more rows");
    }), RangeError);
  await assertRejects(() => stage(() => abort.abort(new Error("given up"))), Error, "given up");
  assertEquals([it.stored("k"), it.s3.objects.uploads.list()], [undefined, []]);
  assert(it.operations.includes("abort-upload"));
});

Deno.test("S3Writer does without checksums where a server refuses them", async () => {
  for (const size of [10, 3 * PART]) {
    using it = new Case();
    const respond = it.s3.respond.bind(it.s3);
    const refused: string[] = [];
    it.s3.respond = (request) => {
      const name = [...request.headers.keys()].find((name) => name.startsWith("x-amz-checksum"));
      if (name === undefined) return respond(request);
      refused.push(name);
      it.s3.faults.add({ name: "no-conditions" }, {
        operations: ["put", "create-upload"],
        times: 1,
      });
      return respond({ ...request, headers: new Map([...request.headers, ["if-match", "x"]]) });
    };
    await it.write("k", size);
    await it.write("l", size);
    assertEquals([it.stored("k"), it.stored("l")], [bytesOf(size), bytesOf(size)]);
    assertEquals(refused.length, 1);
  }
});

Deno.test("S3Writer.unfinished() lists every upload below a prefix, page after page", async () => {
  using it = new Case({ maxKeys: 2 });
  const keys = ["a/1", "a/2", "a/3 +&", "b/1"];
  for (const key of keys) await it.writer.begin(key, { facts: FACTS });
  const found = await Array.fromAsync(it.writer.unfinished("a/"));
  assertEquals(found.map(({ key }) => key), keys.slice(0, 3));
  for (const upload of found) await it.writer.abort(upload);
  await it.writer.abort(found[0]!);
  assertEquals(it.s3.objects.uploads.list().map(({ key }) => key), ["b/1"]);
});

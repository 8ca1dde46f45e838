import { assert, assertEquals, assertThrows } from "@std/assert";
import { S3Client } from "../../lib/s3/client.ts";
import { Bandwidth } from "../../lib/http/bandwidth.ts";
import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { mix, unit } from "../../fixtures/random.ts";

/** How many bytes connections read in so many milliseconds of a clock that only this moves. */
function readIn(
  limitMs: number,
  { bandwidth, connections, wanted, delivered }: {
    bandwidth: Bandwidth;
    connections: number;
    wanted: (connection: number) => number;
    /** How many of the booked bytes come. */
    delivered?: (bytes: number) => number;
  },
): number[] {
  const read = new Array(connections).fill(0);
  const freeMs = new Array(connections).fill(0);
  for (;;) {
    const at = freeMs.indexOf(Math.min(...freeMs));
    const nowMs = freeMs[at]!;
    if (nowMs >= limitMs) return read;
    const { bytes, waitMs } = bandwidth.book(wanted(at), nowMs);
    const came = delivered?.(bytes) ?? bytes;
    bandwidth.giveBack(bytes - came);
    if (nowMs + waitMs < limitMs) read[at] += came;
    freeMs[at] = nowMs + waitMs + 1e-6;
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

for (const limit of [1_024, 512 * 1_024, 10 * 2 ** 20, 2 ** 30]) {
  for (const connections of [1, 20]) {
    Deno.test(`Bandwidth lets ${limit} bytes a second to ${connections} connections, within 5 % over ten seconds`, () => {
      const read = readIn(10_000, {
        bandwidth: new Bandwidth(limit),
        connections,
        wanted: () => 1e9,
      });
      assert(Math.abs(sum(read) / (10 * limit) - 1) < 0.05, `${sum(read)} of ${10 * limit}`);
      assert(Math.max(...read) < 1.2 * Math.min(...read), `unequal: ${read}`);
    });
  }
}

Deno.test("Bandwidth counts what was read, not what was asked for", () => {
  let draws = 0;
  const random = () => unit(mix(7, draws++), 0);
  const read = readIn(10_000, {
    bandwidth: new Bandwidth(1e6),
    connections: 7,
    wanted: () => 1 + Math.floor(random() * 1e5),
    delivered: (bytes) => Math.ceil(random() * bytes),
  });
  assert(Math.abs(sum(read) / 10e6 - 1) < 0.05, `${sum(read)}`);
});

Deno.test("Bandwidth makes up for a tenth of a second that nobody used, and no more", () => {
  const bandwidth = new Bandwidth(1e6);
  readIn(100, { bandwidth, connections: 1, wanted: () => 1e9 });
  let atOnce = 0;
  for (;;) {
    const { bytes, waitMs } = bandwidth.book(1_000, 60_000);
    if (waitMs > 0) break;
    atOnce += bytes;
  }
  assertEquals(Math.round(atOnce / 1_000), 101);
});

Deno.test("Bandwidth refuses what is no limit", () => {
  for (const limit of [0, -1, NaN, Infinity]) {
    assertThrows(() => new Bandwidth(limit), RangeError, `${limit}`);
  }
});

Deno.test("S3Client with a bandwidth trips over none of the limits for slow servers", async () => {
  const credentials = { accessKeyId: "TEST", secretAccessKey: "secret" };
  const s3 = new FakeS3({ credentials });
  const bytes = Uint8Array.from({ length: 12_000 }, (_, i) => i % 251);
  for (const key of ["a", "b", "c"]) s3.objects.put(key, bytes);
  // Each object waits twice for longer than the server may take for anything.
  const limits = {
    idleMs: 1_000,
    windowMs: 1_000,
    minBytesPerSecond: 4_000,
    attemptMs: 1_500,
    attemptBytesPerSecond: 1e9,
  };
  await using server = serveS3(s3);
  await Promise.all([s3.fetch, undefined].map(async (fetch) => {
    using client = new S3Client({
      endpoint: server.url,
      bucket: s3.bucket,
      credentials,
      bandwidth: new Halting(),
      limits,
      fetch,
    });
    const objects = await Promise.all(["a", "b", "c"].map((key) => client.get(key)));
    assertEquals(objects.map((object) => object.bytes), [bytes, bytes, bytes]);
    assertEquals(client.requests, 3);
  }));
});

/** Lets every reader wait before each of its chunks. */
class Halting extends Bandwidth {
  constructor() {
    super(1);
  }

  override book(wanted: number): { bytes: number; waitMs: number } {
    return { bytes: Math.min(wanted, 6_000), waitMs: 1_100 };
  }
}

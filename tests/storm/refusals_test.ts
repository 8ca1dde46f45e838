/** Promise 3, against a server that refuses: what can be had is had, and no request is wasted. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertMatch,
} from "@std/assert";
import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { explain } from "../../lib/cli/explain/explain.ts";
import { S3Client, S3Error } from "../../mod.ts";
import { KEYS, keysOf, QUARTER, stockFiles, World } from "../program/harness.ts";
import { stormFiles } from "./weather.ts";

Deno.test("flatfetch TSLA (300 of 1,255 files refused) delivers 955 and names 300 by their dates, after one GET each", async () => {
  const files = stormFiles(1_255);
  await using world = await World.open([files]);
  const refused = new Set(files.dates.slice(0, 300).map(files.keyOf));
  for (const key of refused) world.s3.faults.add("access-denied", { key });
  const [from, to] = [files.dates[0]!, files.dates.at(-1)!];
  const { code, stderr } = await world.run(["TSLA", "--from", from, "--to", to]);
  assertEquals([code, world.takeGets()], [3, keysOf(files)]);
  assertMatch(
    stderr,
    new RegExp(
      `^🔒 not included in your plan: ${from} … ${files.dates[299]} \\(300 files\\)$`,
      "m",
    ),
  );
  assertMatch(stderr, /^🔶 INCOMPLETE: Cached 955 days of TSLA data, 300 files missing$/m);
});

for (const concurrency of [1, 20, 32]) {
  Deno.test(`preload() (expired token in mid-run, ${concurrency} at once) stops at once, keeps what is done and resumes`, async () => {
    const files = stockFiles();
    await using world = await World.open([files], { latencyMs: 2 });
    const done: string[] = [];
    let before = 0;
    const error = await world.load(["TSLA"], {
      ...QUARTER,
      concurrency,
      keepLimitBytes: 0,
      reporter: (event) => {
        if (event.type !== "file" || event.outcome.kind !== "done") return;
        if (done.push(event.key) !== 10) return;
        before = world.s3.requests.length;
        world.s3.faults.add("expired-token", { key: /gz$/ });
      },
    }).catch((error) => error);
    assertInstanceOf(error, S3Error);
    assertEquals([error.code, explain(error).exitCode], ["ExpiredToken", 4]);
    assertMatch(explain(error).hint!, /^Get a new session token/);
    assertLessOrEqual(world.s3.requests.length - before, concurrency);
    world.s3.faults.clear();
    await world.quiet();
    world.s3.clearRequests();
    const next = await world.load(["TSLA"], { ...QUARTER, keepLimitBytes: 0 });
    assertEquals(next.bars.TSLA, files.truth("TSLA"));
    assertEquals(world.takeGets(), keysOf(files).filter((key) => !done.includes(key)));
  });
}

for (const minutes of [16, -16]) {
  const now = () => Date.now() + minutes * 60_000;

  Deno.test(`preload() (clock ${minutes} minutes off) learns the server's clock from one refusal`, async () => {
    const files = stockFiles();
    await using world = await World.open([files], { now });
    const { bars } = await world.load(["TSLA"], { ...QUARTER, concurrency: 32 });
    assertEquals(bars.TSLA, files.truth("TSLA"));
    const refused = world.s3.requests.filter(({ status }) => status === 403);
    assertEquals([refused.length, world.s3.requests.length], [1, 62]);
  });

  Deno.test(`S3Client (clock ${minutes} minutes off, 32 at once) learns it once for all of them`, async () => {
    const s3 = new FakeS3({ credentials: KEYS, now, latencyMs: 20 });
    for (let n = 0; n < 64; n++) s3.objects.put(`k${n}`, new Uint8Array([n]));
    await using server = serveS3(s3);
    using client = new S3Client({
      endpoint: server.url,
      bucket: s3.bucket,
      credentials: KEYS,
      concurrency: 32,
      random: () => 0,
    });
    const getAll = (from: number) =>
      Promise.all(Array.from({ length: 32 }, async (_, n) => {
        const { bytes } = await client.get(`k${from + n}`, { size: 1 });
        assertEquals(bytes, new Uint8Array([from + n]));
      }));
    await getAll(0);
    const refused = s3.requests.filter(({ status }) => status === 403).length;
    assert(refused >= 1 && refused <= 32);
    assertEquals(s3.requests.length, 32 + refused);
    await getAll(32);
    assertEquals(s3.requests.length, 64 + refused);
  });
}

/**
 * What an export does with a real S3 server as its place.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError, IntegrityError } from "../../lib/errors.ts";
import { BucketTarget } from "../../lib/export/bucket_target.ts";
import type { ConditionSupport } from "../../lib/export/condition_probe.ts";
import type { TargetObject } from "../../lib/export/target.ts";
import { S3Writer } from "../../lib/s3/writer.ts";
import type { S3Target } from "../fixtures/s3_client.ts";

const DATASET = "us_stocks_sip/trades_v1";
const SIGNAL = new AbortController().signal;
const MIB = 2 ** 20;

/** Writes to the target's bucket, which must be there, a step each. */
export async function testExportTarget(t: Deno.TestContext, server: S3Target): Promise<void> {
  const support: ConditionSupport[] = [];
  const options = {
    ...server,
    name: `s3://${server.bucket}/a lake`,
    prefix: "a lake/",
    region: server.region,
    partSize: 5 * MIB,
    onConditions: (it: ConditionSupport) => support.push(it),
  };
  const run = () => new BucketTarget(options);
  const judge = () => Promise.resolve("replace" as const);
  const put = (
    target: BucketTarget,
    day: string,
    { size = 100, mark = "m", replaces }: {
      size?: number;
      mark?: string;
      replaces?: TargetObject | undefined;
    } = {},
  ) => {
    const chunks = chunked(new Uint8Array(size).fill(size % 251));
    return target.put(pathOf(day), chunks, { mark, replaces, judge, signal: SIGNAL });
  };

  await t.step("BucketTarget finds out that conditions are kept to", async () => {
    await using target = run();
    assertEquals(await put(target, "04"), "written");
    assertEquals(support, [{ ifNoneMatch: true, ifMatch: true }]);
  });

  for (
    const [day, size] of [["05", 0], ["06", 5 * MIB], ["07", 5 * MIB + 1], [
      "08",
      12 * MIB,
    ]] as const
  ) {
    await t.step(`BucketTarget writes ${size} bytes, and reads some of them`, async () => {
      await using target = run();
      assertEquals(await put(target, day, { size, mark: `mark "${day}" k=v` }), "written");
      const bytes = await target.read({ path: pathOf(day) }, { last: 10 }, SIGNAL);
      assertEquals(bytes, new Uint8Array(Math.min(10, size)).fill(size % 251));
    });
  }

  await t.step("BucketTarget.list() has every mark in two requests", async () => {
    await using target = run();
    const objects = await target.list(DATASET, SIGNAL);
    const marks = objects.map(({ path, size, mark }) => [path, size, mark]).sort();
    assertEquals(marks, [
      [pathOf("04"), 100, "m"],
      [pathOf("05"), 0, 'mark "05" k=v'],
      [pathOf("06"), 5 * MIB, 'mark "06" k=v'],
      [pathOf("07"), 5 * MIB + 1, 'mark "07" k=v'],
      [pathOf("08"), 12 * MIB, 'mark "08" k=v'],
    ]);
    assertEquals(target.requests, 2);
  });

  await t.step("two runs write one object, and that of another source replaces it", async () => {
    for (const [day, size] of [["11", 10], ["12", 11 * MIB]] as const) {
      const [one, other] = [run(), run()];
      await using _one = one;
      await using _other = other;
      // A run aborts what it finds under way when it begins; both have begun now.
      for (const it of [one, other]) await put(it, "10");
      const outcomes = await Promise.all([one, other].map((it) => put(it, day, { size })));
      // SeaweedFS looks and writes in two steps: both of two writers may be told that they have.
      assertEquals(outcomes.includes("written"), true);
      const listed = (await one.list(DATASET, SIGNAL)).find(({ path }) => path === pathOf(day));
      const change = { size: size + 1, mark: "newer", replaces: listed };
      assertEquals(await put(one, day, change), "written");
      assertEquals(await put(other, day, change), "present");
    }
  });

  await t.step(
    "a run whose upload is aborted by another that begins says so or sees its object",
    async () => {
      await using one = run();
      await using other = run();
      const size = 12 * MIB;
      const bytes = new Uint8Array(size).fill(size % 251);
      const interrupted = async function* () {
        yield bytes.slice(0, 6 * MIB);
        assertEquals(await put(other, "14", { size }), "written");
        yield bytes.slice(6 * MIB);
      };
      const options = { mark: "m", replaces: undefined, judge, signal: SIGNAL };
      const outcome = await one.put(pathOf("14"), interrupted(), options)
        .catch((error) => error instanceof IntegrityError ? error.check : error);
      assert(outcome === "upload" || outcome === "present", outcome);
      assertEquals(await put(one, "14", { size }), "present");
    },
  );

  await t.step("an upload that was left is aborted by the next run", async () => {
    using writer = new S3Writer(options);
    const key = `a lake/${pathOf("13")}`;
    await writer.begin(key, { facts: { contentType: "text/plain", metadata: {} } });
    await using target = run();
    await put(target, "13", { size: 6 * MIB });
    assertEquals(await Array.fromAsync(writer.unfinished("a lake/")), []);
  });

  await t.step("a wrong secret is the place's, and named so", async () => {
    const credentials = { ...server.credentials, secretAccessKey: "wrong" };
    await using stranger = new BucketTarget({ ...options, credentials });
    await assertRejects(() => put(stranger, "15"), ConfigurationError, options.name);
  });
}

function pathOf(day: string): string {
  return `${DATASET}/2024/03/2024-03-${day}.csv.gz`;
}

async function* chunked(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += MIB) yield bytes.slice(at, at + MIB);
}

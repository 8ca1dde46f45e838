/**
 * What the client does with an S3 server behind a socket.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { ObjectChangedError, S3Error } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { refusalReason } from "../../lib/s3/refusal_reason.ts";
import { awkwardKeys, objects, root } from "../fixtures/s3_case.ts";
import { ask, type S3Target } from "../fixtures/s3_client.ts";
import { fillS3 } from "../fixtures/s3_conformance.ts";

/**
 * Fills the target's bucket, then lists and gets with the client, a step each. What a server
 * answers to other clients is of no interest here.
 */
export async function testClient(t: Deno.TestContext, target: S3Target): Promise<void> {
  await fillS3(target);
  const clientFor = (change: Partial<S3Target> = {}) =>
    new S3Client({ ...target, ...change, region: target.region, random: () => 0 });
  using client = clientFor();
  const keys = [...objects.keys()].sort(byBytes);

  await t.step("list() follows pages of any size and yields every key once", async () => {
    for (const pageSize of [1, 3, 1000]) {
      const listed = await Array.fromAsync(client.list(root, { pageSize }), ({ key }) => key);
      // In which order is the server's affair.
      assertEquals(listed.sort(byBytes), keys);
    }
  });

  await t.step("list() begins after a key", async () => {
    const startAfter = keys[2]!;
    const listed = await Array.fromAsync(client.list(root, { startAfter }), ({ key }) => key);
    assertEquals(listed.sort(byBytes), keys.slice(3));
  });

  await t.step("get() brings each listed object with its size and ETag", async () => {
    for await (const { key, size, etag } of client.list(root)) {
      const { bytes } = await client.get(key, { size, ifMatch: etag });
      assertEquals(new TextDecoder().decode(bytes), objects.get(key));
    }
  });

  for (const key of awkwardKeys) {
    await t.step(`get() signs the key ${JSON.stringify(key)} right`, async () => {
      assertEquals(new TextDecoder().decode((await client.get(key)).bytes), objects.get(key));
    });
  }

  await t.step("get() notices that the object is another one", async () => {
    const ifMatch = "0".repeat(32);
    await assertRejects(() => client.get(keys[0]!, { ifMatch }), ObjectChangedError);
  });

  await t.step("get() of a missing key is an S3Error", async () => {
    const error = await assertRejects(() => client.get(`${root}none`), S3Error);
    assertEquals([error.status, error.code], [404, "NoSuchKey"]);
  });

  const isSigned = await checksSignatures(target);
  await t.step({
    name: "list() with a wrong secret is refused after one request" +
      (isSigned ? "" : " (skipped: this server takes any signature)"),
    ignore: !isSigned,
    fn: async () => {
      const credentials = { ...target.credentials, secretAccessKey: "wrong" };
      using stranger = clientFor({ credentials });
      const error = await assertRejects(() => Array.fromAsync(stranger.list(root)), S3Error);
      assertEquals([refusalReason(error), stranger.requests], ["secret", 1]);
    },
  });

  await t.step("list() of a bucket that is not there is refused after one request", async () => {
    using stranger = clientFor({ bucket: `${target.bucket}-none` });
    const error = await assertRejects(() => Array.fromAsync(stranger.list(root)), S3Error);
    assertEquals([refusalReason(error), stranger.requests], ["bucket", 1]);
  });
}

async function checksSignatures(target: S3Target): Promise<boolean> {
  const response = await ask(target, { key: `${root}digits`, forge: "wrong secret" });
  await response.body?.cancel();
  return !response.ok;
}

function byBytes(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => new TextEncoder().encode(text));
  const at = left!.findIndex((byte, i) => byte !== right![i]);
  return at === -1 ? left!.length - right!.length : left![at]! - (right![at] ?? -1);
}

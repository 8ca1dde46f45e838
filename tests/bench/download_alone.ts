/**
 * The floor of a cold run: the same client brings every file, and throws it away.
 *
 * @module
 */

import { S3Client } from "../../mod.ts";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";

const [endpoint = "", prefix = ""] = Deno.args;
using client = new S3Client({
  endpoint,
  bucket: "flatfiles",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
});
const semaphore = new Semaphore(20);
const objects = await Array.fromAsync(client.list(prefix));
await Promise.all(
  objects.map(({ key, size, etag }) =>
    semaphore.run(async () => void await client.get(key, { size, ifMatch: etag }))
  ),
);

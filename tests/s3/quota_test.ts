import { assert, assertEquals, assertRejects } from "@std/assert";
import { S3Error } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { MAX_ATTEMPTS, QUOTA_TOKENS, TOKENS_PER_RETRY } from "../../lib/http/backoff.ts";

Deno.test("a client without retries left keeps waiting, so that an outage brings no rush", async () => {
  let waits = 0;
  let throttled = 0;
  using client = new S3Client({
    endpoint: "https://files.test",
    bucket: "flatfiles",
    credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
    fetch: () => Promise.resolve(new Response(null, { status: 503 })),
    random: () => {
      waits++;
      return 0;
    },
    onThrottled: (elapsedMs) => {
      throttled++;
      assert(elapsedMs >= 0);
    },
  });
  const get = () => assertRejects(() => client.get("a/b"), S3Error);
  const retries = QUOTA_TOKENS / TOKENS_PER_RETRY;
  for (let spent = 0; spent < retries; spent += MAX_ATTEMPTS - 1) await get();
  const before = { requests: client.requests, waits, throttled };
  await get();
  assertEquals(client.requests - before.requests, 1, "one attempt");
  assertEquals([waits - before.waits, throttled - before.throttled], [1, 1], "and one wait");
});

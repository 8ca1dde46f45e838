/** What a status means is the same of the bucket and of the REST API: attempts, pace, exit code. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { RestClient } from "../../lib/adjust/rest_client.ts";
import { EXIT } from "../../lib/cli/explain/exits.ts";
import { explain } from "../../lib/cli/explain/explain.ts";
import type { Retry } from "../../lib/http/sender.ts";
import { S3Client } from "../../lib/s3/client.ts";

const endpoint = "https://server.example";

/** Statuses without a word that would say more, and how asking ends. */
const ROWS: readonly (readonly [string, attempts: number, throttled: boolean, exitCode: number])[] =
  [
    ["408 425 500 502 504 506 508 510 520 522 530 598 599", 6, false, EXIT.temporary],
    ["429 503 509", 6, true, EXIT.temporary],
    ["301 302 303 307 308 511", 6, false, EXIT.configuration],
    ["201 204 206 300 304 305", 1, false, EXIT.configuration],
    ["400 401 402 403 404 405 406 407 409 410", 1, false, EXIT.configuration],
    ["411 412 413 414 415 416 417 418 421 422 423 424 426 428 431 451 499", 1, false, 4],
    ["501 505", 1, false, EXIT.configuration],
    ["507", 1, false, EXIT.disk],
  ];

/** Answers with one status for ever, and asks for no wait. */
function answering(status: number) {
  const retries: Retry[] = [];
  let attempts = 0;
  const headers = { "retry-after": "0" };
  return {
    retries,
    attempts: () => attempts,
    options: {
      ...{ endpoint, random: () => 0, onRetry: (retry: Retry) => retries.push(retry) },
      fetch: () => {
        attempts++;
        return Promise.resolve(new Response(null, { status, headers }));
      },
    },
  };
}

type Answering = ReturnType<typeof answering>["options"];

const ASKING: Readonly<Record<string, (options: Answering) => Promise<unknown>>> = {
  async "the bucket"(options) {
    const credentials = { accessKeyId: "ID", secretAccessKey: "secret" };
    using client = new S3Client({ ...options, bucket: "bucket", credentials });
    return await Array.fromAsync(client.list("a/"));
  },
  async "the REST API"(options) {
    using client = new RestClient({ ...options, apiKey: { value: "key", source: "KEY" } });
    const question = { path: "/x", parameters: {}, action: "Cannot load" };
    return await Array.fromAsync(client.results(question));
  },
};

for (const [server, ask] of Object.entries(ASKING)) {
  for (const [statuses, attempts, throttled, exitCode] of ROWS) {
    Deno.test(`${statuses} of ${server}: ${attempts} attempts, exit code ${exitCode}`, async () => {
      for (const status of statuses.split(" ").map(Number)) {
        const answers = answering(status);
        const error = await assertRejects(() => ask(answers.options), Error);
        const explained = explain(error);
        assertEquals(
          [answers.attempts(), explained.exitCode, error.message.includes(`HTTP ${status}`)],
          [attempts, exitCode, true],
          `${status}: ${error.message}`,
        );
        assert(answers.retries.every((retry) => retry.throttled === throttled), `${status}`);
        assert(explained.hint, `${status} has no hint`);
      }
    });
  }
}

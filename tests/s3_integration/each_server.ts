/**
 * Registers a test for every real S3 server: each of `real_server.ts`, which is installed for it,
 * and skipped with a word where it cannot be.
 *
 * Where `FLATFETCH_TEST_ENDPOINT` is set it is the server there alone, with `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY` and, if set, `AWS_SESSION_TOKEN` and `AWS_REGION`; a test makes and fills
 * buckets there.
 *
 * @module
 */

import type { S3Target } from "../fixtures/s3_client.ts";
import { KEYS } from "../program/harness.ts";
import { install, REAL_SERVERS, RunningServer } from "./real_server.ts";

/** What is tested; the target's bucket does not exist yet. */
type Test = (t: Deno.TestContext, target: S3Target) => Promise<void>;

/** Names each test by the words and the server. */
export async function testEachServer(words: string, test: Test): Promise<void> {
  const endpoint = Deno.env.get("FLATFETCH_TEST_ENDPOINT")?.replace(/\/$/, "");
  if (endpoint !== undefined) {
    return Deno.test(`${words} the server at ${endpoint}`, (t) => test(t, given(endpoint)));
  }
  for (const server of REAL_SERVERS) {
    const installed = await install(server);
    const why = installed.missing === undefined ? "" : ` (skipped: ${installed.missing})`;
    Deno.test({
      name: `${words} ${server.name}${why}`,
      ignore: installed.missing !== undefined,
      fn: async (t) => {
        await using running = await RunningServer.start(server, installed.directory!, KEYS);
        await test(t, running.target);
      },
    });
  }
}

function given(endpoint: string): S3Target {
  const sessionToken = Deno.env.get("AWS_SESSION_TOKEN");
  return {
    endpoint,
    bucket: `flatfetch-test-${Date.now()}`,
    region: Deno.env.get("AWS_REGION") ?? "us-east-1",
    credentials: {
      accessKeyId: wanted("AWS_ACCESS_KEY_ID"),
      secretAccessKey: wanted("AWS_SECRET_ACCESS_KEY"),
      ...(sessionToken !== undefined && { sessionToken }),
    },
  };
}

function wanted(name: string): string {
  const value = Deno.env.get(name);
  if (value) return value;
  throw new Error(`Cannot test the server: ${name} is not set`);
}

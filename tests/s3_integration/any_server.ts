/**
 * `deno task test:s3`: the same as `embedded_test.ts` against the server at
 * `FLATFETCH_TEST_ENDPOINT`, with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if set,
 * `AWS_SESSION_TOKEN` and `AWS_REGION`. It makes and fills a bucket of its own there.
 *
 * @module
 */

import { testClient } from "./scenario.ts";

const endpoint = Deno.env.get("FLATFETCH_TEST_ENDPOINT")?.replace(/\/$/, "");

const why = endpoint === undefined ? " (skipped: FLATFETCH_TEST_ENDPOINT is not set)" : "";

Deno.test({
  name: `S3Client works with the server at FLATFETCH_TEST_ENDPOINT${why}`,
  ignore: endpoint === undefined,
  fn: (t) => {
    const sessionToken = Deno.env.get("AWS_SESSION_TOKEN");
    return testClient(t, {
      endpoint: endpoint!,
      bucket: `flatfetch-test-${Date.now()}`,
      region: Deno.env.get("AWS_REGION") ?? "us-east-1",
      credentials: {
        accessKeyId: wanted("AWS_ACCESS_KEY_ID"),
        secretAccessKey: wanted("AWS_SECRET_ACCESS_KEY"),
        ...(sessionToken !== undefined && { sessionToken }),
      },
    });
  },
});

function wanted(name: string): string {
  const value = Deno.env.get(name);
  if (value) return value;
  throw new Error(`Cannot test the server: ${name} is not set`);
}

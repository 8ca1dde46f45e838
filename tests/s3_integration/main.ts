/**
 * `deno task test:s3`: runs the tests of `servers.ts`.
 *
 * @module
 */

import { readTask, runDeno } from "../../tools/task.ts";
import { REAL_SERVERS } from "./real_server.ts";

const HELP = `
deno task test:s3

Tests client and program on real S3 servers, which it installs: ${
  REAL_SERVERS.map(({ name }) => name).join(", ")
}.
Where FLATFETCH_TEST_ENDPOINT is set it is the server there alone, with the keys of
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN and AWS_REGION where it needs
them; it makes and fills buckets there.
`;

readTask({ help: HELP });
await runDeno(["test", "-A", new URL("servers.ts", import.meta.url).href]);

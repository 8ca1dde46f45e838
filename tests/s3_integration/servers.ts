/**
 * `deno task test:s3`: the client, and the whole program, on real S3 servers. A step that fails is
 * this program's fault, or a server's that no user could work with either.
 *
 * @module
 */

import { fillS3 } from "../fixtures/s3_conformance.ts";
import { testWrites } from "../fixtures/s3_writes.ts";
import { testEachServer } from "./each_server.ts";
import { testExportTarget } from "./export_target.ts";
import { testClient } from "./scenario.ts";
import { testProgram } from "./whole_program.ts";

await testEachServer("flatfetch works with", async (t, target) => {
  const { bucket } = target;
  await t.step("requests that write", async (t) => {
    await fillS3(target);
    await testWrites(t, target);
  });
  await t.step("BucketTarget", (t) => testExportTarget(t, target));
  await t.step("S3Client", (t) => testClient(t, { ...target, bucket: `${bucket}-a` }));
  await t.step("flatfetch", (t) => testProgram(t, { ...target, bucket: `${bucket}-b` }));
});

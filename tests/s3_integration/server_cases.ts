/**
 * How real S3 servers differ from the table of answers that the embedded one gives. No gate: what
 * differs is a server's affair, until the client trips over it.
 *
 * @module
 */

import { fillS3, runS3Case, s3ConformanceCases } from "../fixtures/s3_conformance.ts";
import { testEachServer } from "./each_server.ts";

await testEachServer("the table of answers holds for", async (t, target) => {
  await fillS3(target);
  for (const it of s3ConformanceCases) await t.step(it.name, () => runS3Case(target, it));
});

import { FakeS3, serveS3 } from "../../fixtures/s3_server.ts";
import { testExportTarget } from "./export_target.ts";
import { testClient } from "./scenario.ts";

Deno.test("S3Client works with the embedded server behind a socket", async (t) => {
  const credentials = { accessKeyId: "TEST", secretAccessKey: "embedded" };
  const bucket = "flatfetch-test";
  await using server = serveS3(new FakeS3({ bucket, credentials }));
  await testClient(t, { endpoint: server.url, bucket, credentials });
});

Deno.test("BucketTarget works with the embedded server behind a socket", async (t) => {
  const credentials = { accessKeyId: "TEST", secretAccessKey: "embedded" };
  const bucket = "flatfetch-test";
  await using server = serveS3(new FakeS3({ bucket, credentials }));
  await testExportTarget(t, { endpoint: server.url, bucket, credentials });
});

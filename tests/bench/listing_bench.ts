/**
 * What reading a page of the bucket's listing takes.
 *
 *     deno task bench:micro
 *
 * @module
 */

import { FakeS3 } from "../../fixtures/s3_server.ts";
import { parseListing } from "../../lib/s3/documents.ts";
import { STOCK_DAYS } from "./data.ts";

const s3 = new FakeS3();
for (const date of STOCK_DAYS.dates) s3.objects.put(STOCK_DAYS.keyOf(date), new Uint8Array(9));
const response = await s3.fetch(`http://localhost/${s3.bucket}?list-type=2`);
const page = await response.bytes();

Deno.bench("parseListing() a page of 1,000 keys", () => {
  parseListing(page, "");
});

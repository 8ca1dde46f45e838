/**
 * `deno bench -A tests/bench/sign_bench.ts`: what the signature of a request costs.
 *
 * @module
 */

import { Signer } from "../../lib/s3/sign.ts";

const KEYS = { accessKeyId: "ID", secretAccessKey: "SECRET" };
const KEY = new URL(
  "https://files.massive.com/flatfiles/us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz",
);
const signer = new Signer(KEYS, "us-east-1");

Deno.bench("sign a request, the day's signing key at hand", async () => {
  await signer.sign({ url: KEY });
});

Deno.bench("sign the first request of a day", async () => {
  await new Signer(KEYS, "us-east-1").sign({ url: KEY });
});

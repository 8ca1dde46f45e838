import { createHash, createHmac } from "node:crypto";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AwsV4Signer } from "../../lib/deps/aws4fetch.ts";
import { DAY_MS } from "../../lib/dated_object.ts";
import { encodeKey, encodeQuery } from "../../lib/s3/key.ts";
import { Signer } from "../../lib/s3/sign.ts";

/** The published example keys of the Signature V4 pages. */
const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const NOW_MS = Date.parse("2013-05-24T00:00:00Z");

/** Signature V4 from its specification, for a GET, independent of the library. */
function signatureOf(url: URL, headers: Headers, canonicalPath: string): string {
  const hmac = (key: string | Uint8Array, text: string) =>
    createHmac("sha256", key).update(text).digest();
  const names = /SignedHeaders=([^,]+)/.exec(headers.get("authorization")!)![1]!;
  const datetime = headers.get("x-amz-date")!;
  const date = datetime.slice(0, 8);
  const canonical = [
    "GET",
    canonicalPath,
    url.search.slice(1).split("&").toSorted().join("&"),
    ...names.split(";").map((name) => `${name}:${name === "host" ? url.host : headers.get(name)}`),
    "",
    names,
    headers.get("x-amz-content-sha256"),
  ].join("\n");
  const scope = `${date}/us-east-1/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const key = [date, "us-east-1", "s3", "aws4_request"].reduce<string | Uint8Array>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return hmac(key, `AWS4-HMAC-SHA256\n${datetime}\n${scope}\n${hash}`).toString("hex");
}

const ASKED = /Signature=([0-9a-f]{64})$/;

Deno.test("the signer library agrees with the published GET Object example", async () => {
  const signer = new AwsV4Signer({
    ...CREDENTIALS,
    url: "https://examplebucket.s3.amazonaws.com/test.txt",
    service: "s3",
    region: "us-east-1",
    datetime: "20130524T000000Z",
    allHeaders: true,
    headers: {
      range: "bytes=0-9",
      "x-amz-content-sha256": createHash("sha256").digest("hex"),
    },
  });
  const { headers } = await signer.sign();
  assertStringIncludes(
    headers.get("authorization")!,
    "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
});

const KEYS = [
  "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz",
  "a b/c+d",
  "a%2Bb%",
  "q?x=1#f&g=h",
  "!'()*~-_.",
  'ü/日本/😀/"\\',
  "a=b;c,d:e@f$g[h]",
];

for (const key of KEYS) {
  Deno.test(`Signer signs ${JSON.stringify(key)} as the specification says`, async () => {
    const path = `/flatfiles/${encodeKey(key)}`;
    const url = new URL(`https://files.massive.com${path}`);
    const { headers } = await new Signer(CREDENTIALS, "us-east-1").sign({ url }, NOW_MS);
    const signature = ASKED.exec(headers.get("authorization")!)![1];
    assertEquals(signature, signatureOf(url, headers, path));
  });
}

Deno.test("Signer signs a query with spaces, plus and slashes", async () => {
  const query = encodeQuery({
    "list-type": "2",
    prefix: "a b+c/ü!*",
    "continuation-token": "1/x+y==&",
  });
  const url = new URL(`http://127.0.0.1:8080/base/flatfiles?${query}`);
  const { headers } = await new Signer(CREDENTIALS, "us-east-1").sign({ url }, NOW_MS);
  const signature = ASKED.exec(headers.get("authorization")!)![1];
  assertEquals(signature, signatureOf(url, headers, "/base/flatfiles"));
});

Deno.test("Signer signs host and x-amz headers only, the session token included", async () => {
  const credentials = { ...CREDENTIALS, sessionToken: "token/+=" };
  const url = new URL("https://host/b/k");
  const { headers } = await new Signer(credentials, "eu-west-1").sign({ url }, NOW_MS);
  assertStringIncludes(
    headers.get("authorization")!,
    "/20130524/eu-west-1/s3/aws4_request, " +
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
  );
  assertEquals(headers.get("x-amz-security-token"), "token/+=");
});

Deno.test("Signer learns the server's clock from the first of several refusals", async () => {
  const url = new URL("https://host/b/k");
  const signer = new Signer(CREDENTIALS, "us-east-1");
  const dateOf = async () => (await signer.sign({ url }, NOW_MS)).headers.get("x-amz-date");
  const { offsetMs } = await signer.sign({ url }, NOW_MS);
  assertEquals(await dateOf(), "20130524T000000Z");
  assert(!signer.learn(offsetMs, undefined, NOW_MS));
  assert(signer.learn(offsetMs, NOW_MS + 3_600_000, NOW_MS));
  assert(signer.learn(offsetMs, NOW_MS + 9_999_000, NOW_MS));
  assertEquals(await dateOf(), "20130524T010000Z");
});

Deno.test("Signer learns no clock that is off further than it may be", async () => {
  const url = new URL("https://host/b/k");
  const signer = new Signer(CREDENTIALS, "us-east-1", { mostOffsetMs: DAY_MS });
  for (const offsetMs of [DAY_MS, -DAY_MS]) {
    assert(!signer.learn(0, NOW_MS + offsetMs * 1.1, NOW_MS));
    assertEquals((await signer.sign({ url }, NOW_MS)).offsetMs, 0);
    assert(signer.learn(0, NOW_MS + offsetMs, NOW_MS));
    assert(signer.learn(offsetMs, NOW_MS, NOW_MS));
  }
  assert(new Signer(CREDENTIALS, "us-east-1").learn(0, NOW_MS + 400 * DAY_MS, NOW_MS));
});

Deno.test("Signer learns anew when this machine's clock is set meanwhile", async () => {
  const url = new URL("https://host/b/k");
  const signer = new Signer(CREDENTIALS, "us-east-1");
  assert(signer.learn(0, NOW_MS, NOW_MS - 3_600_000));
  const { offsetMs } = await signer.sign({ url }, NOW_MS);
  assertEquals(offsetMs, 3_600_000);
  assert(signer.learn(offsetMs, NOW_MS, NOW_MS));
  assertEquals((await signer.sign({ url }, NOW_MS)).offsetMs, 0);
});

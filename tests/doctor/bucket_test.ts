import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertMatch,
} from "@std/assert";
import { CHECKED_DATASETS } from "../../lib/doctor/bucket.ts";
import {
  diagnose,
  EntitlementError,
  IntegrityError,
  NetworkError,
  type SetupCheck,
} from "../../mod.ts";
import { checkAll, DATES, FOUND, fullBucket, illnesses, keyOf, only } from "./full_bucket.ts";

const STOCKS = "us_stocks_sip/day_aggs_v1";
const [FIRST, LAST] = [DATES[0]!, DATES.at(-1)!];

const planOf = (all: readonly SetupCheck[], dataset: string) =>
  all.find((one) => one.dataset === dataset)!;

Deno.test("diagnose() of a bucket that serves everything finds nothing, dataset by dataset", async () => {
  const s3 = fullBucket();
  const all = await checkAll(s3.fetch);
  assertEquals(illnesses(all), []);
  assertMatch(only(all, "listing").text, /^60 files of "us_stocks_sip\/day_aggs_v1" in \d+ ms, /);
  const plans = all.filter(({ name }) => name === "plan");
  assertEquals(
    plans.map(({ dataset, text }) => [dataset, text.split(":")[0]]),
    CHECKED_DATASETS.map(({ dataset, title }) => [dataset.name, title]),
  );
  assertEquals(plans.map(({ dataset }) => dataset), [
    "us_stocks_sip/day_aggs_v1",
    "us_stocks_sip/minute_aggs_v1",
    "us_options_opra/day_aggs_v1",
    "us_options_opra/minute_aggs_v1",
    "us_indices/day_aggs_v1",
    "us_indices/minute_aggs_v1",
    "global_forex/day_aggs_v1",
    "global_forex/minute_aggs_v1",
    "global_crypto/day_aggs_v1",
    "global_crypto/minute_aggs_v1",
  ]);
  assertEquals(
    plans[0]?.text,
    `stocks, day: served from ${FIRST} to ${LAST} (60 files); 6 were asked for`,
  );
  assertMatch(
    only(all, "download").text,
    /^"us_stocks_sip\/day_aggs_v1\/.*" in \d+ ms, its length, MD5 and gzip checksum hold \(\d+ bytes\)$/,
  );
  const whole = s3.requests.filter(({ key, status }) => key !== undefined && status === 200);
  assertEquals(whole.length, 1, "one file is fetched whole");
  assertEquals(
    s3.requests.filter(({ prefix }) => prefix).length,
    10,
    "each dataset is listed once",
  );
});

/** Which of the 60 files of stocks are refused, and the spans: from, to, refused. */
const REFUSED: Readonly<
  Record<string, readonly [(i: number) => boolean, [number, number, boolean][]]>
> = {
  "the old side": [(i) => i < 17, [[0, 16, true], [17, 59, false]]],
  "the new side": [(i) => i >= 51, [[0, 50, false], [51, 59, true]]],
  "both sides": [(i) => i < 10 || i >= 55, [[0, 9, true], [10, 54, false], [55, 59, true]]],
  "the middle": [(i) => 25 <= i && i < 40, [[0, 24, false], [25, 39, true], [40, 59, false]]],
};

for (const [where, [isRefused, spans]] of Object.entries(REFUSED)) {
  Deno.test(`diagnose() (stocks: ${where} refused) finds the very dates`, async () => {
    const s3 = fullBucket();
    for (const date of DATES.filter((_, i) => isRefused(i))) {
      s3.faults.add("access-denied", { key: keyOf(STOCKS, date) });
    }
    const all = await checkAll(s3.fetch);
    assertEquals(illnesses(all), []);
    const plan = planOf(all, STOCKS);
    assertEquals(
      plan.spans,
      spans.map(([start, end, refused]) => (
        { from: DATES[start]!, to: DATES[end]!, files: end - start + 1, refused }
      )),
    );
    for (const { from, to, refused } of plan.spans!) {
      assert(plan.text.includes(`${refused ? "refused" : "served"} from ${from} to ${to}`));
    }
    const asked = s3.requests.filter(({ key }) => key?.startsWith(STOCKS));
    assertLessOrEqual(asked.length, 20);
  });
}

Deno.test("diagnose() (a dataset refused as a whole) warns, and downloads of another", async () => {
  const s3 = fullBucket();
  s3.faults.add("access-denied", { key: /^us_stocks_sip/ });
  const all = await checkAll(s3.fetch);
  assertEquals(illnesses(all), ["plan warning", "plan warning"]);
  assertEquals(
    planOf(all, STOCKS).text,
    `stocks, day: not included in your plan: refused from ${FIRST} to ${LAST} (60 files); ` +
      "6 were asked for",
  );
  assertMatch(only(all, "download").text, /^"us_options_opra\/day_aggs_v1/);
});

Deno.test("diagnose() (everything refused) is a failure of the plan or the key", async () => {
  const s3 = fullBucket();
  s3.faults.add("access-denied", { key: /gz$/ });
  const all = await checkAll(s3.fetch);
  assertEquals(illnesses(all), [...Array(10).fill("plan warning"), "download failure"]);
  const { text, error } = only(all, "download");
  assertInstanceOf(error, EntitlementError);
  assertMatch(
    text,
    /refuses each of 60 files that were asked for; your plan or your key covers none/,
  );
});

Deno.test("diagnose() of a bucket that lacks datasets warns of each", async () => {
  const s3 = fullBucket();
  for (const key of s3.objects.keys()) if (!key.startsWith(STOCKS)) s3.objects.delete(key);
  const all = await checkAll(s3.fetch);
  assertEquals(illnesses(all), Array(9).fill("plan warning"));
  assertEquals(
    planOf(all, "us_indices/day_aggs_v1").text,
    "indices, day: the bucket lists no file",
  );
});

Deno.test("diagnose() of an empty bucket says so and downloads nothing", async () => {
  const s3 = fullBucket();
  for (const key of s3.objects.keys()) s3.objects.delete(key);
  const all = await checkAll(s3.fetch);
  const { status, reason } = only(all, "listing");
  assertEquals([status, reason], ["warning", "no-files"]);
  assertEquals(only(all, "download").text, "not tried: no file could be asked for");
});

Deno.test("diagnose() (files that are damaged in the bucket) is a failure of the download", async () => {
  const s3 = fullBucket();
  s3.faults.add("bit-flip", { key: /gz$/ });
  const { error } = only(await checkAll(s3.fetch, { limitMs: 60_000 }), "download");
  assertInstanceOf(error, IntegrityError);
});

Deno.test("diagnose() asks twice for a file that is damaged in the bucket, and takes an encrypted one", async () => {
  const damaged = fullBucket();
  for (const key of damaged.objects.keys()) {
    damaged.objects.put(key, damaged.objects.get(key)!.bytes.slice(0, -9));
  }
  const download = only(await checkAll(damaged.fetch, { limitMs: 60_000 }), "download");
  assertInstanceOf(download.error, IntegrityError);
  const whole = damaged.requests.filter(({ key, status }) => key !== undefined && status === 200);
  assertEquals(whole.length, 2);
  const encrypted = fullBucket();
  const headers = { "x-amz-server-side-encryption": "aws:kms" };
  for (const key of encrypted.objects.keys()) {
    const { bytes } = encrypted.objects.get(key)!;
    encrypted.objects.put(key, bytes, { etag: "0".repeat(32), headers });
  }
  const { text } = only(await checkAll(encrypted.fetch, { limitMs: 60_000 }), "download");
  assertMatch(text, /, its length and gzip checksum hold /);
});

Deno.test("diagnose() (one dataset's files do not answer) fails there alone", async () => {
  const s3 = fullBucket();
  const forex = "global_forex/day_aggs_v1";
  const all = await checkAll(
    (input, init) =>
      String(input).includes(`${forex}/2025`)
        ? Promise.reject(new TypeError("connection reset"))
        : s3.fetch(input, init),
    { limitMs: 60_000 },
  );
  assertEquals(illnesses(all), ["plan failure"]);
  const plan = planOf(all, forex);
  assertInstanceOf(plan.error, NetworkError);
  assertMatch(
    plan.text,
    /^forex, day: Cannot ask for "global_forex.*the connection to files.massive.com was reset/,
  );
});

Deno.test("diagnose() whose consumer stops within the plans stops asking", async () => {
  const s3 = fullBucket({ latencyMs: 5 });
  const directory = await Deno.makeTempDir({ prefix: "flatfetch_" });
  for await (
    const { name } of diagnose({
      cacheDirectory: directory,
      findCredentials: () => Promise.resolve(FOUND),
      fetch: s3.fetch,
    })
  ) {
    if (name === "plan") break;
  }
  await Deno.remove(directory, { recursive: true });
  const whole = s3.requests.filter(({ key, status }) => key !== undefined && status === 200);
  assertEquals(whole, [], "nothing is downloaded");
});

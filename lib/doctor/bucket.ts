/**
 * Checks the bucket: its listing, what of it the plan serves, and one whole file.
 *
 * @module
 */

import { withDates } from "../bucket/dated_files.ts";
import { type Coverage, findCoverage } from "../bucket/coverage.ts";
import { byDate, type DatedObject } from "../dated_object.ts";
import { EntitlementError, quote } from "../errors.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { readChecked } from "../bucket/integrity.ts";
import { type Dataset, datasetOf } from "../market/dataset.ts";
import { S3Client } from "../s3/client.ts";
import type { Credentials } from "../s3/credentials.ts";
import { Semaphore } from "../concurrency/semaphore.ts";
import {
  type DoctorSettings,
  failure,
  type Found,
  notTried,
  runSetupCheck,
  type SetupCheck,
  warning,
} from "./setup_check.ts";

/** A dataset under the name that people have for it, such as `stocks, day`. */
interface CheckedDataset {
  readonly title: string;
  readonly dataset: Dataset;
}

const TITLES = [
  ["stock", "stocks"],
  ["option", "options"],
  ["index", "indices"],
  ["forex", "forex"],
  ["crypto", "crypto"],
] as const;

/** The datasets of which is checked what the plan serves; stocks by day come first. */
export const CHECKED_DATASETS: readonly CheckedDataset[] = TITLES.flatMap(([asset, title]) => [
  { title: `${title}, day`, dataset: datasetOf(asset, "1d") },
  { title: `${title}, minute`, dataset: datasetOf(asset, "1m") },
]);

/** Requests that run at once. */
const CONCURRENCY = 20;

/** A dataset is listed page by page and asked for in several rounds, all of them at once. */
const LIMITS_OF_PLAN = 3;

/** A larger file is not downloaded for the sake of a check. */
const MAX_DOWNLOAD_BYTES = 16 * 2 ** 20;

/** What the checks of a bucket share. */
interface Bucket {
  readonly settings: DoctorSettings;
  readonly client: S3Client;
  readonly semaphore: Semaphore;
  readonly listings: Map<string, DatedObject[]>;
  /** Files that were seen to be served. */
  readonly served: DatedObject[];
  /** How many files were seen to be refused. */
  refused: number;
}

/** Checks the listing; then, if that works, every dataset at once, and one whole file. */
export async function* checkBucket(
  settings: DoctorSettings,
  credentials: Credentials,
): AsyncGenerator<SetupCheck, void> {
  using stack = new DisposableStack();
  let bucket: Bucket | undefined;
  const listing = await runSetupCheck("listing", settings, async (signal) => {
    const concurrency = CONCURRENCY;
    const client = stack.use(new S3Client({ ...settings, credentials, concurrency }));
    const semaphore = new Semaphore(concurrency);
    bucket = { settings, client, semaphore, listings: new Map(), served: [], refused: 0 };
    return await findListing(CHECKED_DATASETS[0]!, bucket, signal);
  });
  yield listing;
  if (bucket === undefined || listing.status === "failure") {
    yield notTried("plan", "the listing does not work");
    yield notTried("download", "the listing does not work");
    return;
  }
  yield* checkPlans(bucket);
  yield await checkDownload(bucket);
}

async function findListing(
  { dataset }: CheckedDataset,
  bucket: Bucket,
  signal: AbortSignal,
): Promise<Found> {
  const startMs = performance.now();
  const files = await list(dataset, bucket, signal);
  const newest = files.at(-1);
  if (newest === undefined) {
    return warning("no-files", `works, but the bucket has no file of ${quote(dataset.name)}`);
  }
  const ms = Math.round(performance.now() - startMs);
  const what = `${files.length} files of ${quote(dataset.name)}`;
  return { status: "ok", text: `${what} in ${ms} ms, the newest of ${newest.date}` };
}

/** All files of a dataset, ascending; each dataset is listed once. */
async function list(
  dataset: Dataset,
  { client, semaphore, listings }: Bucket,
  signal: AbortSignal,
): Promise<DatedObject[]> {
  const known = listings.get(dataset.name);
  if (known !== undefined) return known;
  const objects = await semaphore.run(
    () => Array.fromAsync(client.list(`${dataset.name}/`, { signal })),
    { signal },
  );
  const files = withDates(dataset, objects).sort(byDate);
  listings.set(dataset.name, files);
  return files;
}

async function* checkPlans(bucket: Bucket): AsyncGenerator<SetupCheck, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([bucket.settings.signal, stop.signal]);
  const plans = CHECKED_DATASETS.map((checked) => checkPlan(checked, bucket, signal));
  const ended = Promise.allSettled(plans);
  try {
    for (const plan of plans) yield await plan;
  } finally {
    stop.abort();
    await ended;
  }
}

async function checkPlan(
  { dataset, title }: CheckedDataset,
  bucket: Bucket,
  signal: AbortSignal,
): Promise<SetupCheck> {
  const limits = { signal, limitMs: bucket.settings.limitMs * LIMITS_OF_PLAN };
  const check = await runSetupCheck("plan", limits, async (signal) => {
    const files = await list(dataset, bucket, signal);
    const coverage = await findCoverage(files, (file) => isRefused(file, bucket, signal));
    return planFound(coverage);
  });
  return { ...check, text: `${title}: ${check.text}`, dataset: dataset.name };
}

async function isRefused(file: DatedObject, bucket: Bucket, signal: AbortSignal): Promise<boolean> {
  const { client, semaphore, served } = bucket;
  const answer = await semaphore.run(() => client.probe(file.key, { signal }), { signal });
  if (answer === "served") served.push(file);
  if (answer === "refused") bucket.refused++;
  return answer === "refused";
}

function planFound({ spans, asked }: Coverage): Found {
  if (spans.length === 0) return { ...warning("no-dataset", "the bucket lists no file"), spans };
  const parts = spans.map(({ from, to, files, refused }) =>
    `${refused ? "refused" : "served"} from ${from} to ${to} (${files} files)`
  );
  const text = `${parts.join(", ")}; ${asked} were asked for`;
  if (spans.some(({ refused }) => !refused)) return { status: "ok", text, spans };
  return { ...warning("not-in-plan", `not included in your plan: ${text}`), spans };
}

async function checkDownload({ settings, client, served, refused }: Bucket): Promise<SetupCheck> {
  const [smallest] = served.toSorted((a, b) => a.size - b.size);
  if (smallest === undefined) {
    return refused > 0 ? allRefused(refused) : notTried("download", "no file could be asked for");
  }
  const { key, size, etag } = smallest;
  if (size > MAX_DOWNLOAD_BYTES) {
    return notTried("download", `the smallest file that was asked for has ${size} bytes`);
  }
  return await runSetupCheck("download", settings, async (signal) => {
    const startMs = performance.now();
    let proofs = "length and gzip checksum hold";
    const verify = async (bytes: Uint8Array, _etag: string, md5: string | undefined) => {
      await readChecked(bytes, { key, size, md5 }, () => tickersOf(key, bytes));
      if (md5 !== undefined) proofs = "length, MD5 and gzip checksum hold";
    };
    await client.get(key, { size, ifMatch: etag, verify, signal });
    const ms = Math.round(performance.now() - startMs);
    return { status: "ok", text: `${quote(key)} in ${ms} ms, its ${proofs} (${size} bytes)` };
  });
}

function allRefused(count: number): SetupCheck {
  const error = new EntitlementError(
    `Cannot download: the server refuses each of ${count} files that were asked for; your plan ` +
      "or your key covers none of them",
  );
  return { name: "download", ...failure(error) };
}

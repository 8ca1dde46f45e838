/**
 * A bucket that has every dataset which the doctor checks, and what `diagnose()` says of it.
 *
 * @module
 */

import { gzipText, tradingDays } from "../../fixtures/flat_files.ts";
import { FakeS3, type FakeS3Options } from "../../fixtures/s3_server.ts";
import { CHECKED_DATASETS } from "../../lib/doctor/bucket.ts";
import { diagnose, type SetupCheck } from "../../mod.ts";
import type { DoctorOptions, SetupCheckName } from "../../lib/doctor/setup_check.ts";
import type { Filesystem } from "../../lib/cache/filesystem.ts";
import { KEYS } from "../program/harness.ts";

/** The 60 dates that every dataset has. */
export const DATES = tradingDays("2025-01-02", "2025-03-31");

/** The key of a dataset's date. */
export function keyOf(dataset: string, date: string): string {
  return `${dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
}

const TEXT = "ticker,volume,open,close,high,low,window_start,transactions\n" +
  "A,1942872,147.09,149.31,149.64,147.09,1709787600000000000,37404\n";

/** Ten datasets of 60 small files; the later a dataset comes, the larger they are. */
export function fullBucket(options: FakeS3Options = {}): FakeS3 {
  const s3 = new FakeS3({ credentials: KEYS, ...options });
  CHECKED_DATASETS.forEach(({ dataset }, i) => {
    const bytes = gzipText(TEXT.repeat(1 + i), 0);
    for (const date of DATES) s3.objects.put(keyOf(dataset.name, date), bytes);
  });
  return s3;
}

/** Enough of everything. */
export const FILESYSTEM: Filesystem = { kind: "ext4", isRemote: false, freeBytes: 2 ** 40 };

/** Keys that the bucket accepts. */
export const FOUND = {
  kind: "found",
  credentials: KEYS,
  source: "MASSIVE_S3_ACCESS_KEY_ID",
  endpoint: undefined,
  region: undefined,
} as const;

/** All that `diagnose()` says; in a cache directory of its own unless one is given. */
export async function checkAll(
  fetch: typeof globalThis.fetch,
  options: Partial<DoctorOptions> = {},
): Promise<SetupCheck[]> {
  const directory = await Deno.makeTempDir({ prefix: "flatfetch_" });
  try {
    return await Array.fromAsync(diagnose({
      cacheDirectory: `${directory}/cache`,
      findCredentials: () => Promise.resolve(FOUND),
      fetch,
      readFilesystem: () => Promise.resolve(FILESYSTEM),
      ...options,
    }));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The only check of a name. */
export function only(all: readonly SetupCheck[], name: SetupCheckName): SetupCheck {
  const [one, ...others] = all.filter((check) => check.name === name);
  if (one === undefined || others.length > 0) throw new Error(`${name} is not there once`);
  return one;
}

/** Names and statuses, but for those that are well. */
export function illnesses(all: readonly SetupCheck[]): string[] {
  return all.filter(({ status }) => status !== "ok").map(({ name, status }) => `${name} ${status}`);
}

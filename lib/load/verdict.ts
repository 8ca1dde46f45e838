/**
 * What an error means: for its file, and for the run.
 *
 * @module
 */

import {
  EntitlementError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  TemporaryError,
} from "../errors.ts";
import { classify } from "../s3/retry.ts";
import type { Verdict } from "./tasks.ts";

/** The cause of a file that the account's plan does not include. */
const NOT_IN_PLAN = "not included in your plan";

/** The cause of a file that is wanted offline and not on the disk. */
export const NOT_KEPT = "it is not kept here";

/** When the first files, this many, were refused and none was served, no more are asked for. */
const REFUSED_BEFORE_STOP = 5;

const INTEGRITY_CAUSES = {
  size: "its length differs from the listing's",
  "too-large": "it is larger than 64 GiB",
  md5: "its MD5 differs from the listing's",
  gzip: "its gzip is damaged",
  format: "it cannot be read as a flat file",
  listing: "its listing cannot be read",
  upload: "the server has not stored what it was sent",
} as const;

/** Why a file failed, in words that are the same for all files that failed so. */
export function causeOf(error: unknown): string {
  if (isRefused(error)) return NOT_IN_PLAN;
  if (error instanceof S3Error) {
    const { code, status } = error;
    return `the server answered ${code === `HTTP ${status}` ? code : `${code} (${status})`}`;
  }
  if (error instanceof IntegrityError) return INTEGRITY_CAUSES[error.check];
  if (error instanceof NetworkError) {
    return error.timedOut ? "the connection was too slow" : "the connection failed";
  }
  if (error instanceof ObjectChangedError) {
    if (error.found !== undefined) return `another run has written it meanwhile ${error.found}`;
    return `it was replaced while it was ${error.isWrite ? "written" : "fetched"}`;
  }
  if (error instanceof TemporaryError) return NOT_KEPT;
  return error instanceof Error ? error.message : String(error);
}

/** Whether the bucket lists a file that it does not serve to this account. */
export function isRefused(error: unknown): boolean {
  return classify(error) === "refused";
}

/** Whether the object is not, or no longer, what was listed. */
export function isReplaced(error: unknown): boolean {
  const kind = classify(error);
  return kind === "changed" || kind === "missing";
}

/** Whether the run goes on after an error of one file, and whether the file is tried again. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof TemporaryError) return "never";
  // It was listed again as often as it may be.
  if (isReplaced(error)) return "never";
  const isOfOneFile = error instanceof S3Error ||
    error instanceof NetworkError ||
    error instanceof IntegrityError;
  if (!isOfOneFile) return "fatal";
  const kind = classify(error);
  // Whoever still is refused for the clock after signing by the server's own cannot go on.
  if (kind === "fatal" || kind === "skew") return "fatal";
  return kind === "refused" || kind === "permanent" ? "never" : "again";
}

/**
 * Notices when the account's plan covers nothing of what is asked for: none of the first
 * files, which are spread over the whole span. Others that are refused meanwhile say little,
 * since they may all be of one side of it.
 */
export class Refusals {
  readonly #asked: number;
  /** The first files that were not refused yet. */
  readonly #open: Set<string>;
  #served: number;

  /**
   * @param keys those of the files to fetch, in the order in which they are.
   * @param served how many of the request were served before.
   */
  constructor(keys: readonly string[], served: number) {
    this.#open = new Set(keys.slice(0, REFUSED_BEFORE_STOP));
    this.#asked = this.#open.size;
    this.#served = served;
  }

  /** A file was had. */
  served(): void {
    this.#served++;
  }

  /** The error to go on with: the file's, or one that ends the run. */
  judge(key: string, error: unknown): unknown {
    if (!isRefused(error)) return error;
    this.#open.delete(key);
    if (this.#served > 0 || this.#open.size > 0) return error;
    const files = this.#asked === 1 ? "the only file" : `each of ${this.#asked} files`;
    return new EntitlementError(
      `Cannot download: the server refuses ${files} from the whole period; your plan or your ` +
        "key covers none of it",
    );
  }
}

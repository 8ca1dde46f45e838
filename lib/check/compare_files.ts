/**
 * Compares the files that the bucket lists with those that are cached.
 *
 * @module
 */

import { withDates } from "../bucket/dated_files.ts";
import type { DatedSpan } from "../bucket/listing.ts";
import {
  byDate,
  type DatedObject,
  isInSpan,
  isRecorded,
  type ObjectVersion,
} from "../dated_object.ts";
import type { Finding, FindingKind, Severity } from "../market/finding.ts";

/** The files of a span of dates, by where they are; each list ascends by date. */
export interface FileComparison {
  /** Listed, and cached as they are listed. */
  readonly current: readonly DatedObject[];
  /** Listed, and not cached. */
  readonly missing: readonly DatedObject[];
  /** Listed, and cached with another size or ETag. */
  readonly replaced: readonly DatedObject[];
  /** Cached, and not listed. */
  readonly unlisted: readonly DatedObject[];
}

/** Compares the listing of a dataset with the records of one ticker in it. */
export function compareFiles(
  { dataset, period }: DatedSpan,
  listed: readonly DatedObject[],
  recorded: ReadonlyMap<string, ObjectVersion>,
): FileComparison {
  const inSpan = listed.filter((file) => isInSpan(file, period));
  const keys = new Set(inSpan.map(({ key }) => key));
  const known = inSpan.filter(({ key }) => recorded.has(key));
  return {
    current: known.filter((file) => isRecorded(file, recorded)),
    missing: inSpan.filter(({ key }) => !recorded.has(key)),
    replaced: known.filter((file) => !isRecorded(file, recorded)),
    unlisted: withDates(dataset, recorded.values())
      .filter((file) => isInSpan(file, period) && !keys.has(file.key))
      .sort(byDate),
  };
}

/** Those of them that are listed, ascending by date. */
export function listedIn({ current, missing, replaced }: FileComparison): DatedObject[] {
  return [...current, ...missing, ...replaced].sort(byDate);
}

/**
 * The findings of a comparison, one a file.
 *
 * @param refused Keys of missing files that the account's plan excludes.
 */
export function fileFindings(
  { missing, replaced, unlisted }: FileComparison,
  refused: ReadonlySet<string>,
): Finding[] {
  const find =
    (kind: FindingKind, severity: Severity, text: string) => ({ date, key }: DatedObject) => (
      { kind, severity, dates: [date], key, text }
    );
  const notCached = find("not-cached", "problem", "the file is not cached");
  const notInPlan = find("refused", "warning", "the file is not included in your plan");
  return [
    ...missing.map((file) => refused.has(file.key) ? notInPlan(file) : notCached(file)),
    ...replaced.map(find("replaced", "problem", "the bucket has another version of the file")),
    ...unlisted.map(find("not-listed", "warning", "the bucket does not list the file any more")),
  ];
}

/**
 * What is said of one object of a place, and what mends it.
 *
 * @module
 */

import { isForbidden } from "../cache/disk_error.ts";
import { type DatedObject, isInSpan, type ObjectVersion, type Span } from "../dated_object.ts";
import { reasonOf } from "../errors.ts";
import type { FooterFacts } from "../lake/check_footer.ts";
import { FORMAT_VERSION, layoutOf, markOf } from "../lake/layout.ts";
import { dateOfKey } from "../market/dataset.ts";
import type { Finding, FindingKind } from "../market/finding.ts";
import type { TargetObject } from "./target.ts";

/** An object, and what it has to be. */
export interface ObjectToCheck {
  readonly dataset: string;
  readonly object: TargetObject;
  /** The dates that its path names. */
  readonly span: Span;
  /** The dates that are asked for. */
  readonly asked: Span;
  /** The flat files that the bucket lists for it; none when it lists them no more. */
  readonly wanted: readonly DatedObject[];
}

/** That the bucket lists a file no more. */
export function unlisted(what: ObjectToCheck, file: Pick<DatedObject, "key" | "date">): Finding {
  const text = "the bucket does not list the file any more";
  return finding(what, "not-listed", text, file);
}

/** @param file The flat file that it is about. @default {all of the object} */
export function finding(
  { object: { path }, span, wanted }: ObjectToCheck,
  kind: FindingKind,
  text: string,
  file?: Pick<DatedObject, "key" | "date">,
): Finding {
  const all = wanted.length > 0 ? wanted.map(({ date }) => date) : [span.from];
  return {
    kind,
    severity: kind === "not-listed" ? "note" : "problem",
    dates: file === undefined ? all : [file.date],
    path,
    ...file && { key: file.key },
    text,
  };
}

/** An export does not touch it, since nobody knows what would go with it. */
export function unreadableFinding(
  what: ObjectToCheck,
  { path, cause }: { readonly path: string; readonly cause?: unknown },
): Finding {
  const isMark = path.endsWith(".mark");
  const text = `${isMark ? "its mark" : "it"} cannot be read: ${reasonOf(cause)}`;
  const { wanted, span: { from, to }, asked } = what;
  const remedy = isForbidden(cause)
    ? "make-readable"
    : wanted.length === 0
    ? "remove"
    : "remove-and-export";
  const own = wanted.length === 0 && from === to ? [from] : wanted.map(({ date }) => date);
  const dates = own.filter((date) => isInSpan({ date }, asked));
  const found = { ...finding(what, "unreadable", text), dates, remedy } as const;
  return isMark ? { ...found, path: `${what.object.path}.mark` } : found;
}

/** Whether an export would leave it as it is, as far as its format goes. */
export function isOfToday(mark: string): boolean {
  return mark.startsWith(`${FORMAT_VERSION} `);
}

/** Why an object is outdated: by how it was made, or by its file. */
export const OUTDATED = {
  format: "it was made by another version of flatfetch",
  file: "the bucket has another version of the file",
} as const;

/**
 * Adds what mends an object: an export leaves one that has the mark of what it would make, or rows
 * that it could not make again.
 */
export function mended(
  { object: { mark, path }, dataset, wanted }: ObjectToCheck,
  findings: readonly Finding[],
  facts?: FooterFacts,
): Finding[] {
  const layout = { ...layoutOf(dataset, path)!, tickers: facts?.tickers };
  const isLeft = mark !== undefined && (facts === undefined || mark === markOf(wanted, layout)) ||
    findings.some(({ kind }) => kind === "not-listed");
  const remedy = wanted.length === 0 ? "remove" : isLeft ? "remove-and-export" : "export";
  return findings.map((one) => one.kind === "not-listed" ? one : { ...one, remedy });
}

/** What a Parquet file says of itself, against what its object has to be. */
export function factsFindings(what: ObjectToCheck, facts: FooterFacts): Finding[] {
  if (what.wanted.length === 0) return [loneFinding(what, facts.sources)];
  const isOfMark = what.object.mark === facts.mark;
  const findings = [
    ...isOfMark ? [] : [finding(what, "outdated", "its mark is not the one that it was made with")],
    ...isOfToday(facts.mark) ? [] : [finding(what, "outdated", OUTDATED.format)],
    ...sourceFindings(what, facts.sources),
  ];
  return mended(what, findings, facts);
}

/** Of an object for which the bucket lists no file: it had one of its own, or never did. */
function loneFinding(what: ObjectToCheck, sources: readonly ObjectVersion[]): Finding {
  const dates = sources.map(({ key }) => dateOfKey({ name: what.dataset }, key) ?? "");
  const other = sources.find((_, i) => !isInSpan({ date: dates[i]! }, what.span));
  if (other === undefined && sources.length > 0) {
    return unlisted(what, { key: sources[0]!.key, date: dates[0]! });
  }
  const [first] = mended(what, [
    finding(
      what,
      "foreign",
      `it is made of ${other?.key ?? "no file"}, and the bucket lists none for it`,
    ),
  ]);
  return first!;
}

/** What an object is made of, against what the bucket lists. */
function sourceFindings(what: ObjectToCheck, sources: readonly ObjectVersion[]): Finding[] {
  const { dataset, span, wanted } = what;
  const listed = new Map(wanted.map((file) => [file.key, file]));
  const made = new Set(sources.map(({ key }) => key));
  const findings: Finding[] = [];
  for (const { key, size, etag } of sources) {
    const date = dateOfKey({ name: dataset }, key);
    const file = listed.get(key);
    if (date === undefined || !isInSpan({ date }, span)) {
      findings.push(finding(what, "outdated", `it is made of ${key}`));
    } else if (file === undefined) {
      findings.push(unlisted(what, { key, date }));
    } else if (file.size !== size || file.etag !== etag) {
      findings.push(finding(what, "outdated", OUTDATED.file, file));
    }
  }
  const missing = wanted.filter(({ key }) => !made.has(key));
  return [
    ...findings,
    ...missing.map((file) =>
      finding(what, "not-exported", "its object has no rows of the file", file)
    ),
  ];
}

/**
 * Judges one object of a place: whether it is whole, and made of what the bucket has.
 *
 * @module
 */

import {
  type DatedObject,
  isInSpan,
  isMd5,
  type ObjectVersion,
  type Span,
} from "../dated_object.ts";
import { isForbidden } from "../cache/disk_error.ts";
import { reasonOf, S3Error, StorageError } from "../errors.ts";
import {
  checkFooter,
  type FooterCheck,
  type FooterFacts,
  type ReadBytes,
} from "../lake/check_footer.ts";
import { FORMAT_VERSION, layoutOf, markOf } from "../lake/layout.ts";
import { dateOfKey } from "../market/dataset.ts";
import type { Finding, FindingKind, Remedy } from "../market/finding.ts";
import type { S3Client } from "../s3/client.ts";
import { isOfObject } from "./bucket_marks.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

/** What asks both sides. */
export interface CheckTools {
  readonly target: ExportTarget;
  /** Of the flat files. */
  readonly client: S3Client;
  readonly signal: AbortSignal;
  /** Whether every page is read. */
  readonly deep: boolean;
  /** Is called as the work goes on, so that it is no standstill. */
  readonly keepAlive: () => void;
}

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

/** What was found of it. */
export interface ObjectCheck {
  /** What a Parquet file says of itself, where it is right. */
  readonly facts?: FooterFacts | undefined;
  readonly findings: readonly Finding[];
}

/**
 * What cannot be read is a finding as well.
 *
 * @throws what a server does not answer, the place's or, where an MD5 is in doubt, the flat files'.
 */
export async function checkObject(what: ObjectToCheck, tools: CheckTools): Promise<ObjectCheck> {
  const { path, unreadable } = what.object;
  try {
    if (unreadable !== undefined) throw unreadable;
    return path.endsWith(".parquet")
      ? await checkParquet(what, tools)
      : { findings: await checkCopy(what, tools) };
  } catch (error) {
    if (error instanceof StorageError) return { findings: [unreadableFinding(what, error)] };
    const { cause } = error as Error;
    if (isOfObject(cause)) return { findings: [unreadableFinding(what, { path, cause })] };
    throw error;
  }
}

/** An export does not touch it, since nobody knows what would go with it. */
function unreadableFinding(
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

async function checkParquet(
  what: ObjectToCheck,
  { target, signal, deep }: CheckTools,
): Promise<ObjectCheck> {
  const { size, mark } = what.object;
  let isGone = false;
  const read = async (start: number, end: number) => {
    const bytes = await target.read(what.object, { start, end }, signal);
    isGone = bytes === undefined;
    return bytes ?? new Uint8Array();
  };
  const look = async () => {
    const found = await checkFooter(size, read);
    return deep && found.kind === "right" ? await checkPages(found, read) : found;
  };
  let found = await look();
  // What came wrong over a line without a checksum is right the second time.
  if (found.kind !== "right") found = await look();
  if (isGone) {
    return {
      findings: [{
        ...finding(what, "not-exported", "it is listed, and is not there"),
        remedy: "export",
      }],
    };
  }
  if (found.kind !== "right") {
    return { findings: mended(what, [finding(what, found.kind, found.text)]) };
  }
  const { facts } = found;
  if (what.wanted.length === 0) return { facts, findings: [loneFinding(what, facts.sources)] };
  const findings = [
    ...mark === facts.mark
      ? []
      : [finding(what, "outdated", "its mark is not the one that it was made with")],
    ...isOfToday(facts.mark) ? [] : [finding(what, "outdated", OTHER_FORMAT)],
    ...sourceFindings(what, facts.sources),
  ];
  return { facts, findings: mended(what, findings, facts) };
}

/**
 * Adds what mends an object: an export leaves one that has the mark of what it would make, or rows
 * that it could not make again.
 */
function mended(
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

/** Pages have checksums in today's format alone. */
async function checkPages(
  found: FooterCheck & { readonly kind: "right" },
  read: ReadBytes,
): Promise<FooterCheck> {
  if (!isOfToday(found.facts.mark)) return found;
  const { pagesDefect } = await import("../lake/check_pages.ts");
  const text = await pagesDefect(found.facts.groups, read);
  return text === undefined ? found : { kind: "damaged", text };
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
      findings.push(finding(what, "outdated", OTHER_VERSION, file));
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

/** Whether an export would leave it as it is, as far as its format goes. */
function isOfToday(mark: string): boolean {
  return mark.startsWith(`${FORMAT_VERSION} `);
}

const OTHER_FORMAT = "it was made by another version of flatfetch";
const OTHER_VERSION = "the bucket has another version of the file";

/** A file as it came. */
async function checkCopy(what: ObjectToCheck, tools: CheckTools): Promise<Finding[]> {
  const { object, wanted: [file] } = what;
  if (file === undefined) {
    return [unlisted(what, { key: object.path, date: what.span.from })];
  }
  const found = (kind: FindingKind, text: string, remedy: Remedy = "export") => [
    { ...finding(what, kind, text, file), remedy },
  ];
  if (object.mark === undefined) {
    return found("outdated", "nothing says which version of the file it is");
  }
  if (!isOfToday(object.mark)) return found("outdated", OTHER_FORMAT);
  // The last word of a mark is the ETag, where a mark can have it.
  const etag = object.mark.split(" ").at(-1);
  if (etag !== "-" && etag !== file.etag) return found("outdated", OTHER_VERSION);
  if (file.size >= 0 && object.size !== file.size) {
    return found("damaged", `it has ${object.size} of ${file.size} bytes`);
  }
  const isRight = await hasMd5Of(file, object, tools);
  const text = "its MD5 is not that of the file";
  return isRight ? [] : found("damaged", text, "remove-and-export");
}

/** Whether the MD5s are the same, as far as both can be known. */
async function hasMd5Of(
  file: DatedObject,
  { path, version }: TargetObject,
  { target, client, signal }: CheckTools,
): Promise<boolean> {
  if (!isMd5(file.etag) || version === file.etag) return true;
  const found = await target.md5(path, signal);
  if (found === undefined || found === file.etag.toLowerCase()) return true;
  // An ETag that looks like an MD5 is none where the object is encrypted, which a listing does not say.
  try {
    const span = { start: 0, end: 1 };
    const { md5 } = await client.getRange(file.key, span, { ifMatch: file.etag, signal });
    return md5 === undefined;
  } catch (error) {
    if (error instanceof S3Error) return false;
    throw error;
  }
}

function unlisted(what: ObjectToCheck, file: Pick<DatedObject, "key" | "date">): Finding {
  const text = "the bucket does not list the file any more";
  return finding(what, "not-listed", text, file);
}

/** @param file The flat file that it is about. @default {all of the object} */
function finding(
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

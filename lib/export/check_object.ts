/**
 * Judges one object of a place: whether it is whole, and made of what the bucket has. And compares
 * the objects of a dataset with each other, since readers take them for one table.
 *
 * @module
 */

import { type DatedObject, isMd5, type Span } from "../dated_object.ts";
import { quote, S3Error, StorageError } from "../errors.ts";
import {
  checkFooter,
  type FooterCheck,
  type FooterFacts,
  type ReadBytes,
} from "../lake/check_footer.ts";
import type { Finding, FindingKind, Remedy } from "../market/finding.ts";
import type { S3Client } from "../s3/client.ts";
import { isOfObject } from "./bucket_marks.ts";
import {
  factsFindings,
  finding,
  isOfToday,
  mended,
  type ObjectToCheck,
  OUTDATED,
  unlisted,
  unreadableFinding,
} from "./object_findings.ts";
import type { ExportTarget, TargetObject } from "./target.ts";
import type { Layout } from "../lake/layout.ts";

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

async function checkParquet(
  what: ObjectToCheck,
  { target, signal, deep }: CheckTools,
): Promise<ObjectCheck> {
  const { size } = what.object;
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
  return { facts, findings: factsFindings(what, facts) };
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
  if (!isOfToday(object.mark)) return found("outdated", OUTDATED.format);
  // The last word of a mark is the ETag, where a mark can have it.
  const etag = object.mark.split(" ").at(-1);
  if (etag !== "-" && etag !== file.etag) return found("outdated", OUTDATED.file);
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

/** A Parquet object that is right. */
export interface CheckedObject extends Pick<FooterFacts, "rows" | "types" | "tickers"> {
  readonly path: string;
  /** The first that its path names. */
  readonly date: string;
}

/** An object, and what its path says, where it is one of an export. */
export interface PlacedObject {
  readonly path: string;
  readonly layout: Pick<Layout, "by" | "format"> | undefined;
  readonly span: Span | undefined;
}

/** The columns that have another type than in most objects: many readers want one in all of them. */
export function oddColumns(objects: readonly CheckedObject[]): Finding[] {
  const all = objects.flatMap((object) =>
    [...object.types].map(([name, type]) => ({ object, name, type }))
  );
  return [...Map.groupBy(all, ({ name }) => name)].flatMap(([name, uses]) => {
    const [[usual], ...odd] = byFrequency(uses, ({ type }) => type);
    return odd.flatMap(([type, uses]) => {
      const text = `its column ${quote(name)} is ${type}, in most objects ${usual}`;
      return uses.map(({ object }) => warning("odd-column", object, text));
    });
  });
}

/** The objects that have rows of other tickers than most. */
export function mixedTickers(objects: readonly CheckedObject[]): Finding[] {
  if (objects.length === 0) return [];
  const [[usual], ...odd] = byFrequency(objects, ({ tickers }) => tickersText(tickers));
  return odd.flatMap(([tickers, others]) => {
    const text = `it has the rows of ${tickers}, most objects those of ${usual}`;
    return others.map((object) => warning("mixed-tickers", object, text));
  });
}

/** That a dataset is there in several layouts, which no reader takes for one table. */
export function mixedLayouts(objects: readonly PlacedObject[]): Finding[] {
  const own = objects.filter(({ layout }) => layout !== undefined);
  const layouts = byFrequency(own, ({ layout }) => patternOf(layout!));
  const [first, ...odd] = layouts.slice(1).flatMap(([, objects]) => objects);
  if (first === undefined) return [];
  const names = layouts.map(([pattern, { length }]) => `${pattern} (${length})`).join(" and ");
  return [{
    ...{ kind: "mixed-layouts", severity: "problem", path: first.path },
    dates: [...new Set([first, ...odd].map(({ span }) => span!.from))].sort(),
    text: `it lies there as ${names}: readers fail, or find rows twice`,
  }];
}

function patternOf({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `${by}=…/part.parquet` : "….csv.gz";
}

function tickersText(tickers: FooterFacts["tickers"]): string {
  return tickers === undefined ? "all tickers" : [...new Set(tickers)].sort().join(", ");
}

/** The groups of some items, the largest first; at least one where there are items. */
function byFrequency<T>(items: readonly T[], nameOf: (item: T) => string) {
  const groups = [...Map.groupBy(items, nameOf)].sort(([, a], [, b]) => b.length - a.length);
  return groups as [(typeof groups)[number], ...typeof groups];
}

function warning(kind: FindingKind, { path, date }: CheckedObject, text: string): Finding {
  return { kind, severity: "warning", dates: [date], path, text };
}

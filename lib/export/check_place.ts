/**
 * Compares what a place has of some datasets with what the bucket lists, and opens every object.
 *
 * It is in this room, since only an export knows what an object is made of. Nothing is mended: the
 * next export does that.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { type DatedObject, isInSpan, type Span } from "../dated_object.ts";
import { OfflineError } from "../errors.ts";
import { checkGiven, FLAG } from "../given.ts";
import { DATASETS, TARGET } from "./export_request.ts";
import { Connection } from "../load/run_connection.ts";
import { dayOfFolder, type Layout, layoutOf } from "../lake/layout.ts";
import { checkDatasetName, datasetNames } from "../market/dataset.ts";
import type { Finding } from "../market/finding.ts";
import { type PeriodRequest, resolvePeriod } from "../market/period.ts";
import { type BucketOptions, type PreloadOptions, todayOf, withDefaults } from "../settings.ts";
import {
  type CheckedObject,
  checkObject,
  type CheckTools,
  mixedLayouts,
  mixedTickers,
  oddColumns,
  type PlacedObject,
} from "./check_object.ts";
import { isAt, listFiles, tasksOf, wholeMonths } from "./plan_export.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

/** What is checked. */
export interface CheckPlaceOptions
  extends BucketOptions, PeriodRequest, Pick<PreloadOptions, "nowMs"> {
  /** The place; it stays open. */
  readonly target: ExportTarget;
  /** Whether every object is read whole, and the CRC of each of its pages is compared. @default {false} */
  readonly deep?: boolean | undefined;
}

/** What was found of one dataset. */
export interface DatasetCheck {
  /** The dates of the flat files that the bucket lists in the period, ascending. */
  readonly dates: readonly string[];
  /** Those that are in an object of the place, in whatever state. */
  readonly exported: number;
  /** Objects of the place in the period. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** The rows of those that are Parquet and right. */
  readonly rows: number;
  /** What was found, by date and path. */
  readonly findings: readonly Finding[];
}

/** What a check of a place found. */
export interface PlaceCheck {
  /** By the dataset, such as `us_stocks_sip/day_aggs_v1`. */
  readonly datasets: Readonly<Record<string, DatasetCheck>>;
  /** Whether there is no finding but notes. */
  readonly clean: boolean;
}

const OBJECTS_AT_ONCE = 16;

/**
 * Compares both sides. Without a period, files from before the first object that a place has of a
 * dataset are a note, since an export may begin where it likes. An abort rejects with the signal's reason.
 *
 * @param datasets Such as `us_stocks_sip/minute_aggs_v1`; without any, all that the place has.
 * @throws {UsageError} when a dataset or the period cannot be read.
 * @throws {StorageError} when the place cannot be read.
 * @throws what `preload()` does of the bucket.
 */
export async function checkPlace(
  datasets: readonly string[],
  options: CheckPlaceOptions,
): Promise<PlaceCheck> {
  const settings = withDefaults(options);
  checkGiven({ ...options, datasets }, { datasets: DATASETS, target: TARGET, deep: FLAG });
  const { target, deep = false } = options;
  const given = datasets.map(checkDatasetName);
  const today = todayOf(settings);
  const span = resolvePeriod(options, { period: "max", today, firstDate: "0001-01-01" });
  const request = {
    span,
    isSpanGiven: options.period !== undefined || options.from !== undefined,
    isEndGiven: options.to !== undefined,
  };
  using connection = await Connection.open(settings);
  const { client, signal } = connection;
  if (client === undefined) {
    throw new OfflineError("Cannot check a place offline: the bucket is not listed");
  }
  const tools = { target, client, signal, deep, keepAlive: () => connection.keepAlive() };
  const checks: [string, DatasetCheck][] = [];
  const isGiven = given.length > 0;
  const names = isGiven ? given : (await target.datasets(signal)).sort();
  for (const name of new Set(names)) {
    const objects = (await target.list(name, signal)).map((object) => withSpan(name, object));
    // A folder that has nothing of an export is none of its datasets.
    const isOwn = ({ path, span }: PlacedObject) =>
      span !== undefined && (!isAt(name, path) || datasetNames().includes(name));
    if (!isGiven && !objects.some(isOwn)) continue;
    checks.push([name, await checkDataset(name, { objects, ...request }, tools)]);
  }
  const findings = checks.flatMap(([, { findings }]) => findings);
  return {
    datasets: Object.fromEntries(checks),
    clean: findings.every(({ severity }) => severity === "note"),
  };
}

async function checkDataset(
  dataset: string,
  { objects, span, isSpanGiven, isEndGiven }: {
    readonly objects: readonly (TargetObject & PlacedObject)[];
    readonly span: Span;
    readonly isSpanGiven: boolean;
    readonly isEndGiven: boolean;
  },
  tools: CheckTools,
): Promise<DatasetCheck> {
  // The objects of a month have all of its days, and those behind today are looked at as well.
  const listed = wholeMonths(isEndGiven ? span : { ...span, to: `${span.to.slice(0, 4)}-12-31` });
  const files = await listFiles(tools.client, dataset, { ...tools, span: listed });
  const looked = isEndGiven ? span : { ...span, to: "9999-12-31" };
  const inSpan = objects.filter((object) => object.span && overlap(object.span, looked));
  const sources = sourcesByPath(dataset, files);
  const wantedIn = ({ path, unreadable }: TargetObject) =>
    // What cannot be read may be a folder.
    unreadable === undefined
      ? sources.get(path) ?? []
      : [...new Set([...sources].flatMap(([own, files]) => isAt(own, path) ? files : []))];
  const findings: Finding[] = objects.filter(isForeign).map(foreign);
  const exported = new Set<string>();
  const unseen = new Set<string>();
  const checked: CheckedObject[] = [];
  await new Semaphore(OBJECTS_AT_ONCE).runEach(inSpan, async (object) => {
    const wanted = wantedIn(object);
    const known = object.layout === undefined ? unseen : exported;
    for (const { key } of wanted) known.add(key);
    const what = { dataset, object, span: object.span!, asked: span, wanted };
    const found = await checkObject(what, tools);
    if (found.facts) checked.push({ ...object, ...found.facts, date: object.span!.from });
    findings.push(...found.findings);
    tools.keepAlive();
  }, tools);
  const wanted = files.filter((file) => isInSpan(file, span));
  const missing = wanted.filter(({ key }) => !exported.has(key) && !unseen.has(key));
  const seen = inSpan.filter(({ layout }) => layout !== undefined);
  const first = seen.map(({ span }) => span!.from).sort()[0];
  const isEarlier = ({ date }: DatedObject) => !isSpanGiven && first !== undefined && date < first;
  return {
    dates: wanted.map(({ date }) => date),
    exported: wanted.filter(({ key }) => exported.has(key)).length,
    objects: seen.length,
    bytes: seen.reduce((sum, { size }) => sum + size, 0),
    rows: checked.reduce((sum, { rows }) => sum + rows, 0),
    findings: [
      ...missing.map((file) => notExported(file, isEarlier(file))),
      ...findings,
      ...oddColumns(checked),
      ...mixedTickers(checked),
      ...mixedLayouts(objects),
    ].sort(byDateAndPath),
  };
}

const LAYOUTS: readonly Pick<Layout, "by" | "format">[] = [
  { by: "date", format: "parquet" },
  { by: "month", format: "parquet" },
  { by: "date", format: "csv.gz" },
];

/** What each object is made of that the files make, in any layout. */
function sourcesByPath(
  dataset: string,
  files: readonly DatedObject[],
): Map<string, readonly DatedObject[]> {
  const tasks = LAYOUTS.flatMap((layout) =>
    tasksOf(dataset, { files, layout: { ...layout, tickers: undefined } })
  );
  return new Map(tasks.map(({ path, sources }) => [path, sources]));
}

function withSpan(dataset: string, object: TargetObject): TargetObject & PlacedObject {
  const layout = layoutOf(dataset, object.path);
  const span = layout
    ? spanOf(layout.day)
    : object.unreadable && spanOfFolder(dataset, object.path);
  return { ...object, layout, span };
}

/** The dates that a folder may have, all of them where it is the dataset's own. */
function spanOfFolder(dataset: string, path: string): Span | undefined {
  if (isAt(dataset, path)) return { from: "0001-01-01", to: "9999-12-31" };
  const day = dayOfFolder(dataset, path);
  return day === undefined ? undefined : spanOf(day);
}

/** Of a date, a month or a year. */
function spanOf(day: string): Span {
  if (day.length > 7) return { from: day, to: day };
  return wholeMonths({ from: `${day}-01`, to: day.length < 7 ? `${day}-12` : day });
}

function overlap(one: Span, other: Span): boolean {
  return one.from <= other.to && other.from <= one.to;
}

/** Readers take every such file for one of the lake. */
function isForeign({ path, span }: PlacedObject): boolean {
  return span === undefined && path.endsWith(".parquet");
}

function foreign({ path }: PlacedObject): Finding {
  const text = `${path} is of no export, and readers of the dataset read it`;
  return { kind: "foreign", severity: "warning", dates: [], path, text, remedy: "remove" };
}

function notExported({ key, date }: DatedObject, isEarlier: boolean): Finding {
  const text = "the file is not exported";
  const severity = isEarlier ? "note" : "problem";
  const remedy = isEarlier ? {} : { remedy: "export" as const };
  return { kind: "not-exported", severity, dates: [date], key, text, ...remedy };
}

function byDateAndPath(a: Finding, b: Finding): number {
  const [one, other] = [a, b].map(({ dates, path }) => `${dates[0] ?? ""} ${path ?? ""}`);
  return one! < other! ? -1 : 1;
}

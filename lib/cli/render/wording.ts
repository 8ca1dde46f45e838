/**
 * How durations, ages, spans of dates, numbers of things and lists of names are put into words, and
 * which name was likely meant. Pure.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import { closestString, levenshteinDistance } from "../../deps/std_text.ts";
import { datasetNames } from "../../market/dataset.ts";
import type { FileTotal } from "../../settings.ts";
import { printable, typedText } from "./style.ts";
import { DAY_MS, type Span } from "../../dated_object.ts";

/** `0.3s`, `14.8s`, `2m 05s`, `1h 02m`. */
export function durationText(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return inTwoUnits(seconds, "m", "s");
  return inTwoUnits(Math.round(seconds / 60), "h", "m");
}

/** `just now`, `1 minute ago`, `3 hours ago`, `2 days ago`. */
export function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${countText(minutes, "minute")} ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${countText(hours, "hour")} ago`;
  return `${countText(Math.floor(hours / 24), "day")} ago`;
}

/** `1 file`, `251 files`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1,255`. The platform's own way has to load what it knows of languages first: 10 ms. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 row`, `479,631 rows`, or nothing where there are none, as in copies, which have no count. */
export function rowsText(rows: number): string | false {
  return rows > 0 && `${grouped(rows)} row${rows === 1 ? "" : "s"}`;
}

/** `1255 files`, or where an object has those of a month `126 files in 6 months`. */
export function objectsText(
  files: number,
  { count, by }: { readonly count: number; readonly by: "date" | "month" },
): string {
  const text = countText(files, "file");
  return by === "month" ? `${text} in ${countText(count, by)}` : text;
}

/** `1,255 files`. */
export function filesText(files: number): string {
  return `${grouped(files)} ${files === 1 ? "file" : "files"}`;
}

/** `23.4 GB in 1,255 files`. */
export function downloadText({ files, bytes, diskBytes = 0 }: FileTotal): string {
  return `${formatBytes(bytes)} in ${filesText(files)}${roomText(diskBytes)}`;
}

/** `, up to 2.1 GB of it in the cache at once`, or nothing where none is. */
export function roomText(diskBytes: number): string {
  return diskBytes > 0 ? `, up to ${formatBytes(diskBytes)} of it in the cache at once` : "";
}

const BAR_NOUNS: Readonly<Record<string, string>> = { "1d": "day", "1wk": "week", "1mo": "month" };

/** `1255 days` for bars of an interval of `1d`, `1638 bars` where an interval has no noun. */
export function barsText(bars: number, interval = ""): string {
  return countText(bars, BAR_NOUNS[interval] ?? "bar");
}

/** `12.4 MB/s`, in powers of a thousand. */
export function rateText(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

/** One digit after the point, `100.0%` only when all is done. */
export function percentText(done: number, total: number): string {
  if (done >= total) return "100.0%";
  return `${Math.min(99.9, 100 * done / total).toFixed(1)}%`;
}

/** Up to five names; of more, the first two and how many: `TSLA, AAPL, … (500 symbols)`. */
export function namesText(names: readonly string[]): string {
  if (names.length <= 5) return names.map(printable).join(", ");
  const first = names.slice(0, 2).map(printable).join(", ");
  return `${first}, … (${countText(names.length, "symbol")})`;
}

/**
 * `; did you mean BTC-USD?`, or nothing where there is nothing to suggest. What was typed itself is
 * suggested where it was said to be of another kind than it is.
 */
export function meantText(symbol: string, suggestions: readonly string[]): string {
  if (suggestions.length === 0) return "";
  const names = suggestions.slice(0, 5)
    .map(typedText)
    .map((one) => one === symbol ? `${one} without --asset` : one);
  return `; did you mean ${names.join(", ")}?`;
}

/**
 * That the bucket has nothing of a dataset, and which one was likely meant.
 *
 * @param when Follows the name, where not all times were asked for.
 */
export function noFilesText(dataset: string, when = ""): string {
  const nearest = closestString(dataset, datasetNames());
  const isNear = nearest !== dataset && levenshteinDistance(dataset, nearest) <= nearest.length / 3;
  const meant = meantText(dataset, isNear ? [nearest] : []);
  return `The bucket lists no file of ${dataset}${when}${meant}`;
}

function inTwoUnits(smaller: number, large: string, small: string): string {
  const rest = String(smaller % 60).padStart(2, "0");
  return `${Math.floor(smaller / 60)}${large} ${rest}${small}`;
}

/** Between the last date before a long weekend and the first one after it. */
const LONGEST_GAP_DAYS = 5;

/**
 * Joins dates to spans, ascending. Neighbours are of one span when no date of
 * `others` lies between them and they are at most five days apart, as dates around a
 * weekend with holidays are: which dates the bucket has between them is not known.
 */
export function joinDates(dates: readonly string[], others: readonly string[] = []): Span[] {
  const own = new Set(dates);
  const spans: { from: string; to: string }[] = [];
  let interrupted = true;
  for (const date of [...new Set([...dates, ...others])].sort()) {
    const last = spans.at(-1);
    if (!own.has(date)) interrupted = true;
    else if (last && !interrupted && isNear(last.to, date)) last.to = date;
    else {
      spans.push({ from: date, to: date });
      interrupted = false;
    }
  }
  return spans;
}

/** `2024-03-07, 2024-03-11 … 2024-03-13`; after the eighth span, `, …`. */
export function spansText(spans: readonly Span[]): string {
  const texts = spans.slice(0, 8).map(({ from, to }) => from === to ? from : `${from} … ${to}`);
  return (spans.length > 8 ? [...texts, "…"] : texts).join(", ");
}

function isNear(before: string, after: string): boolean {
  return Date.parse(after) - Date.parse(before) <= LONGEST_GAP_DAYS * DAY_MS;
}

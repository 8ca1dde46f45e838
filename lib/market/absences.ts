/**
 * Finds the dates on which a ticker has no bar although the file is there, and tells gaps from
 * what is its habit.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import type { Asset } from "./symbol.ts";

/** What the file of a date has of a ticker; `unknown` when the file is not at hand. */
export interface TickerDay {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Bars, none, or not known. */
  readonly has: "bars" | "none" | "unknown";
}

/** What absences are of. */
export interface AbsencesContext {
  /** A stock's ticker may be given to another company; others name what they are. @default {"stock"} */
  readonly asset?: Asset | undefined;
  /** Whether a stock's are of one company, under whatever tickers. @default {false} */
  readonly isFollowed?: boolean | undefined;
}

/** With fewer days than a month's no habit can be told. */
const MIN_DAYS_WITH_BARS = 20;

/** An absence from so many files, a week's, is one that a run tells of. */
export const LONG_ABSENCE = 5;

/** After a gap of so many files, a month's, a stock's ticker may be another company's. */
const LONG_ENOUGH_FOR_ANOTHER = 20;

/** A run of absences may be this many times as long as the longest one to be expected. */
const TOLERANCE = 2;

/**
 * Finds a ticker's absences. Each date comes in at most one finding.
 *
 * Before its first bar and after its last one, for longer than its habit, a ticker is not
 * listed or under another name: that is a note, as is an absence that is its habit. A **gap** is
 * a run of absences longer than twice the longest one to be expected at the ticker's rate of
 * absence, judged without the run in question. Were absences independent, the longest run of a ticker with `n` days with bars
 * and the rate `p` would be about log(n) ÷ log(1/p) long (Erdős and Rényi), rounded here, and
 * one beyond twice that would come by chance to one such ticker in `n` at most. So where a
 * ticker is in every other file, a single date without it is a gap; of one that lacks a date
 * now and then, three in a row; of one that lacks every third day, some weeks. A date of which
 * the file is not at hand ends a run. With fewer than 20 days with bars no habit is known, and
 * only a stock's absence from 20 files counts for one.
 *
 * @param days Ascending. The more there are, the better the habit is known.
 */
export function checkAbsences(
  days: readonly TickerDay[],
  { asset = "stock", isFollowed = false }: AbsencesContext = {},
): Finding[] {
  const first = days.findIndex(({ has }) => has === "bars");
  const absent = days.filter(({ has }) => has === "none").map(({ date }) => date);
  if (absent.length === 0) return [];
  if (first === -1) return [findNever(absent)];
  const last = days.findLastIndex(({ has }) => has === "bars");
  const life = days.slice(first, last + 1);
  const most = mostAbsences(countOf(life, "bars"), countOf(life, "none"));
  return [
    ...outside("before-first-bar", { days: days.slice(0, first), bar: days[first]!, most }),
    ...withinLife(life, { asset, isFollowed }),
    ...outside("after-last-bar", { days: days.slice(last + 1), bar: days[last]!, most }),
  ];
}

function findNever(dates: readonly string[]): Finding {
  const text = `the ticker is in none of the ${filesText(dates.length)} that are cached`;
  return { kind: "never", severity: "warning", dates, text };
}

/** Before and after a ticker's life; a run that is no longer than its habit may be that. */
function outside(
  kind: "before-first-bar" | "after-last-bar",
  { days, bar, most }: { days: readonly TickerDay[]; bar: TickerDay; most: number },
): Finding[] {
  const dates = days.filter(({ has }) => has === "none").map(({ date }) => date);
  if (dates.length === 0) return [];
  if (dates.length <= most) return [noBar(dates)];
  const files = filesText(dates.length);
  const text = kind === "before-first-bar"
    ? `no bar before ${bar.date} (${files}): not listed, or under another ticker`
    : `no bar after ${bar.date} (${files}): delisted, or under another ticker`;
  return [{ kind, severity: "note", dates, text }];
}

function withinLife(
  life: readonly TickerDay[],
  { asset, isFollowed }: { asset: Asset; isFollowed: boolean },
): Finding[] {
  const withBars = countOf(life, "bars");
  const absent = countOf(life, "none");
  return runsOf(life).map((dates): Finding => {
    const most = mostAbsences(withBars, absent - dates.length);
    const isLong = asset === "stock" && dates.length >= LONG_ENOUGH_FOR_ANOTHER;
    const isKnown = isLong || withBars >= MIN_DAYS_WITH_BARS;
    if (!isKnown || dates.length <= most) return noBar(dates);
    const text = gapText(dates, { most, mayBeAnother: isLong && !isFollowed });
    return { kind: "gap", severity: "warning", dates, text };
  });
}

function gapText(
  dates: readonly string[],
  { most, mayBeAnother }: { most: number; mayBeAnother: boolean },
): string {
  const files = filesText(dates.length);
  const where = dates.length === 1
    ? `no bar in ${files}`
    : `no bar from ${dates[0]} to ${dates.at(-1)} (${files})`;
  if (mayBeAnother) return `${where}: before, the ticker may have been another company's`;
  return `${where}; ${most === 0 ? "every other file has one" : `its habit is at most ${most}`}`;
}

function noBar(dates: readonly string[]): Finding {
  return { kind: "no-bar", severity: "note", dates, text: "no bar in the file" };
}

/** How many absences in a row are a ticker's habit. */
function mostAbsences(withBars: number, absent: number): number {
  return TOLERANCE * longestExpected(withBars, absent);
}

const countOf = (days: readonly TickerDay[], has: TickerDay["has"]) =>
  days.filter((day) => day.has === has).length;

/** The length of the longest run of absences that chance would bring. */
function longestExpected(withBars: number, absent: number): number {
  if (absent === 0) return 0;
  return Math.round(Math.log(withBars) / Math.log((withBars + absent) / absent));
}

/** The dates of each run of absences. */
function runsOf(days: readonly TickerDay[]): string[][] {
  const runs: string[][] = [];
  let run: string[] | undefined;
  for (const { date, has } of days) {
    if (has !== "none") run = undefined;
    else if (run) run.push(date);
    else runs.push(run = [date]);
  }
  return runs;
}

function filesText(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

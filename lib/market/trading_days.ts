/**
 * The dates on which New York's exchanges trade, where no file can tell.
 *
 * @module
 */

import { dateAt, DAY_MS } from "../dated_object.ts";

/** Holidays on one weekday of a month: its number, and the first date that it may have. */
const FLOATING = [[1, 1, 15], [2, 1, 15], [5, 1, 25], [9, 1, 1], [11, 4, 22]] as const;

/** Holidays of one date, from a year on: on the Friday before a Saturday, the Monday after a Sunday. */
const FIXED = [[6, 19, 2022], [7, 4, 0], [12, 25, 0]] as const;

/** Days of mourning, and of a hurricane. */
const CLOSED: ReadonlySet<string> = new Set([
  ...["2004-06-11", "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"],
]);

/** The trading days between two dates, without both, ascending. */
export function* tradingDaysBetween(date: string, later: string): Generator<string, void> {
  const end = Date.parse(later);
  for (let ms = Date.parse(date) + DAY_MS; ms < end; ms += DAY_MS) {
    if (isTradingDay(new Date(ms))) yield dateAt(ms);
  }
}

/**
 * Whether the exchanges trade on a date, which is given as its midnight in UTC; from 1998 on.
 *
 * @see NYSE Rule 7.2 and the exchange's yearly "Holidays and Trading Hours".
 */
function isTradingDay(date: Date): boolean {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const weekday = date.getUTCDay();
  if (weekday === 0 || weekday === 6 || CLOSED.has(dateAt(date.getTime()))) return false;
  // A New Year's Day on a Saturday is not made up for.
  if (month === 1 && (day === 1 || day === 2 && weekday === 1)) return false;
  if (weekday === 5 && date.getTime() === easterOf(year) - 2 * DAY_MS) return false;
  const isFloating = FLOATING.some(([of, on, first]) =>
    month === of && weekday === on && first <= day && day < first + 7
  );
  const isFixed = FIXED.some(([of, on, since]) =>
    year >= since && month === of &&
    (day === on || day === on - 1 && weekday === 5 || day === on + 1 && weekday === 1)
  );
  return !isFloating && !isFixed;
}

/** Easter Sunday's midnight, by the Gregorian calendar (Butcher). */
function easterOf(year: number): number {
  const [golden, century, rest] = [year % 19, Math.floor(year / 100), year % 100];
  const shift = century - (century >> 2) - Math.floor((8 * century + 13) / 25);
  const moon = (19 * golden + shift + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * (rest >> 2) - moon - rest % 4) % 7;
  const late = Math.floor((golden + 11 * moon + 22 * weekday) / 451);
  return Date.UTC(year, 2, 22 + moon + weekday - 7 * late);
}
